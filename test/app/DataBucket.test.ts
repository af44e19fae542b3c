import assert from "node:assert/strict";
import { DataBucket } from "../../app/DataBucket";
import { registrationOf, startMockEngine } from "../support/mockEngine";
import { settleOutputs, valueOf } from "../support/valueOf";

async function declare(): Promise<(type: string, suffix: string) => Record<string, unknown>> {
    await startMockEngine();
    await valueOf(new DataBucket("raw", { bucketName: "raw-bucket" }).arn);
    await settleOutputs();
    return (type, suffix) => registrationOf(`aws:s3/${type[0].toLowerCase()}${type.slice(1)}:${type}`, `raw-${suffix}`).inputs;
}

describe("a data bucket", () => {
    it("refuses every call without TLS, whoever makes it, to the bucket and to its objects", async () => {
        const inputs = await declare();
        const { Statement } = JSON.parse(String(inputs("BucketPolicy", "policy").policy)) as { Statement: Record<string, unknown>[] };
        const [{ Effect, Principal, Action, Resource, Condition }] = Statement;
        assert.deepEqual({ Effect, Principal, Action, Resource, Condition }, {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: ["arn:aws:s3:::raw-bucket", "arn:aws:s3:::raw-bucket/*"],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
        });
        assert.equal(Statement.length, 1, "nothing is allowed to anybody");
    });

    it("is closed to the public in all four ways, and knows no ACLs", async () => {
        const inputs = await declare();
        const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = inputs("BucketPublicAccessBlock", "public-access");
        assert.deepEqual([blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets], [true, true, true, true]);
        assert.deepEqual(inputs("BucketOwnershipControls", "ownership").rule, { objectOwnership: "BucketOwnerEnforced" });
    });

    it("is versioned, encrypted, and not deleted with objects in it", async () => {
        const inputs = await declare();
        assert.deepEqual(inputs("BucketVersioning", "versioning").versioningConfiguration, { status: "Enabled" });
        assert.deepEqual(inputs("BucketServerSideEncryptionConfiguration", "encryption").rules, [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }]);
        assert.equal(inputs("Bucket", "bucket").forceDestroy, false);
    });
});
