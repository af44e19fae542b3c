import * as fs from "node:fs";
import * as path from "node:path";

import { endProcess, processStartTime } from "../processes";
import { type CheckoutPaths } from "./paths";
import { run } from "./run";

/**
 * Removes what a private engine leaves when it was killed: containers' processes, shims, mounts, empty control groups.
 * Everything is found by this checkout's own paths and control group, never by a program's name.
 */
export async function removeLeftovers(paths: CheckoutPaths): Promise<void> {
    const groups = controlGroups(paths.id);
    // Containers first: their shims are the ones who clear them from the process table.
    await endAll(groups.flatMap(processesOf));
    await endAll(shims(path.join(paths.run, "containerd.sock")));
    await unmountBelow([paths.dockerData, paths.run]);
    for (const group of groups) {
        try {
            fs.rmdirSync(group);
        } catch {
            // Still in use, or already gone: an empty group costs nothing.
        }
    }
}

async function endAll(pids: readonly number[]): Promise<void> {
    await Promise.all(
        [...new Set(pids)].map(async (pid) => {
            const startTime = processStartTime(pid);
            if (startTime !== undefined) {
                await endProcess({ pid, startTime }, 500);
            }
        }),
    );
}

/** The checkout's control groups in every hierarchy, innermost first. */
function controlGroups(id: string): string[] {
    const root = "/sys/fs/cgroup";
    const name = `container-lambdas-${id}`;
    const hierarchies = fs.existsSync(root) ? [root, ...fs.readdirSync(root).map((entry) => path.join(root, entry))] : [];
    return hierarchies.map((hierarchy) => path.join(hierarchy, name)).filter((group) => fs.existsSync(group)).flatMap(innermostFirst);
}

function innermostFirst(folder: string): string[] {
    const inner = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [...inner.flatMap((entry) => innermostFirst(path.join(folder, entry.name))), folder];
}

function processesOf(group: string): number[] {
    try {
        return fs.readFileSync(path.join(group, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
        return [];
    }
}

/** containerd's shims carry the address of the containerd that they belong to. */
function shims(socket: string): number[] {
    return fs
        .readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => {
            try {
                return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(socket);
            } catch {
                return false;
            }
        })
        .filter((pid) => pid !== process.pid);
}

/** Innermost first, so that each can go. */
async function unmountBelow(folders: readonly string[]): Promise<void> {
    const points = fs
        .readFileSync("/proc/self/mountinfo", "utf8")
        .split("\n")
        .map((line) => (line.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))))
        .filter((point) => folders.some((folder) => point.startsWith(`${folder}/`) || point === folder));
    for (const point of points.sort((a, b) => b.length - a.length)) {
        await run("umount", ["--lazy", point]);
    }
}
