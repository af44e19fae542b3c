import { GetPolicyCommand, GetPolicyVersionCommand, GetRolePolicyCommand, type IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand, ListRolesCommand } from "@aws-sdk/client-iam";

/** A right that a role of a pipeline has: of all pipelines together, because one program writes the policies of all. */
export interface Grant {
    /** Last part of the role's name: `deploy` of `container-lambdas-local-dev.deploy`, `watchdog` of `container-lambdas-watchdog`. */
    readonly role: string;
    /** The statement's `Sid`. */
    readonly statement: string;
    readonly action: string;
    readonly used: boolean;
}

/** A right that was asked for; see local/endpoint/README.md. */
export interface Call {
    /** The role's ARN. */
    readonly principal: string;
    readonly action: string;
    readonly resource: string;
    readonly allowed: boolean;
}

interface Statement {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string | readonly string[];
    readonly Resource: string | readonly string[];
}

/** Its policies come from the functions of the other role's: what one uses needs no proof by the other. */
const SAME_SOURCE: Readonly<Record<string, string>> = { repair: "self-update" };

/** Everything that the roles below `/…/delivery/` are granted, sorted, with what the calls made use of. */
export async function grantsOf(iam: IAMClient, calls: readonly Call[]): Promise<Grant[]> {
    const found = new Map<string, Grant>();
    const allowed = calls.filter((call) => call.allowed);
    for (const { arn, name } of await deliveryRoles(iam)) {
        const own = allowed.filter(({ principal }) => principal === arn);
        const role = name.replace(/^container-lambdas-/, "").split(".").at(-1) ?? name;
        for (const { Sid, Effect, Action, Resource } of (await documentsOf(iam, name)).flat()) {
            const patterns = list(Resource).map(pattern);
            for (const action of Effect === "Allow" ? list(Action) : []) {
                // Statements of several stacks in one role are numbered.
                const statement = Sid.replace(/\d+$/, "");
                const key = `${role} ${statement} ${action}`;
                const used = own.some((call) => call.action === action && patterns.some((one) => one.test(call.resource)));
                found.set(key, { role, statement, action, used: used || found.get(key)?.used === true });
            }
        }
    }
    const usedElsewhere = ({ role, statement, action }: Grant): boolean => found.get(`${SAME_SOURCE[role]} ${statement} ${action}`) !== undefined;
    return [...found]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, grant]) => grant)
        .filter((grant) => grant.used || !usedElsewhere(grant));
}

async function deliveryRoles(iam: IAMClient): Promise<{ readonly arn: string; readonly name: string }[]> {
    const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1_000 }));
    return Roles.flatMap(({ Arn: arn = "", Path = "", RoleName: name = "" }) => (Path.endsWith("/delivery/") ? [{ arn, name }] : []));
}

async function documentsOf(iam: IAMClient, RoleName: string): Promise<Statement[][]> {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const inline = await Promise.all(PolicyNames.map(async (PolicyName) => (await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))).PolicyDocument));
    const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    const managed = await Promise.all(
        AttachedPolicies.map(async ({ PolicyArn }) => {
            const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
            return (await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }))).PolicyVersion?.Document;
        }),
    );
    return [...inline, ...managed].map((document) => (JSON.parse(decodeURIComponent(document ?? "{}")) as { Statement: Statement[] }).Statement);
}

function list(value: string | readonly string[]): readonly string[] {
    return typeof value === "string" ? [value] : value;
}

function pattern(resource: string): RegExp {
    return new RegExp(`^${resource.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".")}$`);
}
