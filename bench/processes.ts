import { spawn } from "node:child_process";
import * as path from "node:path";

export interface Finished {
    readonly status: number | null;
    readonly stdout: string;
    readonly stderr: string;
    /** Wall time, from the start of the process to its end. */
    readonly milliseconds: number;
}

export interface ProcessOptions {
    readonly cwd: string;
    /** Added to our own environment. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Ends the process with SIGINT, at which the engine still writes its state. */
    readonly signal?: AbortSignal;
}

/** Runs a program to its end. */
export function runProcess(command: string, args: readonly string[], { cwd, variables, signal }: ProcessOptions): Promise<Finished> {
    return new Promise((resolve, reject) => {
        const start = performance.now();
        // In a group of its own: with Ctrl-C of the terminal besides ours the engine would get two, and stop without cleaning up.
        const child = spawn(command, args, { cwd, env: { ...process.env, ...variables }, stdio: ["ignore", "pipe", "pipe"], detached: true });
        const stop = (): void => void child.kill("SIGINT");
        signal?.addEventListener("abort", stop);
        let stdout = "";
        let stderr = "";
        child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.on("error", reject);
        child.on("close", (status) => {
            signal?.removeEventListener("abort", stop);
            resolve({ status, stdout, stderr, milliseconds: performance.now() - start });
        });
    });
}

/** Runs a program that must succeed. */
export async function mustRun(command: string, args: readonly string[], options: ProcessOptions): Promise<Finished> {
    const finished = await runProcess(command, args, options);
    options.signal?.throwIfAborted();
    if (finished.status !== 0) {
        const said = `${finished.stdout}\n${finished.stderr}`.trim().split("\n").slice(-15).join("\n");
        throw new Error(`${path.basename(command)} ${args.join(" ")} ended with status ${String(finished.status)}:\n${said}`);
    }
    return finished;
}

/** What a probe process measured of itself; the last line of its output. */
export async function probe<T>(args: readonly string[], options: ProcessOptions): Promise<T> {
    const { stdout } = await mustRun(process.execPath, args, options);
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as T;
}
