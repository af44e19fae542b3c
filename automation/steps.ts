import type { StepEvent } from "../local/toolchain/steps";
import { formatDuration, roundSeconds } from "./duration";
import type { Terminal } from "./terminal";
import { cleanText, clip, cut } from "./text";

/** A line for each step that ended, and on a terminal a live line for each that runs. Keeps the durations for the result. */
export class StepLines {
    private readonly running = new Map<string, { since: number; detail: string }>();
    private readonly finished = new Map<string, number>();
    private readonly timer?: NodeJS.Timeout;

    constructor(
        private readonly terminal: Terminal,
        private readonly now: () => number,
    ) {
        if (terminal.live) {
            this.timer = setInterval(() => this.draw(), 500);
            this.timer.unref();
        }
    }

    readonly report = (event: StepEvent): void => {
        const since = this.running.get(event.step)?.since ?? this.now();
        if (event.state === "started" || event.state === "progress") {
            const first = !this.running.has(event.step);
            this.running.set(event.step, { since, detail: event.detail ?? "" });
            // Elsewhere than on a terminal a long step is announced, so that a log never looks stuck.
            if (first && !this.terminal.live) {
                this.terminal.line(this.row("…", event.step, event.detail));
            }
        } else {
            this.running.delete(event.step);
            const seconds = event.seconds ?? (this.now() - since) / 1000;
            this.finished.set(event.step, seconds);
            const { colors } = this.terminal;
            const took = event.state === "reused" ? "reused" : formatDuration(seconds);
            this.terminal.line(this.row(colors.green("✓"), event.step, event.detail, took));
        }
        this.draw();
    };

    /** Runs one step of our own. */
    async run<Result>(step: string, action: () => Promise<Result>, detail?: (result: Result) => string): Promise<Result> {
        this.report({ step, state: "started" });
        const since = this.now();
        try {
            const result = await action();
            this.report({ step, state: "done", detail: detail?.(result), seconds: (this.now() - since) / 1000 });
            return result;
        } catch (error) {
            this.running.delete(step);
            this.terminal.line(this.row(this.terminal.colors.red("✗"), step, "failed", formatDuration((this.now() - since) / 1000)));
            throw error;
        }
    }

    /** Seconds by step, in the order in which the steps ended. */
    seconds(): Record<string, number> {
        return Object.fromEntries([...this.finished].map(([step, seconds]) => [step, roundSeconds(seconds)]));
    }

    close(): void {
        clearInterval(this.timer);
        this.running.clear();
        this.terminal.clearRegion();
    }

    private draw(): void {
        if (this.running.size === 0) {
            this.terminal.clearRegion();
            return;
        }
        this.terminal.drawRegion(
            [...this.running].map(([step, { since, detail }]) =>
                clip(`… ${cleanText(step)}  ${formatDuration((this.now() - since) / 1000)}  ${cut(cleanText(detail), 200)}`, this.terminal.width - 1),
            ),
        );
    }

    private row(mark: string, step: string, detail?: string, took?: string): string {
        const parts = [cleanText(step), detail === undefined || detail === "" ? undefined : cleanText(detail), took];
        return `${mark} ${parts.filter((part) => part !== undefined).join("  ")}`;
    }
}
