import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

describe("aws:s3/bucket:Bucket", () => {
    const type = typeOf("aws:s3/bucket:Bucket");

    it("generates lower-case names", () => {
        assert.match(String(checkedInputs(type.token, {})["bucket"]), /^thing-[0-9a-f]{7}$/);
    });

    it("empties all versions and delete markers before a forced deletion", async () => {
        const pages = [{ Versions: [{ Key: "a", VersionId: "1" }], DeleteMarkers: [{ Key: "b", VersionId: "2" }] }, {}];
        let refusals = 1;
        const aws = fakeAws({
            "s3.deleteBucket": () => {
                if (refusals-- > 0) {
                    throw awsError("BucketNotEmpty", "not empty", 409);
                }
                return {};
            },
            "s3.listObjectVersions": () => pages.shift(),
            "s3.deleteObjects": () => ({}),
        });
        await aws.operations.delete(type, "b", { forceDestroy: true }, OPERATION);
        assert.deepEqual(aws.requests.get("s3.deleteObjects")?.["Delete"], { Objects: [{ Key: "a", VersionId: "1" }, { Key: "b", VersionId: "2" }], Quiet: true });
        assert.equal(aws.calls.filter((call) => call === "s3.deleteBucket").length, 2);
    });

    it("refuses to delete objects nobody told it to, and says how to tell it", async () => {
        const aws = fakeAws({
            "s3.deleteBucket": () => {
                throw awsError("BucketNotEmpty", "not empty", 409);
            },
        });
        await assert.rejects(aws.operations.delete(type, "b", { forceDestroy: false }, OPERATION), /BucketNotEmpty: bucket "b" still has objects and "forceDestroy" is not set/);
        assert.deepEqual(aws.calls, ["s3.deleteBucket"]);
    });
});

describe("aws:s3/bucketNotification:BucketNotification", () => {
    const type = typeOf("aws:s3/bucketNotification:BucketNotification");
    const inputs = checkedInputs(type.token, {
        bucket: "b",
        lambdaFunctions: [{ lambdaFunctionArn: "arn:f", events: ["s3:ObjectCreated:*"], filterSuffix: ".json" }],
        queues: [{ queueArn: "arn:q", events: ["s3:ObjectRemoved:*"], filterPrefix: "in/" }],
    });

    it("sends one configuration with all targets, and reads it back as it was given", async () => {
        let stored: Record<string, unknown> = {};
        const aws = fakeAws({
            "s3.putBucketNotificationConfiguration": ({ NotificationConfiguration }) => {
                stored = NotificationConfiguration as Record<string, unknown>;
                return {};
            },
            "s3.getBucketNotificationConfiguration": () => ({
                // Services name what has no name, and spell filter names with a capital.
                QueueConfigurations: [{ Id: "q1", QueueArn: "arn:q", Events: ["s3:ObjectRemoved:*"], Filter: { Key: { FilterRules: [{ Name: "Prefix", Value: "in/" }] } } }],
                LambdaFunctionConfigurations: (stored["LambdaFunctionConfigurations"] as object[]).map((one) => ({ ...one, Id: "l1" })),
            }),
        });
        const { state } = await aws.operations.create(type, inputs, OPERATION);
        const found = await aws.operations.read(type, "b", inputs, state, OPERATION);
        assert.deepEqual(found?.inputs, inputs);
        assert.equal(aws.calls.filter((call) => call.startsWith("s3.put")).length, 1);
    });
});

describe("aws:sqs/queue:Queue", () => {
    const type = typeOf("aws:sqs/queue:Queue");

    it("keeps to its own policy: one that another resource set is no difference", async () => {
        const inputs = checkedInputs(type.token, { name: "q" });
        const attributes = { QueueArn: "arn:aws:sqs:us-east-1:000000000000:q", Policy: "{}", DelaySeconds: "0", MaximumMessageSize: "262144", MessageRetentionPeriod: "345600", ReceiveMessageWaitTimeSeconds: "0", VisibilityTimeout: "30" };
        const aws = fakeAws({ "sqs.getQueueAttributes": () => ({ Attributes: attributes }), "sqs.listQueueTags": () => ({}) });
        const found = await aws.operations.read(type, "http://127.0.0.1/q", inputs, {}, OPERATION);
        assert.deepEqual(found?.inputs, inputs);
        assert.equal(found?.state["policy"], undefined);
    });

    it("stays in the region that it was given", async () => {
        const inputs = checkedInputs(type.token, { name: "q", region: "eu-west-1" });
        const aws = fakeAws({ "sqs.getQueueAttributes": () => ({ Attributes: { QueueArn: "arn:aws:sqs:eu-west-1:000000000000:q" } }), "sqs.listQueueTags": () => ({}) });
        const found = await aws.operations.read(type, "http://127.0.0.1/q", inputs, {}, OPERATION);
        assert.deepEqual([found?.state["region"], found?.inputs["region"]], ["eu-west-1", "eu-west-1"]);
        assert.deepEqual(diffResource(type, { region: "eu-west-1" }, { region: "eu-west-2" }).replaces, ["region"]);
    });

    it("names FIFO queues as SQS wants, and refuses one with another name", () => {
        assert.match(String(checkedInputs(type.token, { fifoQueue: true })["name"]), /^thing-[0-9a-f]{7}\.fifo$/);
        assert.throws(() => checkedInputs(type.token, { fifoQueue: true, name: "q" }), /does not end in "\.fifo"/);
    });
});

describe("aws:dynamodb/table:Table", () => {
    const type = typeOf("aws:dynamodb/table:Table");

    it("wants each key among the attributes, and each attribute used by a key", () => {
        assert.throws(() => checkedInputs(type.token, { hashKey: "id", attributes: [{ name: "other", type: "S" }] }), /"id" is a key and is not among "attributes".*"other" is among "attributes" and no key uses it/s);
    });

    it("changes one index at a time, and replaces for another key", async () => {
        const attributes = [
            { name: "id", type: "S" },
            { name: "a", type: "S" },
        ];
        const index = (name: string): Properties => ({ name, hashKey: "a", projectionType: "ALL" });
        const old = checkedInputs(type.token, { name: "t", hashKey: "id", billingMode: "PAY_PER_REQUEST", attributes, globalSecondaryIndexes: [index("x"), index("y")] });
        const news = checkedInputs(type.token, { name: "t", hashKey: "id", billingMode: "PAY_PER_REQUEST", attributes, globalSecondaryIndexes: [index("y"), index("z")] });
        const aws = fakeAws({
            "dynamodb.updateTable": () => ({}),
            "dynamodb.describeTable": () => ({ Table: { TableStatus: "ACTIVE", TableName: "t" } }),
            "dynamodb.describeTimeToLive": () => ({}),
            "dynamodb.describeContinuousBackups": () => ({}),
            "dynamodb.listTagsOfResource": () => ({}),
        });
        await aws.operations.update(type, "t", old, news, {}, OPERATION);
        assert.equal(aws.calls.filter((call) => call === "dynamodb.updateTable").length, 2);
        assert.deepEqual(diffResource(type, { hashKey: "a" }, { hashKey: "b" }).replaces, ["hashKey"]);
    });

    it("shows what the program switched off itself as off, and what it said nothing of not at all", async () => {
        const aws = fakeAws({
            "dynamodb.describeTable": () => ({ Table: { TableStatus: "ACTIVE", TableName: "t", KeySchema: [{ AttributeName: "id", KeyType: "HASH" }], AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }], BillingModeSummary: { BillingMode: "PAY_PER_REQUEST" } } }),
            "dynamodb.describeTimeToLive": () => ({}),
            "dynamodb.describeContinuousBackups": () => ({}),
            "dynamodb.listTagsOfResource": () => ({}),
        });
        const silent = { name: "t", hashKey: "id", billingMode: "PAY_PER_REQUEST", attributes: [{ name: "id", type: "S" }] };
        const off = { deletionProtectionEnabled: false, serverSideEncryption: { enabled: false }, streamEnabled: false, tableClass: "STANDARD" };
        for (const inputs of [checkedInputs(type.token, silent), checkedInputs(type.token, { ...silent, ...off })]) {
            assert.deepEqual((await aws.operations.read(type, "t", inputs, {}, OPERATION))?.inputs, inputs);
        }
    });
});

describe("aws:ecr/lifecyclePolicy:LifecyclePolicy", () => {
    it("deletes the old rules before it creates the new, because a repository has one set", () => {
        const difference = diffResource(typeOf("aws:ecr/lifecyclePolicy:LifecyclePolicy"), { repository: "r", policy: '{"rules":[]}' }, { repository: "r", policy: '{"rules":[1]}' });
        assert.deepEqual(difference.replaces, ["policy"]);
        assert.equal(difference.deleteBeforeReplace, true);
    });
});

describe("aws:ecr/repository:Repository", () => {
    it("refuses to delete images nobody told it to, with the service's code", async () => {
        const aws = fakeAws({
            "ecr.deleteRepository": () => {
                throw awsError("RepositoryNotEmptyException");
            },
        });
        await assert.rejects(aws.operations.delete(typeOf("aws:ecr/repository:Repository"), "r", {}, OPERATION), /RepositoryNotEmptyException: repository "r" still has images and "forceDelete" is not set/);
    });
});
