import { allow, type Conditions, type PolicyStatement } from "./statement";

/**
 * Every action that stands with `Resource: "*"`, with the reason why it cannot name its resources. A test finds an action
 * that is missing here as well as one that nobody uses any more.
 */
export const UNSCOPED: Readonly<Record<string, string>> = {
    "cloudwatch:DescribeAlarms": "lists the alarms of the region; AWS checks it against no single alarm",
    "ec2:AssignPrivateIpAddresses": "Lambda's network interfaces have no ARN before they exist; stands in the boundary only",
    "ec2:CreateNetworkInterface": "Lambda's network interfaces have no ARN before they exist; stands in the boundary only",
    "ec2:DeleteNetworkInterface": "Lambda's network interfaces have no ARN before they exist; stands in the boundary only",
    "ec2:DescribeNetworkInterfaces": "knows no resource level; stands in the boundary only",
    "ec2:DescribeSecurityGroups": "knows no resource level; Lambda asks for it from whoever creates a function in a network",
    "ec2:DescribeSubnets": "knows no resource level; Lambda asks for it from whoever creates a function in a network",
    "ec2:DescribeVpcs": "knows no resource level; Lambda asks for it from whoever creates a function in a network",
    "ec2:UnassignPrivateIpAddresses": "Lambda's network interfaces have no ARN before they exist; stands in the boundary only",
    "ecr:GetAuthorizationToken": "a token is of the account's whole registry; what it may do is decided by the repository",
    "lambda:CreateEventSourceMapping": "a mapping has no ARN before it exists; a condition names its function instead",
    "logs:DescribeLogGroups": "lists the log groups of the region; AWS checks it against the whole list",
    "ssm:DescribeParameters": "lists the parameters of the region; AWS checks it against the whole list",
    "xray:PutTelemetryRecords": "knows no resource level; stands in the boundary only",
    "xray:PutTraceSegments": "knows no resource level; stands in the boundary only",
};

/** @throws for an action without a reason in `UNSCOPED` */
export function allowUnscoped(sid: string, actions: readonly string[], condition?: Conditions): PolicyStatement {
    const unknown = actions.find((action) => !Object.hasOwn(UNSCOPED, action));
    if (unknown !== undefined) {
        throw new Error(`"${unknown}" has no reason to stand without resources; those with one are in bootstrap/policies/unscoped.ts. Name its resources, or write the reason there.`);
    }
    return allow(sid, actions, ["*"], condition);
}
