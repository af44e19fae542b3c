import { AwsError } from "../../own/error";
import type { Definition } from "./definition";
import { start } from "./engine";
import type { Pipeline, World } from "./pipeline";
import type { StartPipelineExecutionInput } from "./requests";
import type { ExecutionState, SourceRevision } from "./state";
import { triggered, type PushEvent } from "./triggers";

/** Most executions of a pipeline in QUEUED mode that have not ended. */
const MOST_QUEUED = 50;

function invalid(message: string): never {
    throw new AwsError("ValidationException", message);
}

/** Starts an execution for a caller, who may say commits and variables. */
export function startForCaller(world: World, pipeline: Pipeline, input: StartPipelineExecutionInput, by: string | undefined): ExecutionState {
    const { declaration, sources } = pipeline.definition;
    const declared = new Set((declaration.variables ?? []).map((variable) => variable.name));
    const variables: Record<string, string> = {};
    for (const { name, value } of input.variables ?? []) {
        if (!declared.has(name)) {
            invalid(`The variable '${name}' is not declared in pipeline '${declaration.name}'. Declared are: ${[...declared].toSorted().join(", ") || "none"}`);
        }
        variables[name] = value;
    }
    for (const { name, defaultValue } of declaration.variables ?? []) {
        if (defaultValue === undefined && variables[name] === undefined) {
            invalid(`The variable '${name}' of pipeline '${declaration.name}' has no default value and must be given`);
        }
    }
    const overrides: Record<string, SourceRevision> = {};
    for (const { actionName, revisionType, revisionValue } of input.sourceRevisions ?? []) {
        if (declaration.pipelineType !== "V2") {
            invalid("Source revision overrides can only be used with V2 pipelines");
        }
        if (!sources.has(actionName)) {
            invalid(`The source action '${actionName}' does not exist in pipeline '${declaration.name}'`);
        }
        if (revisionType !== "COMMIT_ID") {
            invalid(`The revision type '${revisionType}' is not valid for source action '${actionName}'. Its provider takes COMMIT_ID`);
        }
        overrides[actionName] = { revisionType, revisionValue };
    }
    checkLimit(pipeline);
    return start(world, pipeline, {
        trigger: { triggerType: "StartPipelineExecution", ...(by === undefined ? {} : { triggerDetail: by }) },
        variables,
        overrides,
    });
}

function checkLimit(pipeline: Pipeline): void {
    if (pipeline.definition.mode === "QUEUED" && pipeline.active().length >= MOST_QUEUED) {
        throw new AwsError(
            "ConcurrentPipelineExecutionsLimitExceededException",
            `The pipeline '${pipeline.state.name}' has reached the limit of ${MOST_QUEUED} concurrent pipeline executions`,
        );
    }
}

/** Starts an execution if the push satisfies a trigger, or reaches a CodeCommit source, for which AWS has an event rule start the pipeline. */
export function startForPush(world: World, pipeline: Pipeline, event: PushEvent): ExecutionState | undefined {
    const { definition } = pipeline;
    if (definition.mode === "QUEUED" && pipeline.active().length >= MOST_QUEUED) {
        return undefined;
    }
    const trigger = triggered(definition.triggers, event);
    if (trigger !== undefined) {
        // A filter fetches the pushed commit, a trigger without one the head of its branch.
        const overrides = trigger.filters.length === 0 ? {} : { [trigger.action]: pushed(event) };
        return start(world, pipeline, { trigger: { triggerType: "WebhookV2", triggerDetail: trigger.connection }, overrides });
    }
    const watched = [...definition.sources.values()].some(({ declaration }) => {
        const { RepositoryName, BranchName } = declaration.configuration ?? {};
        return declaration.actionTypeId.provider === "CodeCommit" && RepositoryName === event.repository && BranchName === event.branch;
    });
    return watched ? start(world, pipeline, { trigger: { triggerType: "CloudWatchEvent" } }) : undefined;
}

function pushed({ commit, branch, tag }: PushEvent): SourceRevision {
    return { revisionType: "COMMIT_ID", revisionValue: commit, ...(branch === undefined ? {} : { branch }), ...(tag === undefined ? {} : { tag }) };
}

export function repositoriesOf(definition: Definition): readonly string[] {
    return [...definition.sources.values()].map(({ declaration }) => declaration.configuration?.FullRepositoryId ?? declaration.configuration?.RepositoryName ?? "");
}
