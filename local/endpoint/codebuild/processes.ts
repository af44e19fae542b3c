import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { isSameProcess, processStartTime } from "../../processes";
import type { RunningShell } from "./types";

/** How long a build's processes have between SIGTERM and SIGKILL. CodeBuild gives none; an engine can still release its lock. */
const GRACE = 3000;

/**
 * Ends everything that a build started: its process group, and those that left the group but still carry the build's id in their
 * environment, as Pulumi's plugins do.
 */
export async function endBuild(buildId: string, shell: RunningShell | undefined, grace = GRACE): Promise<void> {
    const deadline = Date.now() + grace;
    signal(buildId, shell, "SIGTERM");
    while (Date.now() < deadline) {
        if (!anyLeft(buildId, shell)) {
            return;
        }
        await sleep(25);
    }
    for (let attempt = 0; attempt < 100 && anyLeft(buildId, shell); attempt++) {
        signal(buildId, shell, "SIGKILL");
        await sleep(20);
    }
}

/** The identity of a process, to be kept for a later `endBuild`. */
export function shellOf(pid: number | undefined): RunningShell | undefined {
    const startTime = pid === undefined ? undefined : processStartTime(pid);
    return pid === undefined || startTime === undefined ? undefined : { pid, startTime };
}

function anyLeft(buildId: string, shell: RunningShell | undefined): boolean {
    return (shell !== undefined && isSameProcess(shell)) || processesOf(buildId).length > 0;
}

function signal(buildId: string, shell: RunningShell | undefined, name: NodeJS.Signals): void {
    // The group's number cannot be another's while the shell lives; after that the search below finds who is left.
    const targets = [...(shell !== undefined && isSameProcess(shell) ? [-shell.pid] : []), ...processesOf(buildId)];
    for (const target of targets) {
        try {
            process.kill(target, name);
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
                throw error;
            }
        }
    }
}

/** Processes whose environment names the build. Linux only; elsewhere the process group is all there is. */
export function processesOf(buildId: string): number[] {
    if (process.platform !== "linux") {
        return [];
    }
    const entry = `CODEBUILD_BUILD_ID=${buildId}`;
    return fs
        .readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
        .map(Number)
        .filter((pid) => {
            try {
                return fs.readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(entry) && processStartTime(pid) !== undefined;
            } catch {
                return false;
            }
        });
}
