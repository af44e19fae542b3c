import { REPORTING_PROJECTS } from "../../components/deliveryPipeline/buildspec";
import { DATA_KINDS, type Kind } from "./applicationKinds";
import type { Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";
import { allowUnscoped } from "./unscoped";

/** The pipeline's own resources, but for the pipeline and its projects: what a self-update reads and changes, and never makes or deletes. */
const PARTS: readonly Omit<Kind, "remove">[] = [
    {
        name: "PipelineLogs",
        resources: ({ arn, prefix }) => [arn("logs", `log-group:/aws/codebuild/${prefix}-*`)],
        read: ["logs:ListTagsForResource"],
        write: ["logs:PutRetentionPolicy", "logs:TagResource", "logs:UntagResource"],
    },
    {
        name: "PipelineReports",
        resources: ({ names }) => REPORTING_PROJECTS.map((name) => names.reportGroupArn(name)),
        read: ["codebuild:BatchGetReportGroups"],
        // Tags are changed by this, too.
        write: ["codebuild:UpdateReportGroup"],
    },
    {
        name: "PipelineTopic",
        resources: ({ names }) => [names.topicArn],
        read: ["sns:GetTopicAttributes", "sns:ListTagsForResource"],
        write: ["sns:TagResource", "sns:UntagResource"],
    },
    {
        name: "PipelineBucket",
        resources: ({ names }) => [`arn:aws:s3:::${names.artifactBucket}`],
        read: (DATA_KINDS.find(({ name }) => name === "Buckets")?.read ?? []).filter((action) => action !== "s3:GetBucketNotification"),
        // Not what protects it: its settings are changed by people.
        write: ["s3:PutBucketTagging", "s3:TagResource", "s3:UntagResource"],
    },
];

/** By which EventBridge tells the pipeline of a push to CodeCommit. */
const RULE: Omit<Kind, "remove"> = {
    name: "PipelineRule",
    resources: ({ arn, names }) => [arn("events", `rule/${names.eventRule}`)],
    read: ["events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule"],
    write: ["events:PutRule", "events:PutTargets", "events:RemoveTargets", "events:TagResource", "events:UntagResource"],
};

export function changeDeliveryParts(scope: Scope): PolicyStatement[] {
    const { arn, names } = scope;
    return [
        ...[...PARTS, ...(scope.environment.source === "codecommit" ? [RULE] : [])].map(({ name, resources, read, write }) => allow(name, [...read, ...write], resources(scope))),
        // A rule's ARN ends with an id that AWS chooses, so all rules of the region are named and the pipeline is a condition.
        allow(
            "Notifications",
            [
                "codestar-notifications:DescribeNotificationRule",
                "codestar-notifications:TagResource",
                "codestar-notifications:UntagResource",
                "codestar-notifications:UpdateNotificationRule",
            ],
            [arn("codestar-notifications", "notificationrule/*")],
            { ArnEqualsIfExists: { "codestar-notifications:NotificationsForResource": names.pipelineArn } },
        ),
        allowUnscoped("Lists", ["logs:DescribeLogGroups"]),
    ];
}
