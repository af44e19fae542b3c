import assert from "node:assert/strict";
import { GetRolePolicyCommand, type IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { effectiveGrants } from "../../../components/functions/executionPolicy";
import { grantStatements, type Statement } from "../../../components/functions/statements";
import type { Access, FunctionModel, ResourceDeclarations } from "../../../components/manifest/model";
import { readProject } from "../../../components/manifest/readProject";

/** One access of one resource that a manifest grants, or that a trigger implies. */
export interface Right {
    readonly model: FunctionModel;
    readonly resource: string;
    readonly access: Access;
    /** Statements of the role's policy that this one grant stands for. */
    readonly ids: readonly string[];
    readonly actions: readonly string[];
}

/** Start of every physical name of stack `local`. */
export const PREFIX = "container-lambdas-local";

/** Everything that the manifests below `root` grant. */
export function declaredRights(root: string, resources: ResourceDeclarations): Right[] {
    const { model, problems } = readProject({
        root,
        functionsDirectory: "app/functions",
        layerDirectory: "app/common-layer",
        resources,
        project: "container-lambdas",
        stack: "local",
        defaultArchitecture: "x86_64",
    });
    assert.deepEqual(problems, []);
    return model.functions.flatMap((model) =>
        effectiveGrants(model).flatMap(({ resource, access }) =>
            access.map((one): Right => {
                const kind = resources[resource];
                assert.ok(kind, resource);
                const statements = grantStatements({ resource, access: [one] }, { kind, arn: "*" });
                return { model, resource, access: one, ids: statements.map(({ Sid }) => Sid), actions: statements.flatMap(({ Action }) => Action) };
            }),
        ),
    );
}

/** Whether Lambda uses the right for the function, to read the queue that triggers it. */
export function isOfTrigger({ model, resource, access }: Right): boolean {
    return access === "consume" && model.triggers.some((trigger) => trigger.kind === "queue" && trigger.queue === resource);
}

/** What a service refuses: who, and what was not allowed. */
export interface Refusal {
    readonly role: string;
    readonly action: string;
}

/** The refusal in a message that AWS gives. */
export function refusalIn(text: string): Refusal | undefined {
    const [, role, action] = /assumed-role\/([^/\s]+)\/\S+ is not authorized to perform: ([a-z0-9]+:[A-Za-z]+)/.exec(text) ?? [];
    return role === undefined || action === undefined ? undefined : { role, action };
}

/** Whether a refusal is what comes of a right that is not there. */
export function isDueTo({ role, action }: Refusal, { model, actions }: Right): boolean {
    return role === `${PREFIX}-${model.name}` && actions.includes(action);
}

/** Runs a check while the role's policy is as declared, but for this one grant. */
export async function without(iam: IAMClient, { model: { name }, ids }: Right, check: () => Promise<void>): Promise<void> {
    const role = { RoleName: `${PREFIX}-${name}`, PolicyName: "grants" };
    const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand(role));
    const text = decodeURIComponent(PolicyDocument);
    const { Statement: statements } = JSON.parse(text) as { Statement: Statement[] };
    const left = statements.filter(({ Sid }) => !ids.includes(Sid));
    assert.equal(statements.length - left.length, ids.length, `${ids.join(", ")} in ${text}`);
    await iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: left }) }));
    try {
        await check();
    } finally {
        await iam.send(new PutRolePolicyCommand({ ...role, PolicyDocument: text }));
    }
}
