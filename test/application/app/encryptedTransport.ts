/** A resource policy that refuses every call without TLS, whoever makes it. */
export function encryptedTransportOnly(service: "s3" | "sqs", resources: readonly string[]): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "EncryptedTransportOnly",
                Effect: "Deny",
                Principal: "*",
                Action: `${service}:*`,
                Resource: resources,
                Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
        ],
    });
}
