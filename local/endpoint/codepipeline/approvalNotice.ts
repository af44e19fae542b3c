import type { Rights } from "../own/rights";
import { SERVICE } from "./api";
import type { ApprovalNotice } from "./model/results";

export type Notify = (notice: ApprovalNotice) => Promise<void>;

/** Tells an approver by the action's topic, in the name of the action's role: SNS asks for its right to publish, and for that on the topic's key. */
export function noticesThrough(options: { readonly account: string; readonly region: string; readonly endpoint: () => string; readonly rights: Pick<Rights, "assume"> }): Notify {
    return async (notice) => {
        const { account, region, endpoint, rights } = options;
        const sourceArn = `arn:aws:codepipeline:${region}:${account}:${notice.pipelineName}`;
        const session = await rights.assume({ roleArn: notice.roleArn, service: SERVICE, sourceArn, sessionName: "CodePipeline", seconds: 900 });
        const sdk = await import("@aws-sdk/client-sns");
        const { accessKeyId, secretAccessKey, sessionToken } = session;
        const client = new sdk.SNSClient({ endpoint: endpoint(), region, credentials: { accessKeyId, secretAccessKey, sessionToken } });
        await client.send(new sdk.PublishCommand({ TopicArn: notice.topicArn, Subject: subject(notice), Message: JSON.stringify(message(notice, region)) }));
    };
}

/** SNS takes 100 characters. */
function subject({ pipelineName, actionName }: ApprovalNotice): string {
    return `APPROVAL NEEDED: AWS CodePipeline ${pipelineName} for action ${actionName}`.slice(0, 99);
}

/** The JSON that CodePipeline documents; there is no console here whose pages its links could name. */
export function message({ pipelineName, stageName, actionName, token, expires, externalEntityLink, customData }: ApprovalNotice, region: string): object {
    return {
        region,
        consoleLink: null,
        approval: {
            pipelineName,
            stageName,
            actionName,
            token,
            expires: expires === undefined ? null : `${new Date(expires).toISOString().slice(0, 16)}Z`,
            externalEntityLink: externalEntityLink ?? null,
            approvalReviewLink: null,
            customData: customData ?? null,
        },
    };
}
