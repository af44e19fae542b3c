import { Access, Grant, PolicyStatement, ResourceKind } from "../manifest/model";

/** A statement of an IAM policy with resolved resources. */
export interface Statement {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
}

/** What a policy needs to know of a resource that a manifest refers to. */
export interface GrantTarget {
    readonly kind: ResourceKind;
    readonly arn: string;
}

interface ActionRule {
    readonly actions: readonly string[];
    /** Resources that the actions apply to, from the resource's ARN. */
    readonly resources: (arn: string) => readonly string[];
}

const itself = (arn: string): readonly string[] => [arn];
const objects = (arn: string): readonly string[] => [`${arn}/*`];
/** Glue asks for the account's catalogue and the database as well as for the table. */
const withTables = (arn: string): readonly string[] => [arn.replace(/:database\/.*$/, ":catalog"), arn, `${arn.replace(":database/", ":table/")}/*`];
const withIndexes = (arn: string): readonly string[] => [arn, `${arn}/index/*`];

/**
 * The whole of what a grant can mean. Objects and buckets are separate rules, because S3 checks the first against the
 * object's ARN and the second against the bucket's.
 */
const RULES: Readonly<Record<ResourceKind, Partial<Record<Access, readonly ActionRule[]>>>> = {
    bucket: {
        read: [
            { actions: ["s3:GetObject"], resources: objects },
            // Without it a missing object answers "access denied" instead of "not found".
            { actions: ["s3:ListBucket"], resources: itself },
        ],
        write: [{ actions: ["s3:AbortMultipartUpload", "s3:PutObject"], resources: objects }],
    },
    catalog: {
        read: [{ actions: ["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable"], resources: withTables }],
        write: [{ actions: ["glue:BatchCreatePartition", "glue:CreatePartition", "glue:GetPartition", "glue:GetTable", "glue:UpdatePartition"], resources: withTables }],
    },
    queue: {
        consume: [
            {
                actions: ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"],
                resources: itself,
            },
        ],
        send: [{ actions: ["sqs:SendMessage"], resources: itself }],
    },
    table: {
        read: [{ actions: ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"], resources: withIndexes }],
        write: [
            {
                actions: ["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
                resources: itself,
            },
        ],
    },
    stateMachine: { start: [{ actions: ["states:StartExecution"], resources: itself }] },
};

/** Accesses that make sense for a kind of resource, sorted. */
export function accessesOf(kind: ResourceKind): Access[] {
    return (Object.keys(RULES[kind]) as Access[]).sort();
}

/** The statements that one grant stands for; `Sid` tells which. */
export function grantStatements(grant: Grant, target: GrantTarget): Statement[] {
    return grant.access.flatMap((access) => {
        const rules = RULES[target.kind][access];
        if (rules === undefined) {
            const allowed = accessesOf(target.kind).join(", ");
            throw new Error(`"${access}" cannot be granted on the ${target.kind} "${grant.resource}"; allowed: ${allowed}. Change the grant.`);
        }
        return rules.map((rule, index) => statement(`${access} ${grant.resource} ${index === 0 ? "" : index}`, rule.actions, rule.resources(target.arn)));
    });
}

/** Statements written out in a manifest. */
export function ownStatements(statements: readonly PolicyStatement[]): Statement[] {
    return statements.map(({ actions, resources }, index) => statement(`own ${index}`, actions, resources));
}

/** Writing to a log group that exists: the right to create one would bring it back without retention. */
export function logStatement(logGroupArn: string): Statement {
    return statement("logs", ["logs:CreateLogStream", "logs:PutLogEvents"], [`${logGroupArn}:*`]);
}

export function deadLetterStatement(queueArn: string): Statement {
    return statement("dead letters", ["sqs:SendMessage"], [queueArn]);
}

export function streamStatement(streamArn: string): Statement {
    return statement(
        "stream",
        ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"],
        [streamArn],
    );
}

/** Lambda's network interfaces have no ARN before they exist, so these actions know no resource level. */
export function networkStatement(): Statement {
    return statement(
        "network",
        ["ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"],
        ["*"],
    );
}

export function secretStatement(variable: string, store: "secretsmanager" | "ssm", arn: string): Statement {
    const action = store === "ssm" ? "ssm:GetParameter" : "secretsmanager:GetSecretValue";
    return statement(`secret ${variable}`, [action], [arn]);
}

/** One JSON text for equal statements, whatever their order. */
export function policyDocument(statements: readonly Statement[]): string {
    const sorted = [...statements].sort((a, b) => (a.Sid < b.Sid ? -1 : a.Sid > b.Sid ? 1 : 0));
    return JSON.stringify({ Version: "2012-10-17", Statement: sorted });
}

/** Who may assume a role: one service of AWS, for this account's own resources. */
export function trustPolicy(service: string, accountId: string): string {
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            {
                Effect: "Allow",
                Principal: { Service: service },
                Action: "sts:AssumeRole",
                ...(service === "lambda.amazonaws.com" ? {} : { Condition: { StringEquals: { "aws:SourceAccount": accountId } } }),
            },
        ],
    });
}

/** A `Sid` may hold letters and digits only. */
function statement(sid: string, actions: readonly string[], resources: readonly string[]): Statement {
    const words = sid.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
    return {
        Sid: words.map((word) => word[0].toUpperCase() + word.slice(1)).join(""),
        Effect: "Allow",
        Action: actions,
        Resource: resources,
    };
}
