import { FORBIDDEN_SERVICES, IAM_SERVICES } from "./iamServices";
import { KeyPath } from "./keyPath";
import { PolicyStatement, ResourceDeclarations } from "./model";
import { didYouMean } from "./nearest";
import { Problem } from "./problem";
import { referenceFaults, splitReferences } from "./references";
import { YamlDocument } from "./yamlDocument";

/** Characters of all inline policies of a role together (IAM quotas). */
const MAXIMUM_POLICY = 10_240;

export interface StatementInput {
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly reason?: string | undefined;
}

/** Actions, resources and reasons of `statements`. */
export function statementProblems(
    statements: readonly StatementInput[],
    path: KeyPath,
    document: YamlDocument,
    resources: ResourceDeclarations,
): Problem[] {
    const problems = statements.flatMap((statement, index) => {
        const at = [...path, index];
        return [
            ...statement.actions.flatMap((action, number) => fault(actionFault(action), [...at, "actions", number], document)),
            ...statement.resources.flatMap((resource, number) =>
                fault(resourceFault(resource, statement, resources), [...at, "resources", number], document),
            ),
        ];
    });
    const size = JSON.stringify(
        statements.map(({ actions, resources: arns }) => ({ Effect: "Allow", Action: actions, Resource: arns })),
    ).length;
    if (size > MAXIMUM_POLICY) {
        problems.push(
            document.problem(
                path,
                `have ${size.toLocaleString("en-US")} characters as a policy (limit: 10,240; source: IAM quotas)`,
                "name fewer actions and resources",
                { hideValue: true },
            ),
        );
    }
    return problems;
}

export function toStatement({ actions, resources, reason }: StatementInput): PolicyStatement {
    return { actions: [...new Set(actions)].sort(), resources: [...new Set(resources)].sort(), reason: reason ?? "" };
}

interface Fault {
    readonly rule: string;
    readonly fix: string;
}

function fault(found: Fault | undefined, path: KeyPath, document: YamlDocument): Problem[] {
    return found === undefined ? [] : [document.problem(path, found.rule, found.fix)];
}

function actionFault(action: string): Fault | undefined {
    if (/[*?]/.test(action)) {
        return { rule: "is an action with a wildcard", fix: "name each action that the function calls" };
    }
    const form = /^([a-z0-9-]+):([A-Z][A-Za-z0-9]*)$/.exec(action);
    if (form === null) {
        return { rule: "is no action of the form service:Action", fix: "write for example dynamodb:GetItem" };
    }
    const service = form[1] ?? "";
    if (FORBIDDEN_SERVICES.includes(service)) {
        return {
            rule: `is outside the permissions boundary: functions get no rights of ${service}`,
            fix: "do it in the program or the bootstrap, not in a function",
        };
    }
    if (!IAM_SERVICES.has(service)) {
        return {
            rule: `has the unknown service prefix ${JSON.stringify(service)}${didYouMean(service, IAM_SERVICES)}`,
            fix: "use the prefix of the Service Authorization Reference",
        };
    }
    return undefined;
}

function resourceFault(resource: string, statement: StatementInput, resources: ResourceDeclarations): Fault | undefined {
    if (resource === "*") {
        return (statement.reason ?? "").trim().length >= 10
            ? undefined
            : {
                  rule: "means every resource of the account and has no reason",
                  fix: "name the ARNs, or write into `reason` why the actions take no ARN",
              };
    }
    const reference = referenceFaults(resource, resources)[0];
    if (reference !== undefined) {
        return reference;
    }
    const parts = splitReferences(resource);
    const first = parts[0];
    if (typeof first === "object") {
        return first.attribute === "arn" ? undefined : { rule: "begins with a reference that is no ARN", fix: "use the attribute arn" };
    }
    const arn = /^arn:(aws[a-z-]*|\*):([a-z0-9-]+|\*):([a-z0-9-]*|\*):([0-9]{12}|aws|\*|):(.+)$/.exec(resource);
    if (arn === null) {
        return { rule: "is no ARN", fix: "write arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE, or a reference like ${raw.arn}" };
    }
    const service = arn[2] ?? "";
    const services = [...new Set(statement.actions.map((action) => action.split(":")[0] ?? ""))].sort();
    if (service === "*" || arn[5] === "*") {
        return { rule: "means every resource of a service", fix: "name the resource" };
    }
    // A wrong action is reported for itself.
    if (statement.actions.every((action) => actionFault(action) === undefined) && !services.includes(service)) {
        return {
            rule: `is a resource of ${service}, while the actions are of ${services.join(", ").slice(0, 80)}`,
            fix: "put each service into a statement of its own",
        };
    }
    return undefined;
}
