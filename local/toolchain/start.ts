import * as fs from "node:fs";
import * as path from "node:path";

import { prepareBaseImages } from "./baseImages";
import { placePrograms, placeProviders } from "./bin";
import { createStateBucket } from "./bucket";
import { findOrStartDocker } from "./docker";
import { endpointProcess, startEndpoint } from "./endpoint";
import { hashOf, readIfPresent } from "./files";
import { ministackProcess, startMiniStack } from "./ministack";
import { cacheFolder, type CheckoutPaths } from "./paths";
import { pulumiEngine } from "./pulumi";
import { pythonEnvironment } from "./python";
import { registryProcess, startRegistry } from "./registry";
import { writeRunningNote } from "./running";
import { prepareState } from "./state";
import { runStep, type StepEvent } from "./steps";
import { begin, settle } from "./together";

/** Hash of what decides what a start does: the room's sources, the pinned versions, the base images, the choice of providers. */
export function startKey(paths: CheckoutPaths, providers: string): string {
    const files = [...sourceFiles(path.join(paths.root, "local")), "package-lock.json", path.join("app", "base-images.json")];
    return hashOf([providers, ...files.sort().flatMap((file) => [file, readIfPresent(path.resolve(paths.root, file)) ?? ""])]);
}

/** Starts the parts, each as soon as those that it needs are there. */
export async function startParts(paths: CheckoutPaths, providers: "standin" | "official", key: string, report: (event: StepEvent) => void): Promise<void> {
    const cache = cacheFolder();
    const requirements = path.join(paths.root, "local", "toolchain", "requirements.txt");
    const isRunning = { endpoint: () => endpointProcess(paths), ministack: () => ministackProcess(paths), registry: () => endpointProcess(paths) || registryProcess(paths), registryData: () => registryProcess(paths) };
    const { state, moved } = await prepareState(paths, (name) => isRunning[name]());
    if (moved.includes("registry")) {
        const detail = `the registry's port was taken by another program; it is ${state.ports.registry} now, and image addresses in the stack change with it`;
        report({ step: "ports", state: "done", detail, seconds: 0 });
    }

    const python = begin(() => runStep(report, "Python environment", (step) => pythonEnvironment(requirements, cache, step)));
    const pulumi = begin(() => runStep(report, "Pulumi engine", (step) => pulumiEngine({ root: paths.root, cache, python: () => python }, step)));
    const docker = begin(() => runStep(report, "Docker engine", (step) => findOrStartDocker(paths, step)));
    const registry = begin(async () => {
        const engine = await docker;
        const port = engine.sharesLoopback ? state.ports.registryData : state.ports.registry;
        await runStep(report, "registry", (step) => startRegistry(paths, port, engine, step));
        return `127.0.0.1:${port}`;
    });
    const endpoint = begin(async () => {
        const engine = await docker;
        await runStep(report, "endpoint", (step) => startEndpoint(paths, state, engine, step));
    });
    const ministack = begin(async () => {
        const [environment, engine] = await Promise.all([python, docker]);
        const options = { python: environment, dockerHost: engine.dockerHost, state, reachesContainers: engine.sharesLoopback };
        await runStep(report, "MiniStack", async (step) => {
            await startMiniStack(paths, options, step);
            await endpoint;
            await createStateBucket(state);
        });
    });
    const bases = begin(async () => {
        const [engine, upload] = await Promise.all([docker, registry]);
        const context = { paths, cache, engine, registry: `127.0.0.1:${state.ports.registry}`, upload, python: () => python };
        await runStep(report, "base images", (step) => prepareBaseImages(context, step));
    });
    const programs = begin(async () => {
        const [engine, environment] = await Promise.all([pulumi, python]);
        await placePrograms(paths, engine, environment);
    });
    const plugins = begin(() => runStep(report, "providers", () => prepareProviders(paths, providers)));

    await settle([python, pulumi, docker, registry, endpoint, ministack, bases, programs, plugins]);
    writeRunningNote(paths, { engine: await docker, python: await python, providers, key });
}

async function prepareProviders(paths: CheckoutPaths, providers: "standin" | "official"): Promise<void> {
    const folder = path.join(paths.local, "providers");
    if (providers === "standin") {
        const { buildProviders } = await import("../providers/build.js");
        await buildProviders(paths.root, folder);
    }
    placeProviders(paths, folder, providers);
}

function sourceFiles(folder: string): string[] {
    return fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => /\.(ts|json|txt|mod|sum|py)$/.test(name))
        .map((name) => path.join(folder, name));
}
