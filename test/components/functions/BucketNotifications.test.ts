import assert from "node:assert/strict";
import { Alias } from "@pulumi/aws/lambda/alias";
import { BucketNotifications } from "../../../components/functions/BucketNotifications";
import { BucketTrigger } from "../../../components/manifest/model";
import { Hold } from "../../support/hold";
import { registered, registrationOf, startMockEngine } from "../../support/mockEngine";
import { settleOutputs } from "../../support/valueOf";

const NOTIFICATION = "aws:s3/bucketNotification:BucketNotification";
const PERMISSION = "aws:lambda/permission:Permission";

const trigger = (prefix: string): BucketTrigger => ({ kind: "bucket", bucket: "raw", events: ["created"], prefix, suffix: "" });

/** Two functions, the first with two triggers. */
async function declare(until?: Promise<void>): Promise<void> {
    await startMockEngine({
        outputs: ({ type, inputs }) => (type === "aws:lambda/alias:Alias" ? { arn: `arn:${String(inputs.functionName)}:live` } : undefined),
        until: ({ type }) => (type === PERMISSION ? until : undefined),
    });
    const alias = (functionName: string): Alias => new Alias(functionName, { name: "live", functionName, functionVersion: "7" });
    const [first, second] = [alias("first"), alias("second")];
    new BucketNotifications("raw", {
        bucketName: "raw-bucket",
        bucketArn: "arn:aws:s3:::raw-bucket",
        accountId: "123456789012",
        subscriptions: [
            { subscriber: "first", alias: first, trigger: trigger("a/") },
            { subscriber: "first", alias: first, trigger: trigger("b/") },
            { subscriber: "second", alias: second, trigger: trigger("") },
        ],
    });
    await settleOutputs();
}

describe("a bucket's notifications", () => {
    it("are one resource for all functions, and call their aliases", async () => {
        await declare();
        const { inputs } = registrationOf(NOTIFICATION, "raw-notification");
        assert.equal(registered().filter(({ type }) => type === NOTIFICATION).length, 1);
        assert.deepEqual(inputs.lambdaFunctions, [
            { id: "first-0", lambdaFunctionArn: "arn:first:live", events: ["s3:ObjectCreated:*"], filterPrefix: "a/" },
            { id: "first-1", lambdaFunctionArn: "arn:first:live", events: ["s3:ObjectCreated:*"], filterPrefix: "b/" },
            { id: "second-2", lambdaFunctionArn: "arn:second:live", events: ["s3:ObjectCreated:*"] },
        ]);
    });

    it("may call each function's alias, from this bucket of this account only", async () => {
        await declare();
        assert.deepEqual(registered().filter(({ type }) => type === PERMISSION).map(({ name }) => name).sort(), ["raw-first-permission", "raw-second-permission"]);
        const { qualifier, principal, sourceArn, sourceAccount } = registrationOf(PERMISSION, "raw-first-permission").inputs;
        assert.deepEqual({ qualifier, principal, sourceArn, sourceAccount }, {
            qualifier: "live",
            principal: "s3.amazonaws.com",
            sourceArn: "arn:aws:s3:::raw-bucket",
            sourceAccount: "123456789012",
        });
    });

    it("are set only when the bucket may call: S3 checks it at once", async () => {
        const hold = new Hold();
        await declare(hold.released);
        assert.ok(!registered().some(({ type }) => type === NOTIFICATION));
        await hold.release();
        assert.ok(registered().some(({ type }) => type === NOTIFICATION));
    });
});
