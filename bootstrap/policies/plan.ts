import { readApplication } from "./application";
import { buildBase } from "./buildBase";
import { functionRoles, type Scope } from "./scope";
import { openSecrets, readReleases, readState, records } from "./state";
import { allow, type PolicyStatement } from "./statement";

/** Shows what would change, of the pipeline and of the application. Writes nothing but the plan it shows, and takes no lock. */
export function planStatements(scope: Scope): PolicyStatement[] {
    return [
        ...buildBase("plan", scope),
        ...readState(scope),
        ...openSecrets(scope),
        ...records(scope, ["plans/*"]),
        ...readReleases(scope),
        ...readApplication(scope),
        allow("ReadFunctionRoles", ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"], [functionRoles(scope)]),
    ];
}
