import { readFileSync } from "node:fs";
import { isRecord } from "./json";

/** Who holds the lock of a stack, as the engine writes it beside the state. */
export interface LockOwner {
    readonly pid: number;
    readonly user: string;
    readonly host: string;
    /** ISO 8601. */
    readonly since: string;
}

/** Reads one lock file; undefined when it is not one. */
export function parseLock(text: string): LockOwner | undefined {
    let value: unknown;
    try {
        value = JSON.parse(text);
    } catch {
        return undefined;
    }
    if (!isRecord(value)) {
        return undefined;
    }
    const { pid, username, hostname, timestamp } = value;
    return typeof pid === "number" && typeof hostname === "string"
        ? { pid, user: typeof username === "string" ? username : "unknown", host: hostname, since: typeof timestamp === "string" ? timestamp : "unknown" }
        : undefined;
}

/**
 * Whether all owners ran on this host and are gone. Without any known owner, or with one elsewhere, the lock counts as
 * held: taking it from a running update could corrupt the state.
 */
export function isStale(owners: readonly LockOwner[], host: string, isEngine: (pid: number) => boolean): boolean {
    return owners.length > 0 && owners.every((owner) => owner.host === host && !isEngine(owner.pid));
}

export function describeOwner({ user, host, pid, since }: LockOwner): string {
    return `${user}@${host}, process ${pid}, since ${since}`;
}

/** Whether the process exists and is a Pulumi engine: the number of a dead one may belong to another program by now. */
export function isRunningEngine(pid: number): boolean {
    try {
        process.kill(pid, 0);
    } catch (error) {
        // EPERM: it exists and belongs to somebody else.
        if ((error as NodeJS.ErrnoException).code === "ESRCH") {
            return false;
        }
    }
    try {
        // Field 2 of /proc/PID/stat is the program's name in parentheses, field 3 its state; Z has ended already (proc(5)).
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        const end = stat.lastIndexOf(")");
        return stat.slice(stat.indexOf("(") + 1, end).startsWith("pulumi") && stat[end + 2] !== "Z";
    } catch {
        // No /proc here: a living process with that number counts as the owner.
        return true;
    }
}
