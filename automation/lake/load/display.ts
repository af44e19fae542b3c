import { formatDuration } from "../../duration";
import type { Terminal } from "../../terminal";
import { clip, cut } from "../../text";
import { type StageName, stages } from "../stages";

/** Milliseconds between two drawings on a terminal, and between two lines elsewhere. */
const frame = 500;
const silence = 10_000;

/** One line that tells how far the objects are: live on a terminal, again and again elsewhere. */
export class LoadDisplay {
    private progress = "";
    private lastLineAt: number;
    private readonly since: number;
    private readonly timer: NodeJS.Timeout;

    /** @param now Milliseconds. */
    constructor(
        private readonly terminal: Terminal,
        private readonly now: () => number,
        private readonly objects: number,
    ) {
        this.since = now();
        this.lastLineAt = this.since;
        this.timer = setInterval(() => this.tick(), frame);
        this.timer.unref();
    }

    readonly look = (landed: number, reached: Readonly<Record<StageName, number>>): void => {
        const later = stages.slice(1).map((stage) => `${stage} ${reached[stage]}`);
        this.progress = [`landed ${landed} of ${this.objects}`, ...later].join(", ");
        this.tick();
    };

    readonly say = (line: string): void => {
        this.terminal.line(`! ${cut(line, 200)}  ${formatDuration((this.now() - this.since) / 1000)}`);
        this.lastLineAt = this.now();
    };

    tick(): void {
        const line = `… ${this.progress}  ${formatDuration((this.now() - this.since) / 1000)}`;
        if (this.progress === "") {
            return;
        }
        if (this.terminal.live) {
            this.terminal.drawRegion([clip(line, this.terminal.width - 1)]);
        } else if (this.now() - this.lastLineAt >= silence) {
            this.terminal.line(line);
            this.lastLineAt = this.now();
        }
    }

    close(): void {
        clearInterval(this.timer);
        this.terminal.clearRegion();
    }
}
