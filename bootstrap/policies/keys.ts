/** What somebody with rights on a key may do with it; what the account's own policies decide. */
const MANAGEMENT = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:RevokeGrant",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
] as const;

/**
 * A key's policy that leaves decisions to the policies of this account's roles, and lets services use the key for the
 * account's own resources. In a key's policy the resource "*" is the key itself and nothing else.
 */
export function keyPolicy(accountId: string, services: readonly string[]): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            { Sid: "Account", Effect: "Allow", Principal: { AWS: `arn:aws:iam::${accountId}:root` }, Action: MANAGEMENT, Resource: "*" },
            ...(services.length === 0
                ? []
                : [
                      {
                          Sid: "Services",
                          Effect: "Allow",
                          Principal: { Service: [...services].sort() },
                          Action: ["kms:Decrypt", "kms:GenerateDataKey"],
                          Resource: "*",
                          Condition: { StringEquals: { "aws:SourceAccount": accountId } },
                      },
                  ]),
        ],
    });
}
