import { objects, repositories, type Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";
import { allowUnscoped } from "./unscoped";

/** The calls that the provider makes for one kind of resource of the application. */
export interface Kind {
    /** Part of the statement's `Sid`. */
    readonly name: string;
    readonly resources: (scope: Scope) => readonly string[];
    readonly read: readonly string[];
    /** Creating and changing, and deleting what holds nothing. */
    readonly write: readonly string[];
    /** Deleting what holds something, or what callers depend on. */
    readonly remove: readonly string[];
}

/** One entry for each kind of resource that `app/`, functions and their triggers are made of; another kind is one more entry. */
export const APPLICATION: readonly Kind[] = [
    {
        name: "Functions",
        resources: ({ arn, prefix }) => [arn("lambda", `function:${prefix}-*`)],
        read: [
            "lambda:GetAlias",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionConcurrency",
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetFunctionRecursionConfig",
            "lambda:GetFunctionUrlConfig",
            "lambda:GetPolicy",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:ListTags",
            "lambda:ListVersionsByFunction",
        ],
        write: [
            "lambda:AddPermission",
            "lambda:CreateAlias",
            "lambda:CreateFunction",
            "lambda:CreateFunctionUrlConfig",
            "lambda:DeleteAlias",
            "lambda:DeleteFunctionConcurrency",
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:DeleteFunctionUrlConfig",
            "lambda:DeleteProvisionedConcurrencyConfig",
            // The test of a new version, before the alias may move to it.
            "lambda:InvokeFunction",
            "lambda:PublishVersion",
            "lambda:PutFunctionConcurrency",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:PutProvisionedConcurrencyConfig",
            "lambda:RemovePermission",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
            "lambda:UpdateFunctionUrlConfig",
        ],
        remove: ["lambda:DeleteFunction"],
    },
    {
        name: "Logs",
        resources: ({ arn, prefix }) => [arn("logs", `log-group:/aws/lambda/${prefix}-*`)],
        read: ["logs:ListTagsForResource"],
        write: ["logs:CreateLogGroup", "logs:DeleteRetentionPolicy", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"],
        remove: ["logs:DeleteLogGroup"],
    },
    {
        name: "Queues",
        resources: ({ arn, prefix }) => [arn("sqs", `${prefix}-*`)],
        read: ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags"],
        write: ["sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
        remove: ["sqs:DeleteQueue"],
    },
    {
        name: "Buckets",
        resources: ({ prefix, place }) => [`arn:aws:s3:::${prefix}-${place.accountId}-*`],
        read: [
            "s3:GetAccelerateConfiguration",
            "s3:GetBucketAcl",
            "s3:GetBucketCORS",
            "s3:GetBucketLocation",
            "s3:GetBucketLogging",
            "s3:GetBucketNotification",
            "s3:GetBucketObjectLockConfiguration",
            "s3:GetBucketOwnershipControls",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetBucketRequestPayment",
            "s3:GetBucketTagging",
            "s3:GetBucketVersioning",
            "s3:GetBucketWebsite",
            "s3:GetEncryptionConfiguration",
            "s3:GetLifecycleConfiguration",
            "s3:GetReplicationConfiguration",
            // Asking whether a bucket exists.
            "s3:ListBucket",
            "s3:ListTagsForResource",
        ],
        write: [
            "s3:CreateBucket",
            "s3:DeleteBucketPolicy",
            "s3:PutBucketNotification",
            "s3:PutBucketOwnershipControls",
            "s3:PutBucketPolicy",
            "s3:PutBucketPublicAccessBlock",
            "s3:PutBucketTagging",
            "s3:PutBucketVersioning",
            "s3:PutEncryptionConfiguration",
            "s3:PutLifecycleConfiguration",
            "s3:TagResource",
            "s3:UntagResource",
        ],
        // Never objects: a bucket that still holds something is a person's decision.
        remove: ["s3:DeleteBucket"],
    },
    {
        name: "Tables",
        resources: ({ arn, prefix }) => [arn("dynamodb", `table/${prefix}-*`)],
        read: ["dynamodb:DescribeContinuousBackups", "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "dynamodb:ListTagsOfResource"],
        write: [
            "dynamodb:CreateTable",
            "dynamodb:TagResource",
            "dynamodb:UntagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ],
        remove: ["dynamodb:DeleteTable"],
    },
    {
        name: "Rules",
        resources: ({ arn, prefix }) => [arn("events", `rule/${prefix}-*`)],
        read: ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
        write: ["events:DeleteRule", "events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"],
        remove: [],
    },
    {
        name: "Schedules",
        resources: ({ arn, prefix }) => [arn("scheduler", `schedule/default/${prefix}-*`)],
        read: ["scheduler:GetSchedule"],
        write: ["scheduler:CreateSchedule", "scheduler:DeleteSchedule", "scheduler:UpdateSchedule"],
        remove: [],
    },
    {
        name: "Alarms",
        resources: ({ arn, prefix }) => [arn("cloudwatch", `alarm:${prefix}-*`)],
        read: ["cloudwatch:ListTagsForResource"],
        write: ["cloudwatch:DeleteAlarms", "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource", "cloudwatch:UntagResource"],
        remove: [],
    },
];

/** Reading all that the application consists of. */
export function readApplication(scope: Scope): PolicyStatement[] {
    return [...APPLICATION.map(({ name, resources, read }) => allow(`Read${name}`, read, resources(scope))), ...common(scope)];
}

/** Bringing the application up to date; deleting only where the environment allows it. */
export function changeApplication(scope: Scope): PolicyStatement[] {
    const { removals } = scope.environment;
    return [
        ...APPLICATION.map(({ name, resources, read, write, remove }) => allow(name, [...read, ...write, ...(removals ? remove : [])], resources(scope))),
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
        allow("Images", ["ecr:BatchGetImage", "ecr:DescribeImages", "ecr:DescribeRepositories", "ecr:GetDownloadUrlForLayer", "ecr:GetRepositoryPolicy"], repositories(scope)),
        allow("ReadMappings", ["lambda:GetEventSourceMapping", "lambda:ListTags"], [scope.arn("lambda", "event-source-mapping:*")]),
        allowUnscoped("Lists", ["cloudwatch:DescribeAlarms", "logs:DescribeLogGroups"]),
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
