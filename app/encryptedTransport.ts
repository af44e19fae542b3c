/** A statement of a resource's own policy. */
export interface ResourceStatement {
    readonly Sid: string;
    readonly Effect: "Allow" | "Deny";
    readonly Principal: "*" | { readonly Service: string };
    readonly Action: string;
    readonly Resource: readonly string[];
    readonly Condition: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Refuses every call without TLS, whoever makes it. */
export function encryptedTransport(service: "s3" | "sqs", resources: readonly string[]): ResourceStatement {
    return {
        Sid: "EncryptedTransportOnly",
        Effect: "Deny",
        Principal: "*",
        Action: `${service}:*`,
        Resource: resources,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
    };
}

export function resourcePolicy(statements: readonly ResourceStatement[]): string {
    return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
