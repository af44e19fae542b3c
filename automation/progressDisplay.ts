import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { OperationKind } from "./engine";
import { emptyProgress, isShown, type Progress, reduceProgress } from "./progress";
import { endedLine, heartbeatLine, liveLines } from "./progressLines";
import type { Terminal } from "./terminal";
import { cleanLines } from "./text";

/** Milliseconds between two drawings of the live region. */
const frame = 250;
/** Milliseconds without a line after which a log gets a sign of life. */
const silence = 20_000;

/** Shows an engine operation while it runs: lines for what ended, a live region on a terminal, heartbeats elsewhere. */
export class ProgressDisplay {
    private current: Progress = emptyProgress;
    private readonly startedAt: number;
    private lastLineAt: number;
    private readonly timer: NodeJS.Timeout;

    constructor(
        private readonly terminal: Terminal,
        private readonly now: () => number,
        private readonly kind: OperationKind,
    ) {
        this.startedAt = now();
        this.lastLineAt = this.startedAt;
        this.timer = setInterval(() => this.tick(), frame);
        this.timer.unref();
    }

    get progress(): Progress {
        return this.current;
    }

    readonly onEvent = (event: EngineEvent): void => {
        const before = this.current;
        this.current = reduceProgress(before, event, this.now());
        if (this.current === before) {
            return;
        }
        for (const [key, resource] of this.current.resources) {
            if (resource.state !== "running" && before.resources.get(key)?.state !== resource.state && isShown(resource)) {
                this.print(endedLine(resource, this.kind, this.terminal.colors));
            }
        }
        for (const { severity, message } of this.current.diagnostics.slice(before.diagnostics.length)) {
            // What the program itself prints. Warnings and errors come grouped at the end.
            if (severity === "info" && event.diagnosticEvent?.urn?.includes("::pulumi:pulumi:Stack::") === true) {
                cleanLines(message).forEach((line) => this.print(line));
            }
        }
    };

    tick(): void {
        const now = this.now();
        if (this.terminal.live) {
            this.terminal.drawRegion(liveLines(this.current, this.startedAt, now, this.terminal.width, this.terminal.height));
        } else if (now - this.lastLineAt >= silence) {
            const line = heartbeatLine(this.current, now);
            if (line !== undefined) {
                this.print(line);
            }
        }
    }

    close(): Progress {
        clearInterval(this.timer);
        this.terminal.clearRegion();
        return this.current;
    }

    private print(line: string | undefined): void {
        if (line === undefined) {
            return;
        }
        this.terminal.line(line);
        this.lastLineAt = this.now();
    }
}
