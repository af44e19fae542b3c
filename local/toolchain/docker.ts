import { createHash } from "node:crypto";
import * as os from "node:os";
import * as path from "node:path";

import { isPortFree } from "../processes";
import { askEngine, engineAddress, engineAnswers } from "./dockerApi";
import { LocalFault } from "./fault";
import { readIfPresent } from "./files";
import { type CheckoutPaths } from "./paths";
import { isPrivateAddress, privateDockerObstacle, privateDockerRunning, startPrivateDocker } from "./privateDocker";
import { type Step } from "./steps";

/** The engine that this checkout uses. */
export interface DockerEngine {
    readonly dockerHost: string;
    /** Whether it is ours to stop. */
    readonly ownership: "found" | "private";
    readonly version: string;
    /** Whether `127.0.0.1` means the same to the engine as to us; not so for Docker Desktop, rootless engines and virtual machines. */
    readonly sharesLoopback: boolean;
    /** The address of the host on the engine's bridge, where containers reach the host; absent where the engine forwards to loopback by itself. */
    readonly bridgeAddress?: string;
}

/**
 * The engine that answers (`DOCKER_HOST`, then the client's current context, then the usual socket); else a private one.
 * @throws LocalFault when there is none and none can be started
 */
export async function findOrStartDocker(paths: CheckoutPaths, step: Step): Promise<DockerEngine> {
    const running = await privateDockerRunning(paths);
    if (running !== undefined) {
        step.reused("private engine");
        return describe(running, "private");
    }
    const configured = configuredHosts();
    for (const host of configured) {
        if (await engineAnswers(host)) {
            const engine = await describe(host, "found");
            step.reused(`${host}, version ${engine.version}`);
            return engine;
        }
    }
    const given = givenHost(process.env);
    if (given !== undefined) {
        throw new LocalFault(
            `DOCKER_HOST is "${given}" and no Docker engine ${engineAddress(given) === undefined ? "can be used there" : "answers there"}`,
            "An engine on this machine is needed, at unix:///PATH or tcp://127.0.0.1:PORT",
            "start that engine, or unset DOCKER_HOST",
        );
    }
    const obstacle = privateDockerObstacle();
    if (obstacle !== undefined) {
        throw new LocalFault(
            `no Docker engine answers at ${configured.map((host) => `"${host}"`).join(" or ")}, and a private one cannot be started: ${obstacle}`,
            "Functions run in containers, so a Docker engine is needed",
            'start Docker (and be in its group: "docker ps" must work), or run as root on Debian or Ubuntu',
        );
    }
    const engine = await describe(await startPrivateDocker(paths, step), "private");
    step.detail(`private engine, version ${engine.version}`);
    return engine;
}

/** Where a Docker client would look for the engine, in its order. */
export function configuredHosts(environment: NodeJS.ProcessEnv = process.env): readonly string[] {
    const given = givenHost(environment);
    if (given !== undefined) {
        return [given];
    }
    const context = contextHost(environment);
    return [...new Set([...(context === undefined ? [] : [context]), "unix:///var/run/docker.sock"])];
}

/** `DOCKER_HOST`, unless it is what `local:env` exported for a private engine: that one is a checkout's own to start. */
function givenHost(environment: NodeJS.ProcessEnv): string | undefined {
    const given = environment["DOCKER_HOST"];
    return given === undefined || given === "" || isPrivateAddress(given) ? undefined : given;
}

/** The engine of the client's current context; the client keeps it under the SHA-256 of the context's name. */
function contextHost(environment: NodeJS.ProcessEnv): string | undefined {
    const folder = environment["DOCKER_CONFIG"] ?? path.join(os.homedir(), ".docker");
    try {
        const config: { currentContext?: unknown } = JSON.parse(readIfPresent(path.join(folder, "config.json")) ?? "{}");
        const name = environment["DOCKER_CONTEXT"] ?? config.currentContext;
        if (typeof name !== "string" || name === "" || name === "default") {
            return undefined;
        }
        const id = createHash("sha256").update(name).digest("hex");
        const meta: { Endpoints?: { docker?: { Host?: unknown } } } = JSON.parse(readIfPresent(path.join(folder, "contexts", "meta", id, "meta.json")) ?? "{}");
        const host = meta.Endpoints?.docker?.Host;
        return typeof host === "string" && host !== "" ? host : undefined;
    } catch {
        return undefined;
    }
}

async function describe(dockerHost: string, ownership: DockerEngine["ownership"]): Promise<DockerEngine> {
    const [info, network] = await Promise.all([askEngine(dockerHost, "GET", "/info"), askEngine(dockerHost, "GET", "/networks/bridge").catch(() => undefined)]);
    const { ServerVersion, OperatingSystem, SecurityOptions } = (info ?? {}) as { ServerVersion?: string; OperatingSystem?: string; SecurityOptions?: readonly string[] | null };
    const gateway = (network as { IPAM?: { Config?: readonly { Gateway?: string }[] | null } } | undefined)?.IPAM?.Config?.[0]?.Gateway;
    // By listening, because os.networkInterfaces() leaves out a bridge that no container is attached to.
    const isHere = gateway !== undefined && (await isPortFree(0, gateway));
    const isRootless = (SecurityOptions ?? []).some((option) => option.includes("rootless"));
    return {
        dockerHost,
        ownership,
        version: ServerVersion ?? "unknown",
        sharesLoopback: process.platform === "linux" && OperatingSystem !== "Docker Desktop" && !isRootless && isHere,
        ...(isHere && !isRootless && gateway !== undefined ? { bridgeAddress: gateway } : {}),
    };
}
