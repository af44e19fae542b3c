import { KeyPath } from "./keyPath";
import { Access, Grant, ResourceDeclarations, ResourceKind } from "./model";
import { listNames } from "./nearest";
import { Problem } from "./problem";
import { kindName, kindOf, unknownResource } from "./references";
import { YamlDocument } from "./yamlDocument";

/** What can be granted on each kind of resource. */
export const GRANTABLE: Readonly<Record<ResourceKind, readonly Access[]>> = {
    bucket: ["read", "write"],
    catalog: ["read", "write"],
    table: ["read", "write"],
    queue: ["consume", "send"],
    stateMachine: ["start"],
};

/** Names and kinds of `grants`. */
export function grantProblems(
    grants: Readonly<Record<string, Access | readonly Access[]>>,
    path: KeyPath,
    document: YamlDocument,
    resources: ResourceDeclarations,
): Problem[] {
    return Object.entries(grants).flatMap(([resource, given]) => {
        const at = [...path, resource];
        const kind = kindOf(resource, resources);
        if (kind === undefined) {
            const { rule, fix } = unknownResource(resource, resources);
            return [document.problem(at, rule, fix, { atKey: true, hideValue: true })];
        }
        const list = accessList(given);
        const problems = list.flatMap((access, index) => {
            const place = typeof given === "string" ? at : [...at, index];
            if (list.indexOf(access) !== index) {
                return [document.problem(place, "is given twice", "keep one of the two")];
            }
            const allowed = GRANTABLE[kind];
            return allowed.includes(access)
                ? []
                : [
                      document.problem(
                          place,
                          `cannot be granted on ${JSON.stringify(resource)}, which is a ${kindName(kind)}`,
                          `use ${listNames(allowed, "and/or")}`,
                      ),
                  ];
        });
        return problems;
    });
}

/** The grants of the model: sorted, each access once. */
export function toGrants(grants: Readonly<Record<string, Access | readonly Access[]>>): Grant[] {
    return Object.entries(grants)
        .map(([resource, given]) => ({ resource, access: [...new Set(accessList(given))].sort() }))
        .sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

function accessList(given: Access | readonly Access[]): readonly Access[] {
    return typeof given === "string" ? [given] : given;
}
