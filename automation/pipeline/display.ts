import type { Terminal } from "../terminal";
import { actionEndedLine, pipelineHeartbeat, pipelineLines, runEndedLine, runLine, stageEndedLine, waitLine } from "./lines";
import { logCommand, logPlace } from "./logs";
import { actionTitle, hasEnded, type PipelineState, type Run, type RunSummary, type Wait } from "./run";
import { mayRestart } from "./successor";

/** Milliseconds between two drawings of the live region. */
const frame = 250;
/** Milliseconds without a line after which a log gets a sign of life: while something works, and while all waits. */
const silence = 20_000;
const waitingSilence = 120_000;

/** Shows runs of a pipeline while they go on: a line for all that begins, waits or ends, a live region on a terminal. */
export class PipelineDisplay {
    private readonly said = new Set<string>();
    private runs: readonly Run[] = [];
    private waits: readonly Wait[] = [];
    private lastLineAt: number;
    private readonly timer: NodeJS.Timeout;

    /** @param now Milliseconds since 1970, as the times of the runs are. */
    constructor(
        private readonly terminal: Terminal,
        private readonly stack: string,
        private readonly now: () => number,
    ) {
        this.lastLineAt = now();
        this.timer = setInterval(() => this.tick(), frame);
        this.timer.unref();
    }

    /** Takes what was seen at one look. Runs keep their order from look to look. */
    readonly look = (runs: readonly Run[], state: PipelineState): void => {
        this.runs = runs;
        this.waits = concerning(runs, state.waits);
        for (const [index, run] of runs.entries()) {
            const before = runs[index - 1];
            if (before !== undefined && hasEnded(before) && mayRestart(before)) {
                this.ended(before, run);
            }
            // A run is named by its commit, which its source tells within moments.
            if (!findsItsSource(run)) {
                this.once(run.id, () => runLine(run));
                run.stages.forEach((stage) => this.stage(run, stage));
            }
        }
        this.waits.forEach((wait) => this.once(`wait ${JSON.stringify(wait)}`, () => `${this.terminal.colors.yellow("!")} ${waitLine(wait, this.stack, runs)}`));
        this.tick();
    };

    /** Says how a run ended; `by` is the run that took its place. */
    ended(run: Run, by?: RunSummary): void {
        this.once(`${run.id} ended`, () => runEndedLine(run, by, this.terminal.colors));
    }

    tick(): void {
        const now = this.now();
        if (this.terminal.live) {
            this.terminal.drawRegion(pipelineLines(this.runs, this.waits, this.stack, now, this.terminal.width, this.terminal.height));
        } else if (now - this.lastLineAt >= (this.waits.length > 0 ? waitingSilence : silence) && this.runs.some((run) => !hasEnded(run))) {
            const line = pipelineHeartbeat(this.runs, this.waits, this.stack, now);
            if (line !== undefined) {
                this.print(line);
            }
        }
    }

    close(): void {
        clearInterval(this.timer);
        this.terminal.clearRegion();
    }

    private stage(run: Run, stage: Run["stages"][number]): void {
        const { colors, live } = this.terminal;
        for (const action of stage.actions) {
            const key = `${run.id} ${stage.name} ${action.name} ${action.started}`;
            const place = logPlace(action);
            // On a terminal the live region shows what runs; elsewhere its begin is said.
            if (!live && action.status === "InProgress") {
                this.once(`${key} began`, () => `… ${actionTitle(stage.name, action.name)}`);
            }
            if (place !== undefined) {
                this.once(`${key} log`, () => colors.dim(`    ${logCommand(place, action.status === "InProgress")}`));
            }
            if (action.status !== "InProgress") {
                this.once(key, () => actionEndedLine(stage.name, action, colors));
            }
        }
        const line = stageEndedLine(stage, colors);
        if (line !== undefined) {
            this.once(`${run.id} ${stage.name}`, () => line);
        }
    }

    private once(key: string, line: () => string): void {
        if (!this.said.has(key)) {
            this.said.add(key);
            this.print(line());
        }
    }

    private print(line: string): void {
        this.terminal.line(line);
        this.lastLineAt = this.now();
    }
}

function findsItsSource(run: Run): boolean {
    return run.commit === undefined && !hasEnded(run) && run.stages.every(({ actions }) => actions.every(({ status }) => status === "InProgress"));
}

/** Waits of these runs, and the approvals for which the run waits that is in their way. */
function concerning(runs: readonly Run[], waits: readonly Wait[]): Wait[] {
    const own = waits.filter(({ run }) => runs.some(({ id }) => id === run));
    const occupants = own.flatMap((wait) => (wait.kind === "stage" ? (wait.occupant ?? []) : []));
    return [...own, ...waits.filter((wait) => wait.kind === "approval" && !own.includes(wait) && occupants.some((id) => id === wait.run))];
}
