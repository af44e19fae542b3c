import assert from "node:assert/strict";
import { WorkQueue, type WorkQueueArgs } from "../../app/WorkQueue";
import { registrationOf, startMockEngine } from "../support/mockEngine";
import { settleOutputs, valueOf } from "../support/valueOf";

const QUEUE_ARN = "arn:aws:sqs:eu-central-1:123456789012:lake-routing";
const DEAD_LETTERS_ARN = `${QUEUE_ARN}-dlq`;

async function declare(events?: WorkQueueArgs["events"]): Promise<(type: string, name: string) => Record<string, unknown>> {
    await startMockEngine();
    await valueOf(new WorkQueue("routing", { queueName: "lake-routing", visibilityTimeout: 360, events }).readyArn);
    await settleOutputs();
    return (type, name) => registrationOf(`aws:sqs/${type[0].toLowerCase()}${type.slice(1)}:${type}`, name).inputs;
}

const statements = ({ policy }: Record<string, unknown>): Record<string, unknown>[] => (JSON.parse(String(policy)) as { Statement: Record<string, unknown>[] }).Statement;
const allowed = (inputs: Record<string, unknown>): Record<string, unknown>[] => statements(inputs).filter(({ Effect }) => Effect === "Allow");

describe("a work queue", () => {
    it("lets the events of the one bucket of this account in, and nobody else", async () => {
        const inputs = await declare({ bucketArn: "arn:aws:s3:::raw", accountId: "123456789012" });
        assert.deepEqual(allowed(inputs("QueuePolicy", "routing-policy")), [
            {
                Sid: "BucketEvents",
                Effect: "Allow",
                Principal: { Service: "s3.amazonaws.com" },
                Action: "sqs:SendMessage",
                Resource: [QUEUE_ARN],
                Condition: { ArnEquals: { "aws:SourceArn": "arn:aws:s3:::raw" }, StringEquals: { "aws:SourceAccount": "123456789012" } },
            },
        ]);
        assert.deepEqual(allowed(inputs("QueuePolicy", "routing-dead-letters-policy")), [], "dead letters come from roles and from SQS itself");
    });

    it("lets nobody in by its policy where no bucket tells it of objects", async () => {
        assert.deepEqual(allowed((await declare())("QueuePolicy", "routing-policy")), []);
    });

    it("refuses every call without TLS, as its dead-letter queue does", async () => {
        const inputs = await declare();
        for (const [name, arn] of [["routing-policy", QUEUE_ARN], ["routing-dead-letters-policy", DEAD_LETTERS_ARN]] as const) {
            const [{ Effect, Principal, Action, Resource, Condition }] = statements(inputs("QueuePolicy", name));
            assert.deepEqual([Effect, Principal, Action, Resource, Condition], ["Deny", "*", "sqs:*", [arn], { Bool: { "aws:SecureTransport": "false" } }]);
        }
    });

    it("gives a message up after three tries, and keeps it encrypted for 14 days then", async () => {
        const inputs = await declare();
        const { redrivePolicy, visibilityTimeoutSeconds } = inputs("Queue", "routing");
        assert.deepEqual(JSON.parse(String(redrivePolicy)), { deadLetterTargetArn: DEAD_LETTERS_ARN, maxReceiveCount: 3 });
        assert.equal(visibilityTimeoutSeconds, 360);
        assert.equal(inputs("Queue", "routing-dead-letters").messageRetentionSeconds, 14 * 86_400);
        assert.ok(["routing", "routing-dead-letters"].every((name) => inputs("Queue", name).sqsManagedSseEnabled === true));
    });
});
