import { AwsError } from "../../own/error";
import { tell, tellAction } from "./changes";
import { admit, end, proceed, release, runGroup } from "./engine";
import type { RetryMode } from "./declaration";
import type { Stage } from "./definition";
import { currentActions, isActive, isWorking, type Pipeline, type World } from "./pipeline";
import type { ActionState, ExecutionState } from "./state";

/**
 * Stops an execution: with `abandon` at once, without after the actions at work have ended.
 *
 * @throws AwsError `PipelineExecutionNotStoppableException`, `DuplicatedStopRequestException`.
 */
export function stop(world: World, pipeline: Pipeline, execution: ExecutionState, abandon: boolean, reason: string | undefined): void {
    if (!isActive(execution)) {
        throw new AwsError(
            "PipelineExecutionNotStoppableException",
            `Unable to stop the pipeline execution ${execution.id}. It is in status ${execution.status} and no longer in progress.`,
        );
    }
    if (execution.status === "Stopping" && !abandon) {
        throw new AwsError(
            "DuplicatedStopRequestException",
            `The pipeline execution ${execution.id} is already in a Stopping state. It can be stopped and abandoned now, or waited for.`,
        );
    }
    execution.status = "Stopping";
    execution.updated = world.now();
    if (reason !== undefined) {
        execution.stopReason = reason;
    }
    tell(world, pipeline, execution, "STOPPING");
    const name = execution.at ?? "";
    if (!execution.inside) {
        withdraw(pipeline, execution);
        end(world, pipeline, execution, "Stopped");
        return;
    }
    const run = execution.stages[name];
    if (run !== undefined) {
        run.status = "Stopping";
        if (abandon) {
            abandonActions(world, pipeline, execution, currentActions(execution, run));
        }
    }
    proceed(world, pipeline, execution, name);
}

/** Marks every execution in progress as overtaken by a new definition. Its action at work may end, and holds the stage until then. */
export function cancelAll(world: World, pipeline: Pipeline, summary: string): void {
    const cancelled = pipeline.active().filter((execution) => execution.status === "InProgress");
    // All are marked first: freeing a stage must not let in one that is about to be cancelled.
    for (const execution of cancelled) {
        withdraw(pipeline, execution);
        end(world, pipeline, execution, "Cancelled", summary);
    }
    for (const execution of cancelled) {
        const name = execution.at ?? "";
        const run = execution.inside ? execution.stages[name] : undefined;
        if (run === undefined) {
            continue;
        }
        run.status = "Cancelled";
        tell(world, pipeline, execution, "CANCELED", { stage: name });
        const approvals = currentActions(execution, run).filter((action) => action.token !== undefined);
        abandonActions(world, pipeline, execution, approvals);
        if (!isWorking(execution)) {
            release(world, pipeline, execution, name);
        }
    }
}

/** Takes an execution out of the row in front of a stage. */
function withdraw(pipeline: Pipeline, execution: ExecutionState): void {
    if (execution.inside || execution.at === undefined) {
        return;
    }
    const { waiting } = pipeline.stage(execution.at);
    const at = waiting.indexOf(execution.id);
    if (at >= 0) {
        waiting.splice(at, 1);
    }
    delete execution.at;
}

function abandonActions(world: World, pipeline: Pipeline, execution: ExecutionState, actions: readonly ActionState[]): void {
    for (const action of actions) {
        if (action.status === "InProgress") {
            action.status = "Abandoned";
            action.updated = world.now();
            world.places.delete(action.id);
            if (action.handedOut) {
                world.abandoned.push(action.id);
            }
            tellAction(world, pipeline, execution, action, "ABANDONED");
        }
    }
}

/**
 * Runs a failed or stopped stage again, in the same execution.
 *
 * @throws AwsError `StageNotRetryableException`, `NotLatestPipelineExecutionException`.
 */
export function retry(world: World, pipeline: Pipeline, execution: ExecutionState, stage: Stage, mode: RetryMode): void {
    const refuse = (why: string): never => {
        throw new AwsError("StageNotRetryableException", `Unable to retry stage '${stage.name}' of execution ${execution.id}: ${why}`);
    };
    if (execution.version !== pipeline.state.current) {
        refuse(`the pipeline structure has changed from version ${execution.version} to ${pipeline.state.current}.`);
    }
    const place = pipeline.stage(stage.name);
    const run = execution.stages[stage.name];
    if (run === undefined || execution.at !== stage.name) {
        return refuse("the execution did not fail there.");
    }
    if (place.latest !== execution.id) {
        throw new AwsError(
            "NotLatestPipelineExecutionException",
            `Execution ${place.latest ?? ""} has entered stage '${stage.name}' after execution ${execution.id}; only the latest one can be retried.`,
        );
    }
    const actions = currentActions(execution, run);
    const again = actions.filter((action) => mode === "ALL_ACTIONS" || action.status === "Failed" || action.status === "Abandoned");
    if (!actions.some((action) => action.status === "Failed" || action.status === "Abandoned")) {
        refuse("the stage contains no failed actions.");
    }
    if (mode === "ALL_ACTIONS" && actions.some((action) => action.status === "InProgress")) {
        refuse("actions of the stage are still in progress.");
    }
    if (execution.status !== "InProgress" && execution.status !== "Failed" && execution.status !== "Stopped") {
        refuse(`the execution is ${execution.status}.`);
    }
    execution.status = "InProgress";
    execution.updated = world.now();
    execution.inside = true;
    place.occupant = execution.id;
    run.status = "InProgress";
    run.retries++;
    tell(world, pipeline, execution, "RESUMED");
    tell(world, pipeline, execution, "RESUMED", { stage: stage.name });
    for (const action of again) {
        delete run.actions[action.name];
    }
    run.group = mode === "ALL_ACTIONS" ? 0 : run.group;
    runGroup(world, pipeline, execution, stage, run);
}

/** Lets in whoever waits and may: which stage is behind an opened one differs between the definitions that runs are on. */
export function reopen(world: World, pipeline: Pipeline): void {
    for (const name of Object.keys(pipeline.state.stages)) {
        admit(world, pipeline, name);
    }
}
