import * as pulumi from "@pulumi/pulumi";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Project } from "@pulumi/aws/codebuild/project";
import { ReportGroup } from "@pulumi/aws/codebuild/reportGroup";
import { Pipeline } from "@pulumi/aws/codepipeline/pipeline";
import { NotificationRule } from "@pulumi/aws/codestarnotifications/notificationRule";
import { Topic } from "@pulumi/aws/sns/topic";
import { TopicPolicy } from "@pulumi/aws/sns/topicPolicy";
import { declareArtifactBucket } from "./artifactBucket";
import { REPORTING_PROJECTS } from "./buildspec";
import { artifactsKeyArn, DELIVERY_TYPE, deliveryNames, ProjectName } from "./names";
import type { DeliveryOptions } from "./options";
import { topicPolicy } from "./policies";
import { RenderedDelivery, renderDelivery } from "./render";
import { PUSH_EVENT_INPUT, pushEventPattern } from "./source";

export interface DeliveryPipelineArgs {
    /** What the pipeline looks like. Plain values: its definition is known, and checked, before anything is called. */
    delivery: DeliveryOptions;
    /**
     * Protect the parts without which the pipeline could not repair itself: the pipeline, its artifact bucket, and the project of
     * the self-update. The engine refuses to delete them then, and leaves them and all logs in the account if they leave
     * the program. Where a stack comes and goes, set it to false. @default true
     */
    protectKernel?: boolean;
    /** Days that logs of steps are kept, one of the values that CloudWatch Logs accepts. @default 30 */
    logRetentionDays?: number;
}

/** What people want to hear about (Developer Tools console guide, event types); restarts by self-update are told apart by what follows. */
const NOTIFIED_EVENTS = [
    "codepipeline-pipeline-manual-approval-failed",
    "codepipeline-pipeline-manual-approval-needed",
    "codepipeline-pipeline-pipeline-execution-canceled",
    "codepipeline-pipeline-pipeline-execution-failed",
    "codepipeline-pipeline-pipeline-execution-succeeded",
    "codepipeline-pipeline-pipeline-execution-superseded",
];

/**
 * The pipeline that delivers this stack and, before anything else in a run, itself. Its definition holds no data: it is the
 * same for no function and for fifty. Roles are the seed's and named here only: a self-update that could write roles
 * could give itself anything.
 */
export class DeliveryPipeline extends pulumi.ComponentResource {
    readonly pipelineName: pulumi.Output<string>;

    /** @throws InvalidInputError with everything that CodePipeline would refuse. */
    constructor(name: string, args: DeliveryPipelineArgs, opts?: pulumi.ComponentResourceOptions) {
        super(DELIVERY_TYPE, name, {}, opts);
        const parent = this;
        const { delivery, protectKernel = true, logRetentionDays = 30 } = args;
        const names = deliveryNames(delivery);
        const rendered = renderDelivery(delivery);
        const kernel: pulumi.CustomResourceOptions = { protect: protectKernel, retainOnDelete: protectKernel };

        const keyArn = artifactsKeyArn(delivery);
        const bucket = declareArtifactBucket(`${name}-artifacts`, { bucketName: names.artifactBucket, keyArn, kept: protectKernel, parent, kernel });
        const logs = [...rendered.projects.keys()].map(
            (project) =>
                new LogGroup(
                    `${name}-logs-${project}`,
                    { name: names.logGroup(project), retentionInDays: logRetentionDays },
                    { parent, retainOnDelete: protectKernel },
                ),
        );
        const reports = REPORTING_PROJECTS.filter((project) => rendered.projects.has(project)).map(
            (project) =>
                new ReportGroup(
                    `${name}-reports-${project}`,
                    { name: names.reportGroup(project), type: "TEST", exportConfig: { type: "NO_EXPORT" }, deleteReports: !protectKernel },
                    { parent },
                ),
        );
        const topic = new Topic(`${name}-topic`, { name: names.topic, kmsMasterKeyId: keyArn }, { parent });
        new TopicPolicy(`${name}-topic-policy`, { arn: topic.arn, policy: topicPolicy(names.topicArn, delivery.accountId) }, { parent });

        const projects = declareProjects(name, rendered, { parent, dependsOn: [...logs, ...reports] }, kernel);
        // A new pipeline starts a run at once, and a changed one may be started at any time: whatever a run needs stands first.
        const pipeline = new Pipeline(`${name}-pipeline`, rendered.pipeline, { parent, dependsOn: [...bucket, ...projects, topic], ...kernel });
        new NotificationRule(
            `${name}-notifications`,
            { name: names.notificationRule, resource: pipeline.arn, detailType: "FULL", eventTypeIds: NOTIFIED_EVENTS, targets: [{ address: topic.arn }] },
            { parent },
        );
        const pattern = pushEventPattern(delivery);
        if (pattern !== undefined) {
            const rule = new EventRule(`${name}-push`, { name: names.eventRule, eventPattern: JSON.stringify(pattern) }, { parent });
            new EventTarget(
                `${name}-push-target`,
                { rule: rule.name, arn: pipeline.arn, roleArn: names.roleArn("events"), inputTransformer: PUSH_EVENT_INPUT },
                { parent },
            );
        }
        this.pipelineName = pipeline.name;
        this.registerOutputs({ pipelineName: this.pipelineName });
    }
}

function declareProjects(
    name: string,
    { projects }: RenderedDelivery,
    options: pulumi.CustomResourceOptions,
    kernel: pulumi.CustomResourceOptions,
): Project[] {
    const part: ProjectName = "self-update";
    return [...projects].map(([project, definition]) => new Project(`${name}-project-${project}`, definition, { ...options, ...(project === part ? kernel : {}) }));
}
