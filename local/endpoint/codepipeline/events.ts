import type { JsonObject } from "../call";
import type { Change } from "./model/changes";

/** An event as CodePipeline sends it to EventBridge. */
export interface StateEvent {
    readonly detailType: string;
    readonly resources: readonly string[];
    readonly detail: JsonObject;
}

export function stateEvent(change: Change, arn: string): StateEvent {
    const { pipeline, execution, version, state, stage, action, trigger } = change;
    const detail = { pipeline, "execution-id": execution, version, state };
    if (action !== undefined) {
        const failure = action.error === undefined ? {} : { "execution-result": { "external-execution-summary": action.error.message, "error-code": action.error.code } };
        const type = { owner: "AWS", provider: action.provider, category: action.category, version: "1" };
        return { detailType: "CodePipeline Action Execution State Change", resources: [arn], detail: { ...detail, stage, action: action.name, type, ...failure } };
    }
    if (stage !== undefined) {
        return { detailType: "CodePipeline Stage Execution State Change", resources: [arn], detail: { ...detail, stage } };
    }
    const started = { "execution-trigger": { "trigger-type": trigger.triggerType, "trigger-detail": trigger.triggerDetail ?? "" } };
    return { detailType: "CodePipeline Pipeline Execution State Change", resources: [arn], detail: { ...detail, ...started } };
}

const EXECUTION: Readonly<Partial<Record<Change["state"], string>>> = {
    STARTED: "started",
    RESUMED: "resumed",
    SUCCEEDED: "succeeded",
    FAILED: "failed",
    CANCELED: "canceled",
    SUPERSEDED: "superseded",
};

/** Event types that notification rules know, of a change; there is none for a stop. An approval has its own beside its action's. */
export function notificationTypes({ state, stage, action }: Change): readonly string[] {
    const name = state === "ABANDONED" ? "canceled" : EXECUTION[state];
    if (name === undefined) {
        return [];
    }
    if (action === undefined) {
        return stage === undefined ? [`codepipeline-pipeline-pipeline-execution-${name}`] : state === "SUPERSEDED" ? [] : [`codepipeline-pipeline-stage-execution-${name}`];
    }
    const approval = action.category === "Approval" ? APPROVAL[state] : undefined;
    return [`codepipeline-pipeline-action-execution-${name}`, ...(approval === undefined ? [] : [`codepipeline-pipeline-manual-approval-${approval}`])];
}

const APPROVAL: Readonly<Partial<Record<Change["state"], string>>> = { STARTED: "needed", SUCCEEDED: "succeeded", FAILED: "failed" };
