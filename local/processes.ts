import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { hashOf, readIfPresent, writeAtomically } from "./toolchain/files";

export interface ProcessIdentity {
    readonly pid: number;
    /** From the system; tells a process apart from a later one that got the same number. */
    readonly startTime: string;
}

/** A process that we started and that outlives us. */
export interface ProcessRecord extends ProcessIdentity {
    readonly command: readonly string[];
    /** Hash of what it was started with; a start that would use something else replaces the process. */
    readonly key: string;
}

export interface DetachedOptions {
    readonly command: string;
    readonly args: readonly string[];
    /** Variables that the process depends on; part of the record's key. */
    readonly variables: Readonly<Record<string, string>>;
    /** Variables passed on as they are; a change of them is no reason to start anew. @default none */
    readonly inherited?: NodeJS.ProcessEnv;
    readonly cwd: string;
    /** Both streams are appended to it. */
    readonly logFile: string;
    readonly pidFile: string;
    /** What the process depends on besides its command and variables; part of the record's key. */
    readonly sources?: readonly string[];
}

/** A log that is larger when a process starts is set aside as FILE.old, in place of an older one. */
const logLimit = 20 * 1024 * 1024;

/**
 * Starts a process in a session of its own and notes it in the pid file.
 * @throws when the command cannot be started
 */
export async function startDetached(options: DetachedOptions): Promise<ProcessRecord> {
    fs.mkdirSync(path.dirname(options.logFile), { recursive: true });
    if ((fs.statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0) > logLimit) {
        fs.renameSync(options.logFile, `${options.logFile}.old`);
    }
    const log = fs.openSync(options.logFile, "a", 0o600);
    try {
        const child = spawn(options.command, options.args, {
            cwd: options.cwd,
            env: { ...options.inherited, ...options.variables },
            detached: true,
            stdio: ["ignore", log, log],
        });
        await new Promise<void>((resolve, reject) => {
            child.once("spawn", resolve);
            child.once("error", reject);
        });
        child.unref();
        const pid = child.pid;
        if (pid === undefined) {
            throw new Error(`"${options.command}" has no process id although it was started`);
        }
        const record = { pid, startTime: processStartTime(pid) ?? "", command: [options.command, ...options.args], key: processKey(options) };
        writeAtomically(options.pidFile, `${JSON.stringify(record)}\n`, 0o600);
        return record;
    } finally {
        fs.closeSync(log);
    }
}

/** Whether the process of the pid file runs and was started with the same command, variables and sources. */
export function runsUnchanged(options: DetachedOptions): boolean {
    return runningProcess(options.pidFile)?.key === processKey(options);
}

function processKey(options: DetachedOptions): string {
    const variables = Object.entries(options.variables).sort(([a], [b]) => (a < b ? -1 : 1));
    return hashOf([options.command, ...options.args, ...variables.map(([name, value]) => `${name}=${value}`), ...(options.sources ?? [])]);
}

/** The process that the pid file names, if it is still that process. */
export function runningProcess(pidFile: string): ProcessRecord | undefined {
    const record = parseRecord(readIfPresent(pidFile));
    return record !== undefined && isSameProcess(record) ? record : undefined;
}

/** False as well when the number now belongs to another process, or when only a zombie is left. */
export function isSameProcess(record: ProcessIdentity): boolean {
    return processStartTime(record.pid) === record.startTime && record.startTime !== "";
}

/**
 * Ends a process and waits until it is gone: TERM, after `grace` milliseconds KILL. Removes the pid file.
 * @returns whether there was a process to end
 */
export async function stopProcess(pidFile: string, grace = 10_000): Promise<boolean> {
    const record = runningProcess(pidFile);
    if (record !== undefined) {
        await endProcess(record, grace);
    }
    fs.rmSync(pidFile, { force: true });
    return record !== undefined;
}

/** The same for a process that is known otherwise, checked by its start time before every signal. */
export async function endProcess(record: ProcessIdentity, grace: number): Promise<void> {
    const deadline = Date.now() + grace;
    signal(record, "SIGTERM");
    while (isSameProcess(record)) {
        if (Date.now() > deadline) {
            signal(record, "SIGKILL");
        }
        await sleep(20);
    }
}

function signal(record: ProcessIdentity, name: NodeJS.Signals): void {
    try {
        if (isSameProcess(record)) {
            process.kill(record.pid, name);
        }
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
            throw error;
        }
    }
}

/** The system's mark of when a process began: clock ticks since boot on Linux, a date elsewhere. Zombies count as gone. */
export function processStartTime(pid: number): string | undefined {
    if (process.platform === "linux") {
        try {
            // The second field is the command in parentheses and may itself hold spaces and parentheses (proc(5)).
            const text = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
            const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
            return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
        } catch {
            return undefined;
        }
    }
    try {
        return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim() || undefined;
    } catch {
        return undefined;
    }
}

function parseRecord(text: string | undefined): ProcessRecord | undefined {
    try {
        const value: unknown = JSON.parse(text ?? "");
        if (typeof value === "object" && value !== null && "pid" in value && "startTime" in value && "command" in value) {
            const { pid, startTime, command } = value;
            if (typeof pid === "number" && typeof startTime === "string" && Array.isArray(command)) {
                return { pid, startTime, command: command.map(String), key: "key" in value ? String(value.key) : "" };
            }
        }
    } catch {
        // A file cut short by a crash names no process.
    }
    return undefined;
}

/**
 * Waits until `check` answers true. Fails at once when the process ends, and after `limit` milliseconds; either way with
 * the end of its log.
 */
export async function waitUntilReady(name: string, record: ProcessRecord, logFile: string, check: () => Promise<boolean>, limit = 30_000): Promise<void> {
    const deadline = Date.now() + limit;
    for (;;) {
        if (await check()) {
            return;
        }
        const gone = !isSameProcess(record);
        if (gone || Date.now() > deadline) {
            const why = gone ? "ended while it was starting" : `did not answer within ${limit / 1000} s`;
            throw new Error(`${name} (process ${record.pid}) ${why}. The end of ${logFile}:\n${tail(logFile, 15)}`);
        }
        await sleep(25);
    }
}

/** The last lines of a log; empty when there is none. */
export function tail(file: string, lines: number): string {
    return (readIfPresent(file) ?? "").trimEnd().split("\n").slice(-lines).join("\n");
}

/** Whether something accepts connections there. */
export function acceptsConnections(host: string, port: number, limit = 500): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect({ host, port });
        const finish = (answer: boolean) => (): void => {
            socket.destroy();
            resolve(answer);
        };
        socket.setTimeout(limit, finish(false));
        socket.once("connect", finish(true));
        socket.once("error", finish(false));
    });
}

/** Whether a server could listen there now. */
export function isPortFree(port: number, host = "127.0.0.1"): Promise<boolean> {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.once("error", () => resolve(false));
        server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
    });
}
