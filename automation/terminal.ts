import picocolors from "picocolors";
import { toJsonLine } from "./json";

/** The part of a stream that output needs; tests hand in a recorder. */
export interface TextStream {
    write(text: string): unknown;
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly rows?: number;
}

export type Colors = ReturnType<typeof picocolors.createColors>;

export interface TerminalOptions {
    readonly stdout: TextStream;
    readonly stderr: TextStream;
    /** With JSON, stdout carries the one document only and everything else goes to stderr. */
    readonly json: boolean;
    readonly environment: NodeJS.ProcessEnv;
}

/**
 * Where a command writes. Text for people goes through `line`, problems through `error`, the machine-readable result
 * through `result`. On a terminal a live region can stand below the lines; elsewhere there are plain lines only.
 */
export class Terminal {
    readonly colors: Colors;
    /** Whether a live region may be drawn. */
    readonly live: boolean;
    readonly json: boolean;
    private region = 0;
    private readonly main: TextStream;

    constructor(private readonly options: TerminalOptions) {
        this.json = options.json;
        this.main = options.json ? options.stderr : options.stdout;
        this.live = this.main.isTTY === true && options.environment.TERM !== "dumb";
        this.colors = picocolors.createColors(this.main.isTTY === true && !colourless(options.environment));
    }

    /** Characters of a line. */
    get width(): number {
        return Math.max(40, this.main.columns ?? 100);
    }

    /** Lines of the screen. */
    get height(): number {
        return Math.max(10, this.main.rows ?? 24);
    }

    line(text = ""): void {
        this.clearRegion();
        this.main.write(`${text}\n`);
    }

    error(text: string): void {
        this.clearRegion();
        this.options.stderr.write(`${text}\n`);
    }

    /** Text that is the command's product (exports, payloads, logs): always on stdout, whatever `--json` says. */
    product(text: string): void {
        this.clearRegion();
        this.options.stdout.write(`${text}\n`);
    }

    /** The result as the last line of stdout, with `--json` only. */
    result(value: unknown): void {
        if (this.json) {
            this.product(toJsonLine(value));
        }
    }

    /** Replaces the lines of the live region. Lines longer than the screen would break the count: the caller cuts them. */
    drawRegion(lines: readonly string[]): void {
        if (!this.live) {
            return;
        }
        const up = this.region === 0 ? "" : `\u001b[${this.region}A`;
        this.main.write(`${up}\r\u001b[J${lines.map((line) => `${line}\n`).join("")}`);
        this.region = lines.length;
    }

    clearRegion(): void {
        if (this.region > 0) {
            this.main.write(`\u001b[${this.region}A\r\u001b[J`);
            this.region = 0;
        }
    }
}

function colourless(environment: NodeJS.ProcessEnv): boolean {
    return (environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb";
}
