import * as fs from "node:fs";
import * as path from "node:path";

import { runningProcess, startDetached, stopProcess, waitUntilReady } from "../processes";
import { createBridge, removeBridge } from "./bridge";
import { removeLeftovers } from "./dockerLeftovers";
import { engineAnswers } from "./dockerApi";
import { debianObstacle, unpackedBefore, type UnpackedPrograms, unpackedPrograms } from "./debian";
import { findExecutable, writeAtomically } from "./files";
import { ownVariables } from "./inherited";
import { cacheFolder, type CheckoutPaths } from "./paths";
import { type Step } from "./steps";

const programs = ["dockerd", "containerd", "containerd-shim-runc-v2", "runc", "docker-proxy", "iptables", "ip"] as const;
const packages = ["docker.io", "iptables", "iproute2"] as const;

/** Why a private engine cannot be had here, or `undefined` when it can. */
export function privateDockerObstacle(): string | undefined {
    if (process.platform !== "linux") {
        return `it runs on Linux only, this is ${process.platform}`;
    }
    if (process.getuid?.() !== 0) {
        return "that takes root";
    }
    return hasAllPrograms(systemPath()) ? undefined : debianObstacle();
}

/** Its address, if it runs. */
export async function privateDockerRunning(paths: CheckoutPaths): Promise<string | undefined> {
    const names = pidFiles(paths);
    const host = socketAddress(paths);
    return runningProcess(names.dockerd) !== undefined && runningProcess(names.containerd) !== undefined && (await engineAnswers(host)) ? host : undefined;
}

/** Whether an address is that of a private engine, of this checkout or another. */
export function isPrivateAddress(dockerHost: string): boolean {
    return /\/container-lambdas-[0-9a-f]{8}\/docker\.sock$/.test(dockerHost);
}

export function socketAddress(paths: CheckoutPaths): string {
    return `unix://${path.join(paths.run, "docker.sock")}`;
}

/**
 * Starts containerd and dockerd with sockets, data and a bridge of this checkout's own. dockerd writes no packet-filter
 * rules: two engines would delete each other's, since the chains' names are fixed; {@link createBridge} adds the few needed.
 */
export async function startPrivateDocker(paths: CheckoutPaths, step: Step): Promise<string> {
    await stopPrivateDocker(paths);
    const searchPath = await programPath(step);
    const variables = { PATH: searchPath.path, ...searchPath.variables };
    const environment = { ...process.env, ...variables };
    const address = await createBridge(paths.id, environment);
    fs.mkdirSync(paths.run, { recursive: true, mode: 0o711 });
    const containerdSocket = path.join(paths.run, "containerd.sock");
    const configFile = path.join(paths.run, "containerd.toml");
    writeAtomically(configFile, containerdConfig(paths, containerdSocket));
    // An empty file keeps the machine's own /etc/docker/daemon.json out of it.
    writeAtomically(path.join(paths.run, "daemon.json"), "{}\n");

    const names = pidFiles(paths);
    const containerdLog = path.join(paths.logs, "containerd.log");
    const containerd = await startDetached({ command: "containerd", args: ["--config", configFile], variables, inherited: ownVariables(), cwd: paths.root, logFile: containerdLog, pidFile: names.containerd });
    await waitUntilReady("containerd", containerd, containerdLog, () => Promise.resolve(fs.existsSync(containerdSocket)));

    const host = socketAddress(paths);
    const dockerdLog = path.join(paths.logs, "dockerd.log");
    const dockerd = await startDetached({
        command: "dockerd",
        args: [
            ...["--host", host, "--config-file", path.join(paths.run, "daemon.json"), "--data-root", paths.dockerData],
            ...["--exec-root", path.join(paths.run, "exec"), "--pidfile", path.join(paths.run, "dockerd.pid"), "--containerd", containerdSocket],
            ...["--bridge", address.bridge, "--host-gateway-ip", address.gateway, "--iptables=false", "--ip6tables=false", "--ip-masq=false"],
            // cgroupfs takes the parent as a path on every machine; the systemd driver wants the name of a slice.
            ...["--exec-opt", "native.cgroupdriver=cgroupfs", "--cgroup-parent", `/container-lambdas-${paths.id}`],
            ...["--userland-proxy-path", findExecutable("docker-proxy", searchPath.path) ?? "docker-proxy"],
        ],
        variables,
        inherited: ownVariables(),
        cwd: paths.root,
        logFile: dockerdLog,
        pidFile: names.dockerd,
    });
    await waitUntilReady("dockerd", dockerd, dockerdLog, () => engineAnswers(host, 500), 60_000);
    return host;
}

/**
 * Stops both daemons and removes what they leave: shims, containers' processes, mounts, the bridge, sockets. The data
 * folder stays. Does the same after a crash.
 * @returns whether anything ran
 */
export async function stopPrivateDocker(paths: CheckoutPaths): Promise<boolean> {
    const names = pidFiles(paths);
    const docker = await stopProcess(names.dockerd, 20_000);
    const containerd = await stopProcess(names.containerd, 10_000);
    if (process.platform === "linux" && process.getuid?.() === 0) {
        await removeLeftovers(paths);
        await removeBridge(paths.id, stopEnvironment());
        fs.rmSync(paths.run, { recursive: true, force: true });
    }
    return docker || containerd;
}

function pidFiles(paths: CheckoutPaths): { containerd: string; dockerd: string } {
    return { containerd: path.join(paths.pids, "containerd.json"), dockerd: path.join(paths.pids, "dockerd.json") };
}

function containerdConfig(paths: CheckoutPaths, socket: string): string {
    const lines = [
        "version = 2",
        `root = ${JSON.stringify(path.join(paths.dockerData, "containerd"))}`,
        `state = ${JSON.stringify(path.join(paths.run, "containerd"))}`,
        'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
        "[grpc]",
        `address = ${JSON.stringify(socket)}`,
    ];
    return `${lines.join("\n")}\n`;
}

/** The installed programs where they are all there, else the unpacked packages in the user's cache. */
async function programPath(step: Step): Promise<{ path: string; variables: Readonly<Record<string, string>> }> {
    return hasAllPrograms(systemPath()) ? { path: systemPath(), variables: {} } : withUnpacked(await unpackedPrograms(cacheFolder(), packages, step));
}

/** The same without downloading: what was started has its programs. */
function stopEnvironment(): NodeJS.ProcessEnv {
    const unpacked = hasAllPrograms(systemPath()) ? undefined : unpackedBefore(cacheFolder(), packages);
    const found = unpacked === undefined ? { path: systemPath(), variables: {} } : withUnpacked(unpacked);
    return { ...process.env, ...found.variables, PATH: found.path };
}

function withUnpacked(unpacked: UnpackedPrograms): { path: string; variables: Readonly<Record<string, string>> } {
    return { path: [...unpacked.folders, systemPath()].join(path.delimiter), variables: unpacked.variables };
}

function hasAllPrograms(searchPath: string): boolean {
    return programs.every((name) => findExecutable(name, searchPath) !== undefined);
}

/** PATH with the folders of administration programs, which an ordinary login may lack. */
function systemPath(): string {
    return [process.env["PATH"] ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(path.delimiter);
}
