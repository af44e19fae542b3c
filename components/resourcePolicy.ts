/** A statement of a resource's own policy. */
export interface ResourceStatement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal: "*" | { readonly Service: string };
    readonly Action: string;
    readonly Resource: string | readonly string[];
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Refuses every call without TLS, whoever makes it. */
export function encryptedTransport(service: "s3" | "sns" | "sqs", resources: readonly string[]): ResourceStatement {
    return {
        Sid: "EncryptedTransportOnly",
        Effect: "Deny",
        Principal: "*",
        // SNS takes no wildcard over all of its actions in a topic's policy; publishing is what carries content.
        Action: service === "sns" ? "sns:Publish" : `${service}:*`,
        Resource: resources,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
}

export function resourcePolicy(statements: readonly ResourceStatement[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
