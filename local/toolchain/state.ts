import { randomBytes } from "node:crypto";

import { isPortFree } from "../processes";
import { readIfPresent, writeAtomically } from "./files";
import { type CheckoutPaths } from "./paths";

/** What a checkout's emulator keeps from one run to the next, in `.local/state.json` (mode 600). */
export interface LocalState {
    readonly ports: Readonly<Record<PortName, number>>;
    /** The emulator's root user; made once. */
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
}

/** `registry` is what image addresses name; behind it, on `registryData`, the registry's own process. */
export type PortName = "endpoint" | "ministack" | "registry" | "registryData";

const names: readonly PortName[] = ["endpoint", "ministack", "registry", "registryData"];

/** The kept state, or `undefined` when there is none that can be read. */
export function readState(paths: CheckoutPaths): LocalState | undefined {
    try {
        const value: unknown = JSON.parse(readIfPresent(paths.stateFile) ?? "");
        return isState(value) ? value : undefined;
    } catch {
        // A damaged file is made anew; what it named is then found by the processes' own pid files.
        return undefined;
    }
}

/**
 * The kept state with ports that can be used: a port whose owner `isRunning` stays, one that somebody else took is
 * replaced. Writes the file when anything changed.
 * @returns the state and the names of ports that had to change
 */
export async function prepareState(paths: CheckoutPaths, isRunning: (name: PortName) => boolean): Promise<{ state: LocalState; moved: readonly PortName[] }> {
    const kept = readState(paths);
    const ports: Partial<Record<PortName, number>> = {};
    const moved: PortName[] = [];
    const taken = new Set<number>();
    for (const name of names) {
        const port = kept?.ports[name];
        if (port !== undefined && (isRunning(name) || (await isPortFree(port)))) {
            ports[name] = port;
        } else {
            if (port !== undefined) {
                moved.push(name);
            }
            ports[name] = await freePort(paths.id, taken, Object.values(kept?.ports ?? {}));
        }
        taken.add(ports[name]);
    }
    const { endpoint, ministack, registry, registryData } = ports;
    if (endpoint === undefined || ministack === undefined || registry === undefined || registryData === undefined) {
        throw new Error("a part was left without a port");
    }
    const state: LocalState = {
        ports: { endpoint, ministack, registry, registryData },
        accessKeyId: kept?.accessKeyId ?? `AKIA${base32(16)}`,
        secretAccessKey: kept?.secretAccessKey ?? randomBytes(30).toString("base64").replace(/[+/]/g, "x"),
    };
    if (JSON.stringify(kept) !== JSON.stringify(state)) {
        writeAtomically(paths.stateFile, `${JSON.stringify(state, undefined, 4)}\n`, 0o600);
    }
    return { state, moved };
}

/**
 * A free port from 20000 to 31999: below the range from which Linux takes ports for outgoing connections (32768 and up),
 * so that it is still free at the next start. The search begins at a place of the checkout's own.
 */
async function freePort(id: string, taken: ReadonlySet<number>, avoid: readonly number[]): Promise<number> {
    const first = Number.parseInt(id, 16) % 12_000;
    for (let offset = 0; offset < 12_000; offset++) {
        const port = 20_000 + ((first + offset) % 12_000);
        if (!taken.has(port) && !avoid.includes(port) && (await isPortFree(port))) {
            return port;
        }
    }
    throw new Error("no port between 20000 and 31999 is free on 127.0.0.1");
}

function base32(length: number): string {
    return [...randomBytes(length)].map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte % 32]).join("");
}

function isState(value: unknown): value is LocalState {
    if (typeof value !== "object" || value === null || !("ports" in value) || !("accessKeyId" in value) || !("secretAccessKey" in value)) {
        return false;
    }
    const { ports, accessKeyId, secretAccessKey } = value;
    return (
        typeof accessKeyId === "string" &&
        typeof secretAccessKey === "string" &&
        typeof ports === "object" &&
        ports !== null &&
        names.every((name) => Number.isInteger((ports as Record<string, unknown>)[name]))
    );
}
