import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { DeliveryPipeline, DeliveryPipelineArgs } from "../../../components/deliveryPipeline/DeliveryPipeline";
import type { DeliveryOptions } from "../../../components/deliveryPipeline/options";
import { renderDelivery } from "../../../components/deliveryPipeline/render";
import { registered, registrationOf, startMockEngine, urnTails } from "../../support/mockEngine";
import { ResourceOptions } from "../../support/resourceOptions";
import { settleOutputs, valueOf } from "../../support/valueOf";
import { ACCOUNT, BRANCH, optionsOf, TAG } from "./support";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const PROJECT = "aws:codebuild/project:Project";
const BUCKET = "aws:s3/bucket:Bucket";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const CODECOMMIT = { delivery: "branch", deliverySource: "codecommit", repository: "app" };

async function declared(delivery: DeliveryOptions, args: Partial<DeliveryPipelineArgs> = {}): Promise<ResourceOptions> {
    await startMockEngine({ outputs: ({ type, name }) => (type === PIPELINE || type.startsWith("aws:sns/") ? { arn: `arn:of:${name}` } : undefined) });
    const options = new ResourceOptions();
    const { pipelineName } = new DeliveryPipeline("delivery", { delivery, ...args }, { transformations: [options.transformation] });
    assert.equal(await valueOf(pipelineName), `container-lambdas-${delivery.stack}`);
    await settleOutputs();
    return options;
}

const inputsOf = (type: string, name: string): Record<string, unknown> => registrationOf(type, name).inputs;

describe("a stack's delivery", () => {
    it("is the pipeline and projects as rendered, and nothing of the application", async () => {
        const delivery = optionsOf(BRANCH);
        await declared(delivery);
        const { pipeline, projects } = renderDelivery(delivery);
        assert.deepEqual(inputsOf(PIPELINE, "delivery-pipeline"), pipeline);
        for (const [project, definition] of projects) {
            assert.deepEqual(inputsOf(PROJECT, `delivery-project-${project}`), definition);
        }
        assert.deepEqual(
            [...new Set(registered().map(({ type }) => type.split("/")[0]))].sort(),
            ["aws:cloudwatch", "aws:codebuild", "aws:codepipeline", "aws:codestarnotifications", "aws:s3", "aws:sns", "container-lambdas:delivery:DeliveryPipeline"],
        );
        assert.ok(urnTails().every((tail) => / delivery(-|$)/.test(tail)), "a logical name begins with the component's");
    });

    it("waits for no resource but its own: every value is known before anything is called", async () => {
        const options = await declared(optionsOf(BRANCH));
        const [{ dependsOn }] = [options.of(PIPELINE, "delivery-pipeline")];
        const urns = await Promise.all(
            (dependsOn as pulumi.Resource[]).map(async (resource) => {
                const urn = await valueOf(resource.urn);
                return urn;
            }),
        );
        assert.ok(urns.length >= 12);
        assert.ok(urns.every((urn) => urn.includes("::container-lambdas:delivery:DeliveryPipeline$")), urns.join("\n"));
    });

    it("protects and keeps its kernel: the pipeline, its bucket, the project of the self-update", async () => {
        const options = await declared(optionsOf(BRANCH));
        const kernel = registered()
            .filter(({ type }) => !type.startsWith("container-lambdas:"))
            .filter(({ type, name }) => options.of(type, name).protect === true)
            .map(({ type, name }) => `${type} ${name}`)
            .sort();
        assert.deepEqual(kernel, [`${PROJECT} delivery-project-self-update`, `${PIPELINE} delivery-pipeline`, `${BUCKET} delivery-artifacts-bucket`]);
        for (const tail of kernel) {
            const [type = "", name = ""] = tail.split(" ");
            assert.equal(options.of(type, name).retainOnDelete, true, tail);
        }
        assert.equal(options.of(LOGS, "delivery-logs-deploy").retainOnDelete, true);
        assert.equal(inputsOf(BUCKET, "delivery-artifacts-bucket").forceDestroy, false);
    });

    it("protects nothing where the stack comes and goes", async () => {
        const options = await declared(optionsOf(BRANCH), { protectKernel: false });
        for (const { type, name } of registered().filter((one) => !one.type.startsWith("container-lambdas:"))) {
            const { protect = false, retainOnDelete = false } = options.of(type, name);
            assert.deepEqual([protect, retainOnDelete], [false, false], `${type} ${name}`);
        }
        assert.equal(inputsOf(BUCKET, "delivery-artifacts-bucket").forceDestroy, true);
    });

    it("has fixed names: a self-update finds what the last one made", async () => {
        await declared(optionsOf(TAG, "prod"));
        const PROPERTIES: Readonly<Record<string, string>> = { [BUCKET]: "bucket" };
        const NAMED = [PIPELINE, PROJECT, BUCKET, LOGS, "aws:codebuild/reportGroup:ReportGroup", "aws:sns/topic:Topic", "aws:codestarnotifications/notificationRule:NotificationRule"];
        for (const { type, name, inputs } of registered().filter((one) => NAMED.includes(one.type))) {
            assert.match(String(inputs[PROPERTIES[type] ?? "name"]), /^(?:\/aws\/codebuild\/)?container-lambdas-prod(?:-|$)/, name);
        }
        for (const type of NAMED) {
            assert.ok(registered().some((one) => one.type === type), type);
        }
    });

    it("encrypts with the seed's key, is private, keeps versions for a while, and talks TLS only", async () => {
        await declared(optionsOf(BRANCH));
        const key = `arn:aws:kms:us-east-1:${ACCOUNT}:alias/container-lambdas-artifacts`;
        const bucket = (type: string, suffix: string) => inputsOf(`aws:s3/${type}`, `delivery-artifacts-${suffix}`);
        assert.deepEqual(bucket("bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "encryption").rules, [
            { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key }, bucketKeyEnabled: true },
        ]);
        const { bucket: _bucket, ...access } = bucket("bucketPublicAccessBlock:BucketPublicAccessBlock", "public-access");
        assert.deepEqual(access, { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true });
        assert.deepEqual(bucket("bucketVersioning:BucketVersioning", "versioning").versioningConfiguration, { status: "Enabled" });
        assert.deepEqual(bucket("bucketLifecycleConfiguration:BucketLifecycleConfiguration", "lifecycle").rules, [
            {
                id: "expire",
                status: "Enabled",
                filter: {},
                expiration: { days: 90 },
                noncurrentVersionExpiration: { noncurrentDays: 30 },
                abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
            },
        ]);
        assert.deepEqual(JSON.parse(String(bucket("bucketPolicy:BucketPolicy", "policy").policy)), {
            Version: "2012-10-17",
            Statement: [
                {
                    Sid: "EncryptedTransportOnly",
                    Effect: "Deny",
                    Principal: "*",
                    Action: "s3:*",
                    Resource: ["arn:aws:s3:::container-lambdas-dev-123456789012-artifacts", "arn:aws:s3:::container-lambdas-dev-123456789012-artifacts/*"],
                    Condition: { Bool: { "aws:SecureTransport": "false" } },
                },
            ],
        });
        assert.equal(inputsOf("aws:sns/topic:Topic", "delivery-topic").kmsMasterKeyId, key);
    });

    it("tells people of failures and approvals, by a topic that only this account's notifications write to", async () => {
        await declared(optionsOf(TAG, "prod"));
        const rule = inputsOf("aws:codestarnotifications/notificationRule:NotificationRule", "delivery-notifications");
        assert.deepEqual([rule.resource, rule.targets], ["arn:of:delivery-pipeline", [{ address: "arn:of:delivery-topic" }]]);
        for (const event of ["pipeline-execution-failed", "pipeline-execution-canceled", "pipeline-execution-superseded"]) {
            assert.ok((rule.eventTypeIds as string[]).includes(`codepipeline-pipeline-${event}`), event);
        }
        assert.ok((rule.eventTypeIds as string[]).includes("codepipeline-pipeline-manual-approval-needed"));
        const { Statement } = JSON.parse(String(inputsOf("aws:sns/topicPolicy:TopicPolicy", "delivery-topic-policy").policy)) as { Statement: Record<string, unknown>[] };
        assert.deepEqual(Statement.map(({ Sid, Effect, Principal, Action, Condition }) => [Sid, Effect, Principal, Action, Condition]), [
            ["Notifications", "Allow", { Service: "codestar-notifications.amazonaws.com" }, "sns:Publish", { StringEquals: { "aws:SourceAccount": ACCOUNT } }],
            ["EncryptedTransportOnly", "Deny", "*", "sns:Publish", { Bool: { "aws:SecureTransport": "false" } }],
        ]);
    });

    it("is started by a rule where CodeCommit has no trigger, at the commit of the event", async () => {
        await declared(optionsOf({ ...CODECOMMIT, branch: "trunk" }));
        const rule = inputsOf("aws:cloudwatch/eventRule:EventRule", "delivery-push");
        assert.deepEqual(JSON.parse(String(rule.eventPattern)), {
            source: ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            resources: [`arn:aws:codecommit:us-east-1:${ACCOUNT}:app`],
            detail: { event: ["referenceCreated", "referenceUpdated"], referenceType: ["branch"], referenceName: ["trunk"] },
        });
        const target = inputsOf("aws:cloudwatch/eventTarget:EventTarget", "delivery-push-target");
        assert.deepEqual([target.arn, target.roleArn], ["arn:of:delivery-pipeline", `arn:aws:iam::${ACCOUNT}:role/container-lambdas/delivery/container-lambdas-dev.events`]);
        const { inputPaths, inputTemplate } = target.inputTransformer as { inputPaths: Record<string, string>; inputTemplate: string };
        assert.deepEqual(JSON.parse(inputTemplate.replace("<commit>", "abc")), { sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "abc" }] });
        assert.deepEqual(inputPaths, { commit: "$.detail.commitId" });
    });

    it("follows tags of CodeCommit by a pattern, and has no rule where a trigger does the work", async () => {
        await declared(optionsOf({ ...TAG, connectionArn: "", deliverySource: "codecommit", repository: "app" }, "prod"));
        const { detail } = JSON.parse(String(inputsOf("aws:cloudwatch/eventRule:EventRule", "delivery-push").eventPattern)) as { detail: unknown };
        assert.deepEqual(detail, { event: ["referenceCreated", "referenceUpdated"], referenceType: ["tag"], referenceName: [{ wildcard: "v*" }] });
        await declared(optionsOf(TAG, "prod"));
        assert.ok(registered().every(({ type }) => !type.startsWith("aws:cloudwatch/event")));
    });

    it("writes no role and no policy of one", async () => {
        for (const [settings, stack] of [[BRANCH, "dev"], [TAG, "prod"], [CODECOMMIT, "dev"]] as const) {
            await declared(optionsOf(settings, stack));
            assert.ok(registered().every(({ type }) => !type.startsWith("aws:iam/") && !type.startsWith("aws:kms/")));
        }
    });

    it("keeps logs as long as it is told", async () => {
        await declared(optionsOf(BRANCH), { logRetentionDays: 7 });
        assert.ok(registered().filter(({ type }) => type === LOGS).every(({ inputs }) => inputs.retentionInDays === 7));
        assert.equal(registered().filter(({ type }) => type === LOGS).length, 6);
    });
});
