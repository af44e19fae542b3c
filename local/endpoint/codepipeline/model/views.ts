import type { Stage } from "./definition";
import { currentActions, type Pipeline } from "./pipeline";
import type {
    ActionExecutionDetail,
    ActionStateAnswer,
    ConditionStateAnswer,
    ExecutionAnswer,
    ExecutionSummary,
    PipelineStateAnswer,
    StageExecutionAnswer,
    StageStateAnswer,
} from "./results";
import type { ActionState, ConditionState, ExecutionState, Revision } from "./state";

/** Times are kept in milliseconds and answered in seconds. */
export function seconds(milliseconds: number): number {
    return milliseconds / 1000;
}

export function executionAnswer(pipeline: Pipeline, execution: ExecutionState): ExecutionAnswer {
    const { mode } = pipeline.definitionOf(execution.version);
    return {
        pipelineName: pipeline.state.name,
        pipelineVersion: execution.version,
        pipelineExecutionId: execution.id,
        status: execution.status,
        ...(execution.summary === undefined ? {} : { statusSummary: execution.summary }),
        artifactRevisions: Object.entries(execution.artifacts)
            .filter(([, artifact]) => artifact.source !== undefined)
            .map(([name, artifact]) => ({ name, ...revisionOf(artifact), created: seconds(artifact.created) })),
        variables: Object.entries(execution.variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
        trigger: execution.trigger,
        executionMode: mode,
        executionType: "STANDARD",
    };
}

export function executionSummary(pipeline: Pipeline, execution: ExecutionState): ExecutionSummary {
    return {
        pipelineExecutionId: execution.id,
        status: execution.status,
        ...(execution.summary === undefined ? {} : { statusSummary: execution.summary }),
        startTime: seconds(execution.started),
        lastUpdateTime: seconds(execution.updated),
        sourceRevisions: Object.values(execution.artifacts).flatMap((artifact) =>
            artifact.source === undefined ? [] : [{ actionName: artifact.source, ...revisionOf(artifact) }],
        ),
        trigger: execution.trigger,
        ...(execution.stopReason === undefined ? {} : { stopTrigger: { reason: execution.stopReason } }),
        executionMode: pipeline.definitionOf(execution.version).mode,
        executionType: "STANDARD",
    };
}

function revisionOf({ revisionId, revisionSummary, revisionUrl }: Revision): Revision {
    return { revisionId, ...(revisionSummary === undefined ? {} : { revisionSummary }), ...(revisionUrl === undefined ? {} : { revisionUrl }) };
}

export function pipelineState(pipeline: Pipeline): PipelineStateAnswer {
    const { state } = pipeline;
    return {
        pipelineName: state.name,
        pipelineVersion: state.current,
        stageStates: pipeline.definition.stages.map((stage) => stageState(pipeline, stage)),
        created: seconds(state.created),
        updated: seconds(state.updated),
    };
}

function stageState(pipeline: Pipeline, stage: Stage): StageStateAnswer {
    const place = pipeline.stage(stage.name);
    const latest = pipeline.execution(place.latest ?? "");
    const run = latest?.stages[stage.name];
    const inbound = place.waiting.flatMap((id) => pipeline.execution(id) ?? []).map((execution) => stageExecution(execution, "InProgress"));
    const transition = place.inbound;
    return {
        stageName: stage.name,
        ...(inbound[0] === undefined ? {} : { inboundExecution: inbound[0] }),
        inboundExecutions: inbound,
        inboundTransitionState: {
            enabled: transition?.enabled ?? true,
            ...(transition === undefined ? {} : { lastChangedBy: transition.by, lastChangedAt: seconds(transition.at) }),
            ...(transition?.reason === undefined ? {} : { disabledReason: transition.reason }),
        },
        actionStates: stage.declaration.actions.map(({ name }) => actionState(pipeline, stage.name, name)),
        ...(latest === undefined || run === undefined ? {} : { latestExecution: stageExecution(latest, run.status) }),
        ...(run?.condition === undefined ? {} : { beforeEntryConditionState: conditionState(run.condition) }),
        ...(run === undefined || run.retries === 0 ? {} : { retryStageMetadata: { manualStageRetryAttempt: run.retries, latestRetryTrigger: "ManualStageRetry" } }),
    };
}

function stageExecution(execution: ExecutionState, status: StageExecutionAnswer["status"]): StageExecutionAnswer {
    return { pipelineExecutionId: execution.id, status, type: "STANDARD" };
}

function conditionState({ status, at, rules, result }: ConditionState): ConditionStateAnswer {
    const summary = status === "Succeeded" ? {} : { summary: `Result ${result} was engaged` };
    const lastStatusChange = seconds(at);
    return {
        latestExecution: { status, ...summary },
        conditionStates: [
            {
                latestExecution: { status, ...summary, lastStatusChange },
                ruleStates: rules.map((rule) => ({
                    ruleName: rule.name,
                    latestExecution: { ruleExecutionId: rule.id, status: rule.status, summary: rule.summary, lastStatusChange },
                })),
            },
        ],
    };
}

function actionState(pipeline: Pipeline, stage: string, name: string): ActionStateAnswer {
    const last = pipeline.stage(stage).actions[name];
    const action = last === undefined ? undefined : pipeline.execution(last.execution)?.actions[last.index];
    if (action === undefined) {
        return { actionName: name };
    }
    const { revision } = action;
    return {
        actionName: name,
        ...(revision === undefined
            ? {}
            : { currentRevision: { revisionId: revision.revisionId, revisionChangeId: revision.revisionId.slice(0, 100), created: seconds(action.updated) } }),
        latestExecution: {
            actionExecutionId: action.id,
            status: action.status,
            ...given("summary", action.summary),
            lastStatusChange: seconds(action.updated),
            ...given("token", action.status === "InProgress" ? action.token : undefined),
            ...given("lastUpdatedBy", action.by),
            ...given("externalExecutionId", action.externalExecutionId),
            ...given("externalExecutionUrl", action.externalExecutionUrl),
            ...given("errorDetails", action.error),
        },
    };
}

/** Newest first. */
export function actionDetails(pipeline: Pipeline, executions: readonly ExecutionState[], latestOnly: boolean): readonly ActionExecutionDetail[] {
    return executions.toReversed().flatMap((execution) => {
        const actions = latestOnly ? Object.values(execution.stages).flatMap((run) => currentActions(execution, run)) : execution.actions;
        return actions.toReversed().flatMap((action) => actionDetail(pipeline, execution, action) ?? []);
    });
}

function actionDetail(pipeline: Pipeline, execution: ExecutionState, action: ActionState): ActionExecutionDetail | undefined {
    const declaration = pipeline.action(execution, action.stage, action.name)?.declaration;
    if (declaration === undefined) {
        return undefined;
    }
    return {
        pipelineExecutionId: execution.id,
        actionExecutionId: action.id,
        pipelineVersion: execution.version,
        stageName: action.stage,
        actionName: action.name,
        startTime: seconds(action.started),
        lastUpdateTime: seconds(action.updated),
        ...given("updatedBy", action.by),
        status: action.status,
        input: {
            actionTypeId: declaration.actionTypeId,
            configuration: declaration.configuration ?? {},
            resolvedConfiguration: action.configuration,
            ...given("roleArn", declaration.roleArn),
            ...given("region", declaration.region),
            inputArtifacts: (declaration.inputArtifacts ?? []).map(({ name }) => ({ name })),
            ...given("namespace", declaration.namespace),
        },
        output: {
            outputArtifacts: (declaration.outputArtifacts ?? []).map(({ name }) => ({ name })),
            executionResult: {
                ...given("externalExecutionId", action.externalExecutionId),
                ...given("externalExecutionUrl", action.externalExecutionUrl),
                ...given("externalExecutionSummary", action.summary),
                ...given("errorDetails", action.error),
            },
            outputVariables: action.outputVariables ?? {},
        },
    };
}

function given<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
    return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
