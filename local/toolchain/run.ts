import { spawn } from "node:child_process";

export interface RunOptions {
    readonly cwd?: string;
    readonly env?: NodeJS.ProcessEnv;
    /** Milliseconds after which the command is ended. @default none */
    readonly timeout?: number;
    /** Called with every complete line of either stream. */
    readonly onLine?: (line: string) => void;
    readonly input?: string;
}

export interface RunResult {
    /** `undefined` when a signal, or the time limit, ended it. */
    readonly status: number | undefined;
    readonly stdout: string;
    readonly stderr: string;
}

/** Runs a command to its end. Rejects only when it cannot be started; see {@link runOrFail} for one that must succeed. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            cwd: options.cwd,
            env: options.env ?? process.env,
            stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
            ...(options.timeout === undefined ? {} : { timeout: options.timeout, killSignal: "SIGKILL" as const }),
        });
        const collected = { stdout: "", stderr: "" };
        for (const name of ["stdout", "stderr"] as const) {
            let rest = "";
            child[name]?.setEncoding("utf8").on("data", (chunk: string) => {
                collected[name] += chunk;
                const lines = (rest + chunk).split("\n");
                rest = lines.pop() ?? "";
                lines.forEach((line) => options.onLine?.(line));
            });
        }
        child.on("error", reject);
        child.on("close", (code) => resolve({ status: code ?? undefined, ...collected }));
        child.stdin?.end(options.input);
    });
}

/** Like {@link run}; anything but exit status 0 is an error that carries the command and the end of its output. */
export async function runOrFail(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const result = await run(command, args, options);
    if (result.status !== 0) {
        const output = `${result.stdout}${result.stderr}`.trim().split("\n").slice(-15).join("\n");
        throw new Error(`"${[command, ...args].join(" ")}" ended with ${result.status === undefined ? "a signal" : `status ${result.status}`}:\n${output}`);
    }
    return result;
}

/** Standard output of a command that may be missing or fail: `undefined` then. */
export async function tryOutput(command: string, args: readonly string[], options: RunOptions = {}): Promise<string | undefined> {
    try {
        const result = await run(command, args, options);
        return result.status === 0 ? result.stdout.trim() : undefined;
    } catch {
        return undefined;
    }
}
