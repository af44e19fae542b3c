import * as pulumi from "@pulumi/pulumi";
import { FunctionModel, Grant, SecretReference } from "../manifest/model";
import { handleOf, ResourceHandles, resolveReferences } from "./resources";
import * as statements from "./statements";

/** Where a function lives; decides the ARNs that exist before anything is created. */
export interface Place {
    readonly accountId: string;
    readonly region: string;
}

/** The whole policy of a function's role: its logs, its dead letters, its grants, and nothing else. */
export function executionPolicy(
    model: FunctionModel,
    place: Place,
    handles: ResourceHandles,
    own: { readonly logGroupArn: pulumi.Input<string>; readonly deadLetterArn: pulumi.Input<string> },
): pulumi.Output<string> {
    const granted = effectiveGrants(model).map((grant) => {
        const { kind, arn } = handleOf(grant.resource, handles);
        return pulumi.output(arn).apply((resolved) => statements.grantStatements(grant, { kind, arn: resolved }));
    });
    const streams = model.triggers.flatMap((trigger) => (trigger.kind === "stream" ? [handleOf(trigger.table, handles).streamArn ?? ""] : []));
    const secrets = model.secrets.map((secret) => statements.secretStatement(secret.variable, secret.store, secretPolicyArn(secret, place)));
    const written = model.statements.map((statement) =>
        pulumi.all(statement.resources.map((resource) => resolveReferences(resource, handles))).apply((resources) => ({ ...statement, resources })),
    );
    return pulumi
        .all([pulumi.all(granted), pulumi.all(streams), pulumi.all(written), own.logGroupArn, own.deadLetterArn])
        .apply(([grants, streamArns, ownStatements, logGroupArn, deadLetterArn]) =>
            statements.policyDocument([
                statements.logStatement(logGroupArn),
                statements.deadLetterStatement(deadLetterArn),
                ...grants.flat(),
                ...streamArns.map(statements.streamStatement),
                ...secrets,
                ...(model.network === undefined ? [] : [statements.networkStatement()]),
                ...statements.ownStatements(ownStatements),
            ]),
        );
}

/** The manifest's grants, and the right to consume every queue that triggers the function; one entry a resource. */
export function effectiveGrants(model: FunctionModel): Grant[] {
    const consumed = model.triggers.flatMap((trigger): Grant[] => (trigger.kind === "queue" ? [{ resource: trigger.queue, access: ["consume"] }] : []));
    const access = new Map<string, Set<Grant["access"][number]>>();
    for (const grant of [...model.grants, ...consumed]) {
        access.set(grant.resource, new Set([...(access.get(grant.resource) ?? []), ...grant.access]));
    }
    return [...access].map(([resource, set]) => ({ resource, access: [...set].sort() })).sort((a, b) => (a.resource < b.resource ? -1 : 1));
}

/** What the function's variable holds. Secrets Manager accepts an ARN without its random suffix. */
export function secretArn({ store, name }: SecretReference, { accountId, region }: Place): string {
    return store === "ssm"
        ? `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, "")}`
        : `arn:aws:secretsmanager:${region}:${accountId}:secret:${name}`;
}

/** Secrets Manager adds six random characters to a secret's name in its ARN. */
function secretPolicyArn(secret: SecretReference, place: Place): string {
    return secret.store === "ssm" ? secretArn(secret, place) : `${secretArn(secret, place)}-??????`;
}
