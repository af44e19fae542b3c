/** Runs one command as a process of its own group, so that it can be ended with everything it started. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { UserError } from "../host/errors";

export interface CommandLine {
    readonly command: string;
    /** @default ["/bin/sh", "-c"] */
    readonly interpreter: readonly string[];
    /** @default the project's folder, which is the engine's */
    readonly directory?: string;
    /** Complete: nothing is added. */
    readonly environment: NodeJS.ProcessEnv;
    readonly stdin?: string;
    /** Keeps the command's text out of errors. */
    readonly secret: boolean;
}

export interface CommandOutput {
    /** Without the last line end. */
    readonly stdout: string;
    /** Without the last line end. */
    readonly stderr: string;
}

/** Milliseconds that an aborted command has between SIGTERM and SIGKILL; the engine itself waits 5 s for its plugins. */
const TERMINATION = 1_500;

/**
 * Ends when the command and everything that holds its output has ended, like the real provider. Throws with exit status
 * and output when it fails, does not start, or is aborted.
 */
export async function runCommand(line: CommandLine, signal: AbortSignal, onLine: (stream: "stdout" | "stderr", text: string) => void): Promise<CommandOutput> {
    signal.throwIfAborted();
    const [program = "/bin/sh", ...args] = line.interpreter.length === 0 ? ["/bin/sh", "-c"] : line.interpreter;
    const child = spawn(program, [...args, line.command], {
        cwd: line.directory,
        env: line.environment,
        detached: true,
        stdio: [line.stdin === undefined || line.stdin === "" ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const output = { stdout: "", stderr: "", both: "" };
    for (const stream of ["stdout", "stderr"] as const) {
        collect(child, stream, (text) => {
            output[stream] += text;
            output.both += text;
        }, (text) => onLine(stream, text));
    }
    child.stdin?.on("error", () => undefined).end(line.stdin); // a command need not read its input
    const guard = child.pid === undefined ? undefined : guardGroup(child.pid);
    const abort = (): void => void terminate(child);
    signal.addEventListener("abort", abort, { once: true });
    try {
        const failure = await ended(child, line);
        if (signal.aborted) {
            throw new UserError(`cancelled: running ${shown(line)}`);
        }
        if (failure !== undefined) {
            throw new UserError(`${failure}: running ${shown(line)}:\n${output.both}`);
        }
        return { stdout: output.stdout.replace(/\n$/, ""), stderr: output.stderr.replace(/\n$/, "") };
    } finally {
        signal.removeEventListener("abort", abort);
        guard?.release();
    }
}

/** Resolves with what went wrong, or undefined. */
function ended(child: ChildProcess, line: CommandLine): Promise<string | undefined> {
    return new Promise((resolve) => {
        child.on("error", (error) => {
            const where = line.directory === undefined ? "" : ` in "${line.directory}"`;
            resolve(`${error.message}${where} (the interpreter and the directory must exist)`);
        });
        child.on("close", (status, signal) => {
            if (status === 0) {
                resolve(undefined);
            } else {
                resolve(signal === null ? `exit status ${status}` : `signal ${signal} (${constants.signals[signal]})`);
            }
        });
    });
}

/**
 * A provider that is killed cannot end its commands. This process waits for the end of its input, which is the
 * provider's end, and then ends the command's group. On release it ends without doing so.
 */
function guardGroup(group: number): { release(): void } {
    const guard = spawn("/bin/sh", ["-c", `trap "" INT TERM HUP; read -r word; [ "$word" = release ] || kill -s KILL -- -${group}`], {
        detached: true,
        stdio: ["pipe", "ignore", "ignore"],
        cwd: "/",
    });
    guard.on("error", () => undefined);
    guard.stdin.on("error", () => undefined);
    guard.unref();
    return { release: () => void guard.stdin.end("release\n") };
}

function terminate(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) {
        return;
    }
    killGroup(pid, "SIGTERM");
    const timer = setTimeout(() => killGroup(pid, "SIGKILL"), TERMINATION);
    child.on("close", () => clearTimeout(timer));
}

function killGroup(group: number, signal: NodeJS.Signals): void {
    try {
        process.kill(-group, signal);
    } catch {
        // the group has ended already
    }
}

function collect(child: ChildProcess, stream: "stdout" | "stderr", add: (text: string) => void, onLine: (text: string) => void): void {
    let rest = "";
    child[stream]?.setEncoding("utf8");
    child[stream]?.on("data", (chunk: string) => {
        add(chunk);
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach(onLine);
    });
    child[stream]?.on("end", () => {
        if (rest !== "") {
            onLine(rest);
        }
    });
}

function shown(line: CommandLine): string {
    return line.secret ? "a command that is secret" : JSON.stringify(line.command);
}
