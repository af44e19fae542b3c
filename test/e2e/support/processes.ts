import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface ProcessInfo {
    readonly pid: number;
    readonly args: readonly string[];
}

// They belong to containers, which the Docker engine of a checkout starts and ends by itself.
const CONTAINER_PARTS = /(?:^|\/)(?:containerd-shim\S*|runc|docker-proxy)$/;

/** Living processes that name a folder in their arguments or work in it; from the process table (proc(5)). */
export function processesOf(folder: string): ProcessInfo[] {
    return allProcesses().filter(({ pid, args }) => {
        const [program = ""] = args;
        return !CONTAINER_PARTS.test(program) && (args.some((arg) => arg.includes(folder)) || workingFolder(pid).startsWith(folder));
    });
}

/** Living processes that were started with exactly these arguments. */
export function processesWith(...args: readonly string[]): ProcessInfo[] {
    return allProcesses().filter((process) => process.args.length === args.length && process.args.every((arg, index) => arg === args[index]));
}

function allProcesses(): ProcessInfo[] {
    return readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap((name) => {
            try {
                const text = readFileSync(`/proc/${name}/cmdline`, "utf8");
                // Kernel threads and those that have ended and wait for their parent have no arguments.
                return text === "" ? [] : [{ pid: Number(name), args: text.replace(/\0$/, "").split("\0") }];
            } catch {
                // Ended since the folder was listed.
                return [];
            }
        });
}

function workingFolder(pid: number): string {
    try {
        return readlinkSync(`/proc/${pid}/cwd`);
    } catch {
        return "";
    }
}
