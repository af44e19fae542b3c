import type {
    ActionExecutionDetail,
    ExecutionTrigger,
    GetPipelineStateOutput,
    PipelineExecution,
    PipelineExecutionSummary,
    StageExecutionStatus,
    StageState,
} from "@aws-sdk/client-codepipeline";
import type { ActionRun, PipelineState, Run, RunStatus, RunSummary, StagePosition, StageRun, StageStatus, Wait } from "./run";

/** One entry of ListPipelineExecutions. */
export function readSummary(summary: PipelineExecutionSummary): RunSummary {
    const status = summary.status ?? "InProgress";
    const revision = summary.sourceRevisions?.[0];
    const running = status === "InProgress" || status === "Stopping";
    return {
        id: summary.pipelineExecutionId ?? "",
        status,
        statusSummary: nonEmpty(summary.statusSummary) ?? nonEmpty(summary.stopTrigger?.reason),
        commit: nonEmpty(revision?.revisionId),
        message: nonEmpty(messageOf(revision?.revisionSummary)),
        trigger: describeTrigger(summary.trigger),
        started: milliseconds(summary.startTime) ?? 0,
        ended: running ? undefined : milliseconds(summary.lastUpdateTime),
    };
}

/**
 * One run with its stages. `execution` is its GetPipelineExecution, `details` its ListActionExecutions in any order. The
 * pipeline's state gives the order of the stages and what conditions said, which no list of actions has.
 */
export function readRun(summary: RunSummary, execution: PipelineExecution, details: readonly ActionExecutionDetail[], state: PipelineState): Run {
    const status = execution.status ?? summary.status;
    const generation = Number(execution.variables?.find(({ name }) => name === "GENERATION")?.resolvedValue ?? 0);
    const revision = execution.artifactRevisions?.[0];
    const byStage = grouped(latestAttempts(details), ({ stageName }) => stageName ?? "");
    // Stages of an older definition that the present one no longer has stand where they ran.
    const known = state.stages.map(({ name }) => name);
    const former = [...byStage.keys()].filter((name) => !known.includes(name));
    const stages = [...former, ...known].map((name) => readStage(name, byStage.get(name) ?? [], positionOf(state, name, summary.id), status));
    const ordered = former.length > 0 ? byStart(stages) : stages;
    return {
        ...summary,
        status,
        statusSummary: nonEmpty(execution.statusSummary) ?? summary.statusSummary,
        commit: summary.commit ?? nonEmpty(revision?.revisionId),
        message: summary.message ?? nonEmpty(messageOf(revision?.revisionSummary)),
        version: execution.pipelineVersion ?? 0,
        generation: Number.isInteger(generation) ? generation : 0,
        stages: markSkipped(ordered, status === "Succeeded"),
    };
}

/** GetPipelineState. */
export function readState(answer: GetPipelineStateOutput): PipelineState {
    const stages = answer.stageStates ?? [];
    return {
        version: answer.pipelineVersion ?? 0,
        stages: stages.map(readPosition),
        waits: stages.flatMap(waitsOf),
    };
}

function readPosition(stage: StageState): StagePosition {
    const { latestExecution, actionStates = [] } = stage;
    return {
        name: stage.stageName ?? "",
        status: latestExecution === undefined ? "Pending" : stageStatus(latestExecution.status),
        run: latestExecution?.pipelineExecutionId,
        actions: actionStates.map(({ actionName = "", latestExecution: last }) => ({ name: actionName, status: last?.status, changed: milliseconds(last?.lastStatusChange) })),
        reason: conditionText(stage),
    };
}

function waitsOf(stage: StageState): Wait[] {
    const name = stage.stageName ?? "";
    const run = stage.latestExecution?.pipelineExecutionId;
    const approvals = (stage.actionStates ?? []).flatMap(({ actionName = "", latestExecution: last }): Wait[] =>
        last?.token !== undefined && last.status === "InProgress"
            ? [{ kind: "approval", stage: name, action: actionName, run, token: last.token, since: milliseconds(last.lastStatusChange) }]
            : [],
    );
    const inbound = stage.inboundExecutions ?? (stage.inboundExecution === undefined ? [] : [stage.inboundExecution]);
    const arriving = inbound.flatMap(({ pipelineExecutionId }) => pipelineExecutionId ?? []);
    const transition = stage.inboundTransitionState;
    if (transition?.enabled === false) {
        const closed = { kind: "transition", stage: name, by: nonEmpty(transition.lastChangedBy), reason: nonEmpty(transition.disabledReason) } as const;
        return [...approvals, ...(arriving.length === 0 ? [closed] : arriving.map((id) => ({ ...closed, run: id })))];
    }
    const busy = stage.latestExecution?.status === "InProgress" || stage.latestExecution?.status === "Stopping";
    return [...approvals, ...arriving.map((id) => ({ kind: "stage", stage: name, run: id, occupant: busy ? run : undefined }) as const)];
}

function readStage(name: string, details: readonly ActionExecutionDetail[], position: StagePosition | undefined, run: RunStatus): StageRun {
    const running = isRunning(run);
    const actions = details.map(readAction).sort((a, b) => a.started - b.started || (a.name < b.name ? -1 : 1));
    const seen = position?.status ?? statusFrom(actions, running);
    const stale = seen === "InProgress" && !running && !actions.some((action) => action.status === "InProgress");
    // A stopped run leaves its last stage without a word about it; of one that went well the pipeline was asked too early.
    const status = !stale ? seen : run === "Succeeded" ? "Succeeded" : "Stopped";
    return { name, status, actions, reason: status === "Failed" || status === "Skipped" ? position?.reason : undefined };
}

function statusFrom(actions: readonly ActionRun[], running: boolean): StageStatus {
    const has = (status: ActionRun["status"]): boolean => actions.some((action) => action.status === status);
    if (actions.length === 0) {
        return "Pending";
    }
    if (has("Failed")) {
        return "Failed";
    }
    if (has("Abandoned")) {
        return "Stopped";
    }
    return has("InProgress") && running ? "InProgress" : "Succeeded";
}

function positionOf(state: PipelineState, stage: string, run: string): StagePosition | undefined {
    return state.stages.find((position) => position.name === stage && position.run === run);
}

export function readAction(detail: ActionExecutionDetail): ActionRun {
    const { input, output, status = "InProgress" } = detail;
    const result = output?.executionResult;
    // Conditions and approvals say what they ask in their configuration, with variables put in.
    const configuration = input?.resolvedConfiguration ?? input?.configuration ?? {};
    return {
        name: detail.actionName ?? "",
        status,
        provider: input?.actionTypeId?.provider ?? "",
        started: milliseconds(detail.startTime) ?? 0,
        ended: status === "InProgress" ? undefined : milliseconds(detail.lastUpdateTime),
        summary: nonEmpty(result?.externalExecutionSummary) ?? nonEmpty(configuration.CustomData),
        link: nonEmpty(configuration.ExternalEntityLink) ?? nonEmpty(result?.externalExecutionUrl),
        error: nonEmpty(result?.errorDetails?.message) ?? nonEmpty(result?.errorDetails?.code),
        externalId: nonEmpty(result?.externalExecutionId),
        outputs: output?.outputVariables ?? {},
    };
}

/** A retried stage has several executions of one action: the last one counts. */
function latestAttempts(details: readonly ActionExecutionDetail[]): ActionExecutionDetail[] {
    return [...grouped(details, ({ stageName, actionName }) => `${stageName}/${actionName}`).values()].map((attempts) => attempts.reduce((last, next) => (startOf(next) >= startOf(last) ? next : last)));
}

function startOf({ startTime }: ActionExecutionDetail): number {
    return startTime?.getTime() ?? 0;
}

function grouped<Value>(values: readonly Value[], key: (value: Value) => string): Map<string, Value[]> {
    const groups = new Map<string, Value[]>();
    for (const value of values) {
        groups.set(key(value), [...(groups.get(key(value)) ?? []), value]);
    }
    return groups;
}

/** A stage without actions that the run has passed was left out by its condition; the state tells that of the last run only. */
function markSkipped(stages: readonly StageRun[], whole: boolean): StageRun[] {
    const last = whole ? stages.length : stages.findLastIndex(({ actions }) => actions.length > 0);
    return stages.map((stage, index) => (index < last && stage.status === "Pending" ? { ...stage, status: "Skipped" } : stage));
}

function byStart(stages: readonly StageRun[]): StageRun[] {
    const begin = ({ actions }: StageRun): number => Math.min(...actions.map(({ started }) => started));
    return stages
        .map((stage, index) => ({ stage, index }))
        .sort((a, b) => begin(a.stage) - begin(b.stage) || a.index - b.index)
        .map(({ stage }) => stage);
}

function conditionText(stage: StageState): string | undefined {
    const states = [stage.beforeEntryConditionState, stage.onSuccessConditionState, stage.onFailureConditionState];
    const texts = states.flatMap((state) => [
        ...(state?.conditionStates ?? []).flatMap(({ latestExecution, ruleStates = [] }) => [
            ...ruleStates.map(({ latestExecution: rule }) => nonEmpty(rule?.errorDetails?.message) ?? nonEmpty(rule?.summary)),
            nonEmpty(latestExecution?.summary),
        ]),
        nonEmpty(state?.latestExecution?.summary),
    ]);
    return texts.find((text) => text !== undefined);
}

function stageStatus(status: StageExecutionStatus | undefined): StageStatus {
    return status === undefined || status === "Stopping" ? "InProgress" : status;
}

function describeTrigger({ triggerType, triggerDetail }: ExecutionTrigger = {}): string {
    const words: Readonly<Record<string, string>> = {
        CreatePipeline: "its creation",
        StartPipelineExecution: "a start",
        Webhook: "a push",
        WebhookV2: "a push",
        CloudWatchEvent: "an event",
        PollForSourceChanges: "a poll",
        ManualRollback: "a rollback",
        AutomatedRollback: "an automatic rollback",
    };
    const kind = words[triggerType ?? ""] ?? triggerType ?? "unknown";
    const who = nonEmpty(triggerDetail);
    // Details are ARNs of who started it, or JSON of a push; only the first kind fits into a line.
    return who === undefined || who.startsWith("{") || triggerType === "WebhookV2" ? kind : `${kind} by ${who.split(":").at(-1) ?? who}`;
}

// Source actions of a connection put their summary into JSON: {"ProviderType":"GitHub","CommitMessage":"…"}.
function messageOf(summary: string | undefined): string | undefined {
    let text = summary;
    if (text?.startsWith("{") === true) {
        try {
            const { CommitMessage } = JSON.parse(text) as { CommitMessage?: unknown };
            text = typeof CommitMessage === "string" ? CommitMessage : text;
        } catch {
            // Not JSON after all: shown as it is.
        }
    }
    return text?.trim().split("\n", 1)[0];
}

function isRunning(status: RunSummary["status"]): boolean {
    return status === "InProgress" || status === "Stopping";
}

function milliseconds(date: Date | undefined): number | undefined {
    return date?.getTime();
}

function nonEmpty(text: string | undefined): string | undefined {
    return text === undefined || text.trim() === "" ? undefined : text.trim();
}
