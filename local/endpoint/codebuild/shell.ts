import { spawn, type ChildProcess } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/**
 * Reads commands from descriptor 4, runs each in this very shell, and says its exit status on descriptor 3. The status is the loop's
 * condition, so that a `continue` in a command does not swallow it. Commands get neither descriptor.
 *
 * Descriptor 5 says nothing and ends with the endpoint, whatever ends that: then the watcher ends the whole process group. It is no job of
 * the shell, so that `wait` does not wait for it.
 */
const LOOP =
    "exec 2>&1; { read -r -u 5; kill -KILL 0; } >/dev/null 3>&- 4<&- & disown; exec 5<&-; " +
    `while printf '%s\\n' "$?" >&3; IFS= read -r -d '' -u 4 __command; do eval "$__command" 3>&- 4<&-; done`;

export interface ShellOptions {
    readonly cwd: string;
    readonly environment: Readonly<Record<string, string>>;
    /** Told every line of both streams, without its end. */
    readonly onLine: (line: string) => void;
}

/** One bash that runs all commands of a build, leader of a process group of its own. */
export class Shell {
    private readonly child: ChildProcess;
    private readonly statuses: string[] = [];
    private waiting: ((status: number) => void) | undefined;
    private exitStatus: number | undefined;
    private readonly finished: Promise<void>;

    private constructor(options: ShellOptions) {
        this.child = spawn("bash", ["--noprofile", "--norc", "-c", LOOP], { cwd: options.cwd, env: options.environment, detached: true, stdio: ["ignore", "pipe", "ignore", "pipe", "pipe", "pipe"] });
        const output = this.child.stdout as Readable;
        const status = this.child.stdio[3] as Readable;
        readLines(output, options.onLine);
        readLines(status, (line) => {
            this.statuses.push(line);
            // What the command wrote before is still on its way through the other pipe.
            setImmediate(() => setImmediate(() => this.deliver()));
        });
        for (const channel of [4, 5]) {
            this.channel(channel).on("error", () => undefined);
        }
        this.finished = new Promise((resolve) => {
            this.child.once("error", () => resolve(this.end(127)));
            this.child.once("exit", (code, signal) => resolve(this.end(code ?? (signal === null ? 1 : 137))));
        });
    }

    /** Starts it and waits until it takes commands. */
    static async start(options: ShellOptions): Promise<Shell> {
        const shell = new Shell(options);
        await shell.next();
        return shell;
    }

    get pid(): number | undefined {
        return this.child.pid;
    }

    /** Whether it can still take commands. */
    get alive(): boolean {
        return this.exitStatus === undefined;
    }

    /** Runs a command and tells its exit status; the shell's own, if the command ended the shell. */
    run(command: string): Promise<number> {
        if (this.exitStatus === undefined) {
            this.channel(4).write(`${command}\0`);
        }
        return this.next();
    }

    /** Lets it end by itself, which it does when it is told no more commands. */
    async close(): Promise<void> {
        this.channel(4).end();
        await this.finished;
    }

    private channel(descriptor: number): Writable {
        // Node's types know of five.
        const all: readonly (Readable | Writable | null | undefined)[] = this.child.stdio;
        return all[descriptor] as Writable;
    }

    private next(): Promise<number> {
        return new Promise((resolve) => {
            this.waiting = resolve;
            this.deliver();
        });
    }

    private deliver(): void {
        const status = this.statuses.length > 0 ? Number(this.statuses[0]) : this.exitStatus;
        if (this.waiting !== undefined && status !== undefined) {
            this.statuses.shift();
            const waiting = this.waiting;
            this.waiting = undefined;
            waiting(status);
        }
    }

    private end(status: number): void {
        this.exitStatus ??= status;
        this.channel(5).destroy();
        setImmediate(() => setImmediate(() => this.deliver()));
    }
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
    let rest = "";
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        lines.forEach((line) => onLine(line.replace(/\r$/, "")));
    });
    stream.on("close", () => {
        if (rest !== "") {
            onLine(rest);
            rest = "";
        }
    });
}

/** A word of the shell that stands for exactly this text. */
export function quoted(text: string): string {
    return `'${text.replaceAll("'", "'\\''")}'`;
}
