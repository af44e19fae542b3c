import { functionRoles, type Scope } from "./scope";
import { allow, deny, type PolicyStatement } from "./statement";

/**
 * Roles of functions and schedules: made, changed and handed to services, but only with the boundary on them. Whatever
 * such a role is given, it can do no more than the boundary names.
 */
export function functionRoleWrites(scope: Scope): PolicyStatement[] {
    const { seed } = scope;
    const roles = [functionRoles(scope)];
    const bounded = { StringEquals: { "iam:PermissionsBoundary": seed.boundaryArn } };
    return [
        allow("ReadFunctionRoles", ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListRolePolicies"], roles),
        allow("BoundedFunctionRoles", ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePolicy"], roles, bounded),
        // IAM knows no condition on the boundary for these; none of them gives a right.
        allow("FunctionRoles", ["iam:DeleteRole", "iam:TagRole", "iam:UntagRole", "iam:UpdateRoleDescription"], roles),
        allow("PassFunctionRoles", ["iam:PassRole"], roles, {
            StringEquals: { "iam:PassedToService": ["lambda.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"] },
        }),
    ];
}

/** What no later grant may undo: the boundary stays as it is and where it is, and the seed's roles are nobody's to change. */
export function keepBoundaries({ seed, place }: Scope): PolicyStatement[] {
    const { accountId, project } = place;
    return [
        deny("KeepBoundary", ["iam:DeleteRolePermissionsBoundary"], [`arn:aws:iam::${accountId}:role/*`]),
        deny("NoOtherBoundary", ["iam:CreateRole", "iam:PutRolePermissionsBoundary"], [`arn:aws:iam::${accountId}:role/*`], {
            StringNotEquals: { "iam:PermissionsBoundary": seed.boundaryArn },
        }),
        deny("KeepBoundaryPolicy", ["iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeletePolicyVersion", "iam:SetDefaultPolicyVersion"], [seed.boundaryArn]),
        deny(
            "KeepSeedRoles",
            [
                "iam:AttachRolePolicy",
                "iam:CreateRole",
                "iam:DeleteRole",
                "iam:DeleteRolePolicy",
                "iam:DetachRolePolicy",
                "iam:PassRole",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
            ],
            [`arn:aws:iam::${accountId}:role/${project}/*`],
        ),
    ];
}
