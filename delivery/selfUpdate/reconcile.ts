import type { Intent, Ports } from "../ports";
import { isOpen, type IntentRecord } from "./intent";
import { restartNewest, stopRun, type Owed, type RestartPlace, type RestartResult } from "./restart";

/** `nothing`: no open intent; `waiting`: its build still runs, or somebody else is finishing it. */
export type ReconcileResult = RestartResult | "nothing" | "waiting";

export interface Reconciler extends RestartPlace {
    readonly ports: Ports;
    readonly intent: IntentRecord;
    /** The build that asks. */
    readonly buildId: string;
}

/**
 * Step 12: an intent that was left open by a build that is gone means that a restart is owed; this does it. Only one
 * finishes an intent at a time: whoever does puts its own build into it.
 */
export async function reconcile(place: Reconciler): Promise<ReconcileResult> {
    const { ports, intent, buildId } = place;
    const left = await intent.load();
    if (!isOpen(left)) {
        return "nothing";
    }
    if (left.buildId !== buildId && !(await ports.lock.buildFinished(left.buildId))) {
        return "waiting";
    }
    if (!(await intent.adopt(buildId))) {
        return "waiting";
    }
    ports.log.say(`Finishing the self-update of ${left.commit}, which was cut off: ${ports.pipeline.link(left.executionId)}`);
    const result = await restartNewest(place, await owedBy(ports, left));
    await stopRun(ports, left.executionId, "its self-update was cut off");
    await intent.mark(result === "spent" ? "settled" : "restarted");
    return result;
}

/** What an intent owes: its one restart when its update is done and the definition is not the one that its run has, else another try. */
export async function owedBy({ pipeline }: Pick<Ports, "pipeline">, intent: Intent): Promise<Owed> {
    const { executionId, commit, generation, fingerprint, phase } = intent;
    const moved = phase === "applied" && (await pipeline.currentVersion()) !== (await pipeline.execution(executionId)).version;
    return { executionId, commit, generation, fingerprint, reason: moved ? "moved" : "killed" };
}
