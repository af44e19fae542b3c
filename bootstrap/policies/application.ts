import { DATA_KINDS, FUNCTION_KINDS, type Kind } from "./applicationKinds";
import { objects, repositories, type Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";
import { allowUnscoped } from "./unscoped";

/** Bringing functions and their triggers up to date; deleting only where the environment allows it. */
export function changeFunctions(scope: Scope): PolicyStatement[] {
    return [
        ...change(FUNCTION_KINDS, scope),
        allowUnscoped("NewMappings", ["lambda:CreateEventSourceMapping"], ofOwnFunction(scope)),
        allow(
            "Mappings",
            ["lambda:DeleteEventSourceMapping", "lambda:UpdateEventSourceMapping"],
            [scope.arn("lambda", "event-source-mapping:*")],
            ofOwnFunction(scope),
        ),
        allow("MappingTags", ["lambda:TagResource", "lambda:UntagResource"], [scope.arn("lambda", "event-source-mapping:*")]),
        ...(scope.environment.releasesFrom === undefined ? keepRepositories(scope) : []),
        allowUnscoped("Network", ["ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]),
        ...common(scope),
    ];
}

/** Bringing the resources of `app/` up to date; deleting only where the environment allows it. */
export function changeData(scope: Scope): PolicyStatement[] {
    return change(DATA_KINDS, scope);
}

function change(kinds: readonly Kind[], scope: Scope): PolicyStatement[] {
    const { removals } = scope.environment;
    return kinds.map(({ name, resources, read, write, remove }) => allow(name, [...read, ...write, ...(removals ? remove : [])], resources(scope)));
}

/**
 * Repositories that a self-update made: their expiry rules, and their end with the directory that they were for. Not who
 * may pull from them or whether tags may move, which would give an image away or another one in its place.
 */
function keepRepositories(scope: Scope): PolicyStatement[] {
    const actions = [
        "ecr:DeleteLifecyclePolicy",
        "ecr:DeleteRepositoryPolicy",
        "ecr:GetLifecyclePolicy",
        "ecr:ListTagsForResource",
        "ecr:PutLifecyclePolicy",
        "ecr:TagResource",
        "ecr:UntagResource",
    ];
    return [allow("Repositories", [...actions, ...(scope.environment.removals ? ["ecr:DeleteRepository"] : [])].sort(), repositories(scope))];
}

/** Whether an image exists, and what else is read of what other roles own. */
function common(scope: Scope): PolicyStatement[] {
    return [
        allow("Images", ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer"], repositories(scope)),
        allow("ReadMappings", ["lambda:GetEventSourceMapping", "lambda:ListTags"], [scope.arn("lambda", "event-source-mapping:*")]),
        allowUnscoped("Lists", ["cloudwatch:DescribeAlarms", "logs:DescribeLogGroups", "ssm:DescribeParameters"]),
    ];
}

/** A mapping is bound to the stack by its function. */
function ofOwnFunction({ arn, prefix }: Scope): { readonly ArnLike: Record<string, string> } {
    return { ArnLike: { "lambda:FunctionArn": arn("lambda", `function:${prefix}-*`) } };
}

/** Objects of the application's buckets; the pipeline's own bucket, which has the same beginning, is denied elsewhere. */
export function applicationObjects({ prefix, place }: Scope): string[] {
    return objects(`${prefix}-${place.accountId}-*`, "*");
}
