/** Refuses every call without TLS, whoever makes it. */
function encryptedTransportOnly(service: "s3" | "sns", resources: readonly string[]): object {
    // SNS takes no wildcard over all of its actions in a topic's policy; publishing is what carries content.
    const Action = service === "s3" ? "s3:*" : "sns:Publish";
    return { Sid: "EncryptedTransportOnly", Effect: "Deny", Principal: "*", Action, Resource: resources, Condition: { Bool: { "aws:SecureTransport": "false" } } };
}

export function tlsOnlyBucketPolicy(bucket: string): string {
    const arn = `arn:aws:s3:::${bucket}`;
    return JSON.stringify({ Version: "2012-10-17", Statement: [encryptedTransportOnly("s3", [arn, `${arn}/*`])] });
}

/** Lets the account's notification rules publish; approvals are announced with the pipeline's own role. */
export function topicPolicy(topicArn: string, accountId: string): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "Notifications",
                Effect: "Allow",
                Principal: { Service: "codestar-notifications.amazonaws.com" },
                Action: "sns:Publish",
                Resource: topicArn,
                Condition: { StringEquals: { "aws:SourceAccount": accountId } },
            },
            encryptedTransportOnly("sns", [topicArn]),
        ],
    });
}
