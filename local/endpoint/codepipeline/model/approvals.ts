import { AwsError } from "../../own/error";
import { complete } from "./jobs";
import type { Registry } from "./registry";
import type { PutApprovalResultInput } from "./requests";
import type { ApprovalNotice } from "./results";

/** Answers a manual approval that waits. */
export function answerApproval(registry: Registry, input: PutApprovalResultInput, by: string | undefined): void {
    const pipeline = registry.pipeline(input.pipelineName);
    const stage = registry.stage(pipeline, input.stageName);
    if (!stage.declaration.actions.some((action) => action.name === input.actionName)) {
        throw new AwsError("ActionNotFoundException", `Stage '${input.stageName}' of pipeline '${input.pipelineName}' does not have an action with name '${input.actionName}'`);
    }
    const last = pipeline.stage(input.stageName).actions[input.actionName];
    const action = last === undefined ? undefined : pipeline.execution(last.execution)?.actions[last.index];
    if (action?.token === undefined || action.token !== input.token) {
        throw new AwsError("InvalidApprovalTokenException", `The token '${input.token}' is not the one of action '${input.actionName}'. Take the token from GetPipelineState.`);
    }
    const work = registry.work(action.id);
    if (work === undefined) {
        throw new AwsError("ApprovalAlreadyCompletedException", `The approval action '${input.actionName}' has already been approved or rejected, or has expired`);
    }
    const { status, summary } = input.result;
    const told = summary === "" ? {} : { summary };
    const approved = status === "Approved";
    complete(registry.world, work, approved ? { ok: true, ...told } : { ok: false, code: "JobFailed", message: `Rejected: ${summary}`, ...told }, by);
}

/** Approvals that began to wait since the last call and whose approver is to be told; each is handed out once. */
export function takeNotices(registry: Registry): readonly ApprovalNotice[] {
    return [...registry.world.places.keys()].flatMap((id): readonly ApprovalNotice[] => {
        const work = registry.work(id);
        const topicArn = work?.action.configuration.NotificationArn;
        if (work === undefined || topicArn === undefined || work.action.token === undefined || work.action.handedOut) {
            return [];
        }
        const { action, pipeline, execution, place } = work;
        action.handedOut = true;
        const { CustomData: customData, ExternalEntityLink: externalEntityLink } = action.configuration;
        return [{
            id,
            topicArn,
            roleArn: place.declaration.roleArn ?? pipeline.definitionOf(execution.version).declaration.roleArn,
            pipelineName: pipeline.state.name,
            stageName: action.stage,
            actionName: action.name,
            token: work.action.token,
            ...(action.deadline === undefined ? {} : { expires: action.deadline }),
            ...(customData === undefined ? {} : { customData }),
            ...(externalEntityLink === undefined ? {} : { externalEntityLink }),
        }];
    });
}

/** Fails an approval whose approver could not be told. */
export function failApproval(registry: Registry, id: string, code: string, message: string): void {
    const work = registry.work(id);
    if (work?.action.token !== undefined) {
        complete(registry.world, work, { ok: false, code, message });
    }
}

/** Fails approvals whose time is over. */
export function expireApprovals(registry: Registry): void {
    const { world } = registry;
    const now = world.now();
    for (const id of [...world.places.keys()]) {
        const work = registry.work(id);
        if (work !== undefined && (work.action.deadline ?? Infinity) <= now) {
            complete(world, work, { ok: false, code: "JobFailed", message: "The approval action has expired: nobody approved or rejected it in time." });
        }
    }
}

/** When the next approval expires, in milliseconds since 1970. */
export function nextDeadline(registry: Registry): number | undefined {
    const deadlines = [...registry.world.places.keys()].flatMap((id) => registry.work(id)?.action.deadline ?? []);
    return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}
