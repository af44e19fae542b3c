import * as fs from "node:fs";
import * as path from "node:path";

import { acceptsConnections, runningProcess, startDetached, stopProcess, waitUntilReady } from "../processes";
import { debianObstacle, unpackedPrograms } from "./debian";
import { type DockerEngine } from "./docker";
import { askEngine, callEngine } from "./dockerApi";
import { LocalFault, messageOf } from "./fault";
import { findExecutable, writeAtomically } from "./files";
import { ownVariables } from "./inherited";
import { cacheFolder, type CheckoutPaths } from "./paths";
import { type Step } from "./steps";

const image = "registry:2.8.3";

/** Whether the checkout's registry process runs; a registry in a container is found by {@link registryAnswers} alone. */
export function registryProcess(paths: CheckoutPaths): boolean {
    return runningProcess(pidFile(paths)) !== undefined;
}

/** Whether a registry answers on the port. */
export async function registryAnswers(port: number): Promise<boolean> {
    if (!(await acceptsConnections("127.0.0.1", port))) {
        return false;
    }
    try {
        return (await fetch(`http://127.0.0.1:${port}/v2/`, { signal: AbortSignal.timeout(2000) })).ok;
    } catch {
        return false;
    }
}

/**
 * Starts the image registry on loopback, with deletion and an access log, data in `.local/registry`: as a process where
 * the engine shares our loopback, as a container where it does not or where there is no registry program.
 * @throws LocalFault when neither can be had
 */
export async function startRegistry(paths: CheckoutPaths, port: number, engine: DockerEngine, step: Step): Promise<void> {
    if (registryProcess(paths) && (await registryAnswers(port))) {
        step.reused();
        return;
    }
    await stopProcess(pidFile(paths));
    const program = engine.sharesLoopback ? await registryProgram(step) : undefined;
    if (program !== undefined) {
        await startProcess(paths, port, program);
        step.detail(`127.0.0.1:${port}`);
        return;
    }
    await startContainer(paths, port, engine, step);
}

/** Stops the process or the container; the data stays. */
export async function stopRegistry(paths: CheckoutPaths, dockerHost: string | undefined): Promise<boolean> {
    const stopped = await stopProcess(pidFile(paths));
    if (dockerHost === undefined) {
        return stopped;
    }
    const answer = await callEngine(dockerHost, "DELETE", `/containers/${containerName(paths)}?force=1&v=1`).catch(() => undefined);
    return stopped || answer?.status === 204;
}

export function registryLog(paths: CheckoutPaths): string {
    return path.join(paths.logs, "registry.log");
}

function pidFile(paths: CheckoutPaths): string {
    return path.join(paths.pids, "registry.json");
}

function containerName(paths: CheckoutPaths): string {
    return `container-lambdas-${paths.id}-registry`;
}

async function registryProgram(step: Step): Promise<{ program: string; variables: Readonly<Record<string, string>> } | undefined> {
    const installed = findExecutable("docker-registry", `${process.env["PATH"] ?? ""}:/usr/bin`);
    if (installed !== undefined) {
        return { program: installed, variables: {} };
    }
    if (debianObstacle() !== undefined) {
        return undefined;
    }
    try {
        const unpacked = await unpackedPrograms(cacheFolder(), ["docker-registry"], step);
        const program = findExecutable("docker-registry", unpacked.folders.join(path.delimiter));
        return program === undefined ? undefined : { program, variables: unpacked.variables };
    } catch (error) {
        step.progress(`the distribution has no docker-registry for us (${messageOf(error).split("\n")[0] ?? ""})`);
        return undefined;
    }
}

async function startProcess(paths: CheckoutPaths, port: number, found: { program: string; variables: Readonly<Record<string, string>> }): Promise<void> {
    fs.mkdirSync(paths.registry, { recursive: true });
    const config = path.join(paths.local, "registry.yml");
    writeAtomically(config, configuration(paths.registry, `127.0.0.1:${port}`));
    const logFile = registryLog(paths);
    const record = await startDetached({
        command: found.program,
        args: ["serve", config],
        variables: { OTEL_TRACES_EXPORTER: "none", ...found.variables },
        // Without REGISTRY_…, which would override the file.
        inherited: ownVariables(),
        cwd: paths.root,
        logFile,
        pidFile: pidFile(paths),
    });
    await waitUntilReady("the registry", record, logFile, () => registryAnswers(port));
}

async function startContainer(paths: CheckoutPaths, port: number, engine: DockerEngine, step: Step): Promise<void> {
    const host = engine.dockerHost;
    const name = containerName(paths);
    const pulled = await callEngine(host, "GET", `/images/${image}/json`);
    if (pulled.status === 404) {
        step.progress(`pulling ${image}`);
        const answer = await callEngine(host, "POST", `/images/create?fromImage=registry&tag=${image.slice("registry:".length)}`, { limit: 60_000 });
        if (answer.status !== 200 || answer.text.includes('"error"')) {
            throw new LocalFault(
                `there is no "docker-registry" program here, and "${image}" cannot be pulled (${answer.text.trim().split("\n").at(-1) ?? ""})`,
                "An image registry is needed, as a program or as a container",
                'install it (on Debian and Ubuntu: apt install docker-registry), or give the engine the image "registry:2.8.3"',
            );
        }
    }
    fs.mkdirSync(paths.registry, { recursive: true });
    await callEngine(host, "DELETE", `/containers/${name}?force=1&v=1`);
    await askEngine(host, "POST", `/containers/create?name=${name}`, {
        Image: image,
        Env: ["REGISTRY_STORAGE_DELETE_ENABLED=true", "REGISTRY_LOG_ACCESSLOG_DISABLED=false", "OTEL_TRACES_EXPORTER=none"],
        Labels: { "container-lambdas": paths.id },
        ExposedPorts: { "5000/tcp": {} },
        HostConfig: { PortBindings: { "5000/tcp": [{ HostIp: "127.0.0.1", HostPort: String(port) }] }, Binds: [`${paths.registry}:/var/lib/registry`] },
    });
    await askEngine(host, "POST", `/containers/${name}/start`);
    for (let tries = 0; !(await registryAnswers(port)); tries++) {
        if (tries > 100) {
            throw new Error(`the registry's container "${name}" does not answer on 127.0.0.1:${port}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
    step.detail(`127.0.0.1:${port}, in a container`);
}

function configuration(data: string, address: string): string {
    return [
        'version: "0.1"',
        "log: { level: info, formatter: text, accesslog: { disabled: false } }",
        "storage:",
        `    filesystem: { rootdirectory: ${JSON.stringify(data)} }`,
        "    delete: { enabled: true }",
        "    cache: { blobdescriptor: inmemory }",
        "    maintenance: { uploadpurging: { enabled: false } }",
        `http: { addr: ${JSON.stringify(address)} }`,
        "",
    ].join("\n");
}
