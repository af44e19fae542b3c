import { setTimeout as sleep } from "node:timers/promises";
import type { PipelineClient } from "./client";
import { hasEnded, type PipelineState, type Run } from "./run";
import { mayRestart, successorOf } from "./successor";

export interface FollowOptions {
    readonly client: Pick<PipelineClient, "state" | "runs" | "run">;
    readonly pipeline: string;
    /** Runs to begin with. */
    readonly ids: readonly string[];
    /** Ends the following; the runs go on. */
    readonly signal: AbortSignal;
    readonly onLook: (runs: readonly Run[], state: PipelineState) => void;
    /** Milliseconds between two looks. @default 1000 */
    readonly interval?: number;
    /** Looks for which the run after a self-update, and the end of a cancelled run's last build, is awaited. @default 60 */
    readonly patience?: number;
}

/** How many of the newest runs are listed: those that are followed, and what was pushed meanwhile. */
const recent = 50;

/**
 * Looks at the runs until all have ended, and at those that go on after a self-update. Answers all that were followed, as
 * last seen, in the order in which they came.
 */
export async function followRuns(options: FollowOptions): Promise<readonly Run[]> {
    const { client, pipeline, signal, onLook, interval = 1000, patience = 60 } = options;
    const ids = [...options.ids];
    const seen = new Map<string, Run>();
    const overdue = new Map<string, number>();
    const isOver = (run: Run | undefined): boolean => run !== undefined && hasEnded(run) && (!isWorking(run) || (overdue.get(run.id) ?? 0) > patience);
    let waited = 0;
    for (;;) {
        const state = await client.state(pipeline);
        if (state === undefined) {
            return [...seen.values()];
        }
        const listed = await client.runs(pipeline, recent);
        for (const id of ids.filter((candidate) => !isOver(seen.get(candidate)))) {
            const summary = listed.find((candidate) => candidate.id === id);
            const run = summary === undefined ? undefined : await client.run(pipeline, summary, state);
            if (run !== undefined) {
                seen.set(id, run);
                overdue.set(id, hasEnded(run) ? (overdue.get(id) ?? 0) + 1 : 0);
            }
        }
        const runs = ids.flatMap((id) => seen.get(id) ?? []);
        onLook(runs, state);
        const last = runs.at(-1);
        if (runs.length === ids.length && runs.every(isOver)) {
            const next = last === undefined ? undefined : successorOf(last, listed);
            if (next !== undefined && !ids.includes(next.id)) {
                ids.push(next.id);
                waited = 0;
            } else if (last === undefined || next !== undefined || !mayRestart(last) || ++waited > patience) {
                return runs;
            }
        }
        await sleep(interval, undefined, { signal }).catch(() => undefined);
        if (signal.aborted) {
            return runs;
        }
    }
}

// A cancelled run's build works on to its end, and only then it is known what it exported.
function isWorking({ stages }: Run): boolean {
    return stages.some(({ actions }) => actions.some(({ status }) => status === "InProgress"));
}
