import * as fs from "node:fs";
import * as path from "node:path";

import { lock } from "./toolchain/cache";
import { removeContainersOf } from "./toolchain/containers";
import { configuredHosts } from "./toolchain/docker";
import { engineAnswers } from "./toolchain/dockerApi";
import { stopEndpoint } from "./toolchain/endpoint";
import { accountId, region, stopMiniStack } from "./toolchain/ministack";
import { type CheckoutPaths, checkoutPaths } from "./toolchain/paths";
import { socketAddress, stopPrivateDocker } from "./toolchain/privateDocker";
import { partsAnswer } from "./toolchain/probe";
import { stopRegistry } from "./toolchain/registry";
import { readRunningNote, type RunningNote } from "./toolchain/running";
import { startKey, startParts } from "./toolchain/start";
import { type LocalState, readState } from "./toolchain/state";
import { type StepEvent } from "./toolchain/steps";
import { exportedVariables } from "./toolchain/variables";

export type { StepEvent } from "./toolchain/steps";

/** The running emulator of one checkout. */
export interface LocalEnvironment {
    readonly root: string;
    /** `http://127.0.0.1:PORT`, the thin endpoint in front of MiniStack. */
    readonly endpoint: string;
    /** How containers reach it. */
    readonly containerEndpoint: string;
    /** `127.0.0.1:PORT` as image addresses name it. */
    readonly registry: string;
    readonly dockerHost: string;
    readonly accountId: string;
    readonly region: string;
    /** First on PATH: `pulumi`, `aws` and, where the engine has none of its own, `pulumi-language-nodejs`. */
    readonly bin: string;
    /** The Python with pyarrow, pytest and boto3. */
    readonly python: string;
    /** The registry's log with a line for every request. */
    readonly registryLog: string;
    /** Everything that `local:env` exports, sorted by name. */
    readonly variables: Readonly<Record<string, string>>;
}

export interface StartOptions {
    readonly report: (step: StepEvent) => void;
    /** Which provider plugins the engine uses. @default "standin" */
    readonly providers?: "standin" | "official";
}

export interface StopReport {
    /** Names of the parts that ran and were stopped, in the order in which it was done. */
    readonly stopped: readonly string[];
    /** Functions' containers that were still there and were removed. */
    readonly containers: number;
    /** What stays, for the next start. */
    readonly kept: readonly { readonly path: string; readonly what: string }[];
}

/**
 * Starts what does not run yet and reuses what does; independent parts at the same time. Safe to call twice at once: the
 * second waits.
 * @throws LocalFault, or SeveralFaults with all of them, when a part cannot be had on this machine
 */
export async function startLocal(root: string, options: StartOptions): Promise<LocalEnvironment> {
    const paths = checkoutPaths(root);
    const providers = options.providers ?? "standin";
    prepareFolders(paths);
    const release = await lock(path.join(paths.local, "start.lock"), () => options.report({ step: "waiting", state: "progress", detail: "another start of this checkout is at work" }));
    try {
        const key = startKey(paths, providers);
        const note = readRunningNote(paths);
        if (note?.key === key && (await partsAnswer(paths, note))) {
            options.report({ step: "emulator", state: "reused", detail: `http://127.0.0.1:${readState(paths)?.ports.endpoint ?? 0}`, seconds: 0 });
        } else {
            await startParts(paths, providers, key, options.report);
        }
    } finally {
        release();
    }
    const started = describe(paths);
    if (started === undefined) {
        throw new Error(`${paths.stateFile} vanished while the emulator was started`);
    }
    return started;
}

/** The checkout's emulator if all its parts run; asks only this machine's process table and ports. */
export async function runningLocal(root: string): Promise<LocalEnvironment | undefined> {
    const paths = checkoutPaths(root);
    const note = readRunningNote(paths);
    return note !== undefined && (await partsAnswer(paths, note)) ? describe(paths) : undefined;
}

/** Stops every part that this checkout started, and removes its containers. Works on the remains of a crash as well. */
export async function stopLocal(root: string): Promise<StopReport> {
    const paths = checkoutPaths(root);
    const note = readRunningNote(paths);
    const release = fs.existsSync(paths.local) ? await lock(path.join(paths.local, "start.lock"), () => undefined) : (): void => undefined;
    try {
        const stopped: string[] = [];
        const add = (name: string, was: boolean): void => void (was && stopped.push(name));
        const dockerHost = await answeringHost(paths, note);
        // MiniStack first: it saves what it keeps and removes its containers, for which it needs the others.
        add("MiniStack", await stopMiniStack(paths));
        const containers = dockerHost === undefined ? 0 : await removeContainersOf(dockerHost, paths.id);
        add("endpoint", await stopEndpoint(paths));
        add("registry", await stopRegistry(paths, dockerHost));
        add("Docker engine", await stopPrivateDocker(paths));
        fs.rmSync(path.join(paths.local, "running.json"), { force: true });
        return { stopped, containers, kept: keptData(paths) };
    } finally {
        release();
    }
}

async function answeringHost(paths: CheckoutPaths, note: RunningNote | undefined): Promise<string | undefined> {
    for (const host of [note?.engine.dockerHost, socketAddress(paths), ...configuredHosts()]) {
        if (host !== undefined && (await engineAnswers(host))) {
            return host;
        }
    }
    return undefined;
}

function describe(paths: CheckoutPaths): LocalEnvironment | undefined {
    const state = readState(paths);
    const note = readRunningNote(paths);
    return state === undefined || note === undefined ? undefined : environmentOf(paths, state, note);
}

function environmentOf(paths: CheckoutPaths, state: LocalState, note: RunningNote): LocalEnvironment {
    return {
        root: paths.root,
        endpoint: `http://127.0.0.1:${state.ports.endpoint}`,
        containerEndpoint: `http://host.docker.internal:${state.ports.endpoint}`,
        registry: `127.0.0.1:${state.ports.registry}`,
        dockerHost: note.engine.dockerHost,
        accountId,
        region,
        bin: paths.bin,
        python: path.join(note.python, "bin", "python"),
        registryLog: path.join(paths.logs, "registry.log"),
        variables: exportedVariables(paths, state, note),
    };
}

function prepareFolders(paths: CheckoutPaths): void {
    for (const folder of [paths.local, paths.bin, paths.logs, paths.pids, paths.pulumiHome]) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
    }
}

function keptData(paths: CheckoutPaths): { path: string; what: string }[] {
    const all = [
        { path: paths.ministack, what: "buckets, functions and all else in the emulated account, the stack's state included" },
        { path: paths.registry, what: "pushed images" },
        { path: paths.dockerData, what: "the private Docker engine's images and build cache" },
        { path: paths.stateFile, what: "ports and the emulator's credentials" },
    ];
    return all.filter((entry) => fs.existsSync(entry.path));
}
