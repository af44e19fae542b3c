import type { Pipeline, World } from "./pipeline";
import type { ActionState, ExecutionState } from "./state";

/** States in the events of executions, stages and actions. */
export type ChangeState = "STARTED" | "RESUMED" | "SUCCEEDED" | "FAILED" | "STOPPING" | "STOPPED" | "CANCELED" | "SUPERSEDED" | "ABANDONED";

/** A change of state, of which AWS tells EventBridge and notification rules. */
export interface Change {
    readonly pipeline: string;
    readonly execution: string;
    /** Of the pipeline's structure. */
    readonly version: number;
    readonly state: ChangeState;
    readonly trigger: ExecutionState["trigger"];
    /** Of a stage or an action. */
    readonly stage?: string;
    readonly action?: { readonly name: string; readonly category: string; readonly provider: string; readonly error?: ActionState["error"] };
}

export function tell(world: World, pipeline: Pipeline, execution: ExecutionState, state: ChangeState, of: Pick<Change, "stage" | "action"> = {}): void {
    world.tell?.({ pipeline: pipeline.state.name, execution: execution.id, version: execution.version, state, trigger: execution.trigger, ...of });
}

export function tellAction(world: World, pipeline: Pipeline, execution: ExecutionState, { stage, name, error }: ActionState, state: ChangeState): void {
    if (world.tell !== undefined) {
        const { category = "", provider = "" } = pipeline.action(execution, stage, name)?.declaration.actionTypeId ?? {};
        tell(world, pipeline, execution, state, { stage, action: { name, category, provider, ...(error === undefined ? {} : { error }) } });
    }
}
