import { tellAction } from "./changes";
import { proceed } from "./engine";
import type { Pipeline, World } from "./pipeline";
import type { ActionJob, JobResult, JobSuccess } from "./results";
import type { ActionState, ExecutionState, Place } from "./state";

/** An action in progress with all that surrounds it. */
export interface Work {
    readonly pipeline: Pipeline;
    readonly execution: ExecutionState;
    readonly action: ActionState;
    readonly place: Place;
}

export function job({ pipeline, execution, action, place }: Work): ActionJob {
    const { declaration } = place;
    const override = execution.overrides[action.name];
    const { roleArn, artifactStore } = pipeline.definitionOf(execution.version).declaration;
    return {
        jobId: action.id,
        pipelineName: pipeline.state.name,
        executionId: execution.id,
        stage: action.stage,
        action: action.name,
        actionTypeId: declaration.actionTypeId,
        configuration: action.configuration,
        roleArn: declaration.roleArn ?? roleArn,
        inputArtifacts: (declaration.inputArtifacts ?? []).map(({ name }) => {
            const revision = execution.artifacts[name];
            return { name, ...(revision === undefined ? {} : { revision }), ...(revision?.object === undefined ? {} : { object: revision.object }) };
        }),
        outputArtifacts: (declaration.outputArtifacts ?? []).map(({ name }) => name),
        artifactBucket: artifactStore?.location ?? "",
        ...(artifactStore?.encryptionKey === undefined ? {} : { artifactKeyId: artifactStore.encryptionKey.id }),
        ...(declaration.actionTypeId.category === "Source" && override !== undefined ? { sourceRevision: override } : {}),
    };
}

/** Writes a job's result down and goes on with its execution. */
export function complete(world: World, work: Work, result: JobResult, by?: string): void {
    const { pipeline, execution, action, place } = work;
    const { declaration } = place;
    world.places.delete(action.id);
    action.status = result.ok ? "Succeeded" : "Failed";
    action.updated = world.now();
    execution.updated = action.updated;
    if (by !== undefined) {
        action.by = by;
    }
    note(action, result);
    if (result.summary !== undefined) {
        action.summary = result.summary;
    }
    if (result.outputVariables !== undefined) {
        action.outputVariables = { ...result.outputVariables };
        if (declaration.namespace !== undefined) {
            execution.namespaces[declaration.namespace] = action.outputVariables;
        }
    }
    if (result.ok) {
        made(execution, action, place, result);
    } else {
        action.error = { code: result.code, message: result.message.slice(0, 5000) };
    }
    tellAction(world, pipeline, execution, action, result.ok ? "SUCCEEDED" : "FAILED");
    proceed(world, pipeline, execution, action.stage);
}

export function note(action: ActionState, external: { readonly externalExecutionId?: string; readonly externalExecutionUrl?: string }): void {
    if (external.externalExecutionId !== undefined) {
        action.externalExecutionId = external.externalExecutionId;
    }
    if (external.externalExecutionUrl !== undefined) {
        action.externalExecutionUrl = external.externalExecutionUrl;
    }
}

/** Output artifacts carry the revision that they were made from: a source's own, else that of the first input. */
function made(execution: ExecutionState, action: ActionState, { declaration }: Place, { revision, objects = {} }: JobSuccess): void {
    if (revision !== undefined) {
        action.revision = revision;
    }
    const [input] = declaration.inputArtifacts ?? [];
    const from = revision ?? (input === undefined ? undefined : execution.artifacts[input.name]);
    if (from === undefined) {
        return;
    }
    const { revisionId, revisionSummary, revisionUrl } = from;
    for (const { name } of declaration.outputArtifacts ?? []) {
        const object = objects[name];
        execution.artifacts[name] = {
            revisionId,
            ...(object === undefined ? {} : { object }),
            ...(revisionSummary === undefined ? {} : { revisionSummary }),
            ...(revisionUrl === undefined ? {} : { revisionUrl }),
            ...(declaration.actionTypeId.category === "Source" ? { source: action.name } : {}),
            created: action.updated,
        };
    }
}
