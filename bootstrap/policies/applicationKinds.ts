import type { Scope } from "./scope";

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

/** What functions and their triggers are made of; another kind of resource is one more entry. */
export const FUNCTION_KINDS: readonly Kind[] = [
    {
        name: "Functions",
        resources: ({ arn, prefix }) => [arn("lambda", `function:${prefix}-*`)],
        read: [
            "lambda:GetAlias",
            "lambda:GetFunction",
            "lambda:GetFunctionConfiguration",
            "lambda:GetFunctionUrlConfig",
            "lambda:GetPolicy",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:ListVersionsByFunction",
        ],
        write: [
            "lambda:AddPermission",
            "lambda:CreateAlias",
            "lambda:CreateFunction",
            "lambda:CreateFunctionUrlConfig",
            "lambda:DeleteAlias",
            "lambda:DeleteFunctionConcurrency",
            "lambda:DeleteFunctionUrlConfig",
            "lambda:DeleteProvisionedConcurrencyConfig",
            // The test of a new version, before the alias may move to it.
            "lambda:InvokeFunction",
            "lambda:PublishVersion",
            "lambda:PutFunctionConcurrency",
            "lambda:PutProvisionedConcurrencyConfig",
            "lambda:RemovePermission",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
        remove: ["lambda:DeleteFunction"],
    },
    {
        name: "Logs",
        resources: ({ arn, prefix }) => [arn("logs", `log-group:/aws/lambda/${prefix}-*`)],
        read: ["logs:ListTagsForResource"],
        write: ["logs:CreateLogGroup", "logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"],
        remove: ["logs:DeleteLogGroup"],
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

/** What `app/` is made of. */
export const DATA_KINDS: readonly Kind[] = [
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
            "s3:TagResource",
            "s3:UntagResource",
        ],
        // Never objects: a bucket that still holds something is a person's decision.
        remove: ["s3:DeleteBucket"],
    },
    {
        name: "Catalogue",
        // Glue asks for the account's catalogue as well, and for all that goes with a database; names of databases have underscores.
        resources: ({ arn, prefix }) => [arn("glue", "catalog"), ...["database", "table", "userDefinedFunction"].map((kind) => arn("glue", `${kind}/${prefix.replaceAll("-", "_")}_*`))],
        read: ["glue:GetDatabase", "glue:GetTable", "glue:GetTags"],
        write: ["glue:CreateDatabase", "glue:CreateTable", "glue:TagResource", "glue:UntagResource", "glue:UpdateDatabase", "glue:UpdateTable"],
        remove: ["glue:DeleteDatabase", "glue:DeleteTable"],
    },
    {
        name: "Parameters",
        resources: ({ arn, prefix }) => [arn("ssm", `parameter/${prefix}/*`)],
        read: ["ssm:GetParameter", "ssm:ListTagsForResource"],
        write: ["ssm:AddTagsToResource", "ssm:DeleteParameter", "ssm:PutParameter", "ssm:RemoveTagsFromResource"],
        remove: [],
    },
    {
        name: "Queries",
        resources: ({ arn, prefix }) => [arn("athena", `workgroup/${prefix}-*`)],
        read: ["athena:GetNamedQuery", "athena:GetWorkGroup", "athena:ListTagsForResource"],
        write: ["athena:CreateNamedQuery", "athena:CreateWorkGroup", "athena:DeleteNamedQuery", "athena:TagResource", "athena:UntagResource", "athena:UpdateWorkGroup"],
        remove: ["athena:DeleteWorkGroup"],
    },
    {
        name: "Queues",
        resources: ({ arn, prefix }) => [arn("sqs", `${prefix}-*`)],
        read: ["sqs:GetQueueAttributes", "sqs:ListQueueTags"],
        write: ["sqs:CreateQueue", "sqs:SetQueueAttributes", "sqs:TagQueue", "sqs:UntagQueue"],
        remove: ["sqs:DeleteQueue"],
    },
    {
        name: "StateMachines",
        resources: ({ arn, prefix }) => [arn("states", `stateMachine:${prefix}-*`)],
        read: ["states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource"],
        write: ["states:CreateStateMachine", "states:TagResource", "states:UntagResource", "states:UpdateStateMachine"],
        remove: ["states:DeleteStateMachine"],
    },
    {
        name: "Tables",
        resources: ({ arn, prefix }) => [arn("dynamodb", `table/${prefix}-*`)],
        read: [
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeTable",
            "dynamodb:DescribeTimeToLive",
            // Records that the stack itself declares.
            "dynamodb:GetItem",
            "dynamodb:ListTagsOfResource",
        ],
        write: [
            "dynamodb:CreateTable",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:TagResource",
            "dynamodb:UntagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateItem",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ],
        remove: ["dynamodb:DeleteTable"],
    },
];
