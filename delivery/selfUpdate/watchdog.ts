import { formatDuration } from "../../automation/duration";
import type { Ports } from "../ports";
import { newestOf } from "../order";
import { reconcile, type ReconcileResult } from "./reconcile";
import { BUDGETS, newRun, type Budgets, type Follows } from "./run";

export interface WatchdogInput {
    readonly buildId: string;
    readonly follows: Follows;
    readonly budgets?: Budgets;
    /** Milliseconds after which a newest commit that is not deployed, with nothing under way, is an alarm. @default 4 hours */
    readonly patience?: number;
}

export interface WatchdogOutcome {
    readonly result: ReconcileResult;
    /** What a person has to look at. */
    readonly alarm?: string;
}

const PATIENCE = 4 * 3_600_000;
const REMEDY = "Push a correction, or run the repair project on a good commit.";

/**
 * What runs beside the pipeline, after every run that did not end well and every half hour: finishes a self-update that
 * was killed, and says so when the pipeline stands still without having delivered the newest commit.
 */
export async function watchdog(input: WatchdogInput, ports: Ports): Promise<WatchdogOutcome> {
    const { buildId, follows, budgets = BUDGETS, patience = PATIENCE } = input;
    const { intent } = newRun({ executionId: "", commit: "", generation: 0, buildId, follows }, ports);
    const result = await reconcile({ ports, follows, budgets, intent, buildId });
    if (result === "spent") {
        const commit = intent.value?.commit ?? "";
        const what = `The self-update of ${commit} was cut off again and again, or moved the definition twice; it is not tried any more.`;
        return { result, alarm: `${what} ${REMEDY}` };
    }
    const alarm = result === "nothing" ? await standstill(ports, patience) : undefined;
    return alarm === undefined ? { result } : { result, alarm };
}

/** Why nothing will happen by itself although the newest commit is not deployed; undefined while there is hope. */
async function standstill({ pipeline, git, clock }: Ports, patience: number): Promise<string | undefined> {
    const runs = await pipeline.executions();
    const [first, ...rest] = runs.flatMap(({ commit }) => commit ?? []);
    if (first === undefined || runs.some(({ status }) => status === "InProgress" || status === "Stopping")) {
        return undefined;
    }
    const newest = await newestOf(git, [first, ...rest]);
    const delivered = runs.findIndex(({ commit, status }) => commit === newest && status === "Succeeded");
    // After the newest known commit was delivered, a run that could not even fetch its own is one of a commit that is not known.
    const last = delivered < 0 ? runs[0] : runs.slice(0, delivered).find(({ commit, status }) => commit === undefined && status === "Failed");
    if (last === undefined || clock.now() - last.started < patience) {
        return undefined;
    }
    const what = delivered < 0 ? newest : "A commit that could not be fetched";
    const since = `${formatDuration((clock.now() - last.started) / 1000)} after the last run (${last.status}: ${pipeline.link(last.id)})`;
    return `${what} is not deployed ${since}, and nothing is under way. Retry its failed stage, or: ${REMEDY}`;
}
