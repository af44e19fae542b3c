import { isRecord } from "../../../automation/json";
import { statementsOf, type Statement } from "../../../delivery/security/resource";
import { unscopedReason } from "../../../delivery/security/unscoped";
import type { Registration } from "../../support/mockEngine";

/** A role as the program declares it, with everything that it may do. */
export interface DeclaredRole {
    readonly name: string;
    /** Who may assume it. */
    readonly principals: readonly string[];
    readonly statements: readonly Statement[];
}

const ROLE = "aws:iam/role:Role";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
/** What else would add to a role; the list of roles would say too little with one of them. */
const OTHERS = /^aws:iam\/(?:policyAttachment|rolePolicies\w+|rolePolicyAttachment\w*):/;

/** All roles among the registered resources, sorted by name. */
export function declaredRoles(registrations: readonly Registration[]): DeclaredRole[] {
    const others = registrations.filter(({ type }) => OTHERS.test(type)).map(({ type, name }) => `${type} ${name}`);
    if (others.length > 0) {
        throw new Error(`${others.join(", ")} give rights to roles that are not looked at here. Use a RolePolicy, or add the kind to declaredRoles.`);
    }
    const policies = registrations.filter(({ type }) => type === ROLE_POLICY);
    return registrations
        .filter(({ type }) => type === ROLE)
        .map((role) => {
            const name = String(role.inputs.name);
            return { name, principals: statementsOf(role).map(principalOf), statements: policies.filter(({ inputs }) => inputs.role === name).flatMap(statementsOf) };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Role → actions → resources, one line each; an action that stands with `*` has the reason beside it. */
export function roleLines({ name, principals, statements }: DeclaredRole): string[] {
    return [
        `${name} (assumed by ${principals.join(", ")})`,
        ...statements.flatMap(({ sid, effect, actions, resources, condition }) => [
            `  ${effect === "Allow" ? "" : `${effect} `}${sid}${Object.keys(condition).length === 0 ? "" : ` if ${JSON.stringify(condition)}`}`,
            ...actions.map((action) => `    ${action}${resources.includes("*") ? `: ${unscopedReason(action) ?? "NO REASON IS KNOWN"}` : ""}`),
            ...resources.map((resource) => `      ${resource}`),
        ]),
    ];
}

function principalOf({ principal }: Statement): string {
    return isRecord(principal) ? Object.values(principal).flat().join(", ") : String(principal);
}
