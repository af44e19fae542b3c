import { encryptedTransport, resourcePolicy } from "../resourcePolicy";

export function artifactBucketPolicy(bucket: string): string {
    const arn = `arn:aws:s3:::${bucket}`;
    return resourcePolicy([encryptedTransport("s3", [arn, `${arn}/*`])]);
}

/** Lets the account's notification rules publish; approvals are announced with the pipeline's own role. */
export function topicPolicy(topicArn: string, accountId: string): string {
    return resourcePolicy([
        {
            Sid: "Notifications",
            Effect: "Allow",
            Principal: { Service: "codestar-notifications.amazonaws.com" },
            Action: "sns:Publish",
            Resource: topicArn,
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        },
        encryptedTransport("sns", [topicArn]),
    ]);
}
