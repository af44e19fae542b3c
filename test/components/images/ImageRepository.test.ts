import assert from "node:assert/strict";
import { ImageRepository } from "../../../components/images/ImageRepository";
import { Hold } from "../../support/hold";
import { registrationOf, startMockEngine } from "../../support/mockEngine";
import { settleOutputs, valueOf } from "../../support/valueOf";

const POLICY = "aws:ecr/repositoryPolicy:RepositoryPolicy";
const args = { repositoryName: "p-s/orders", accountId: "123456789012", region: "eu-central-1" };

describe("an image repository", () => {
    it("has immutable tags, scans on push, and is not deleted with images in it", async () => {
        await startMockEngine();
        await valueOf(new ImageRepository("orders", args).repositoryUrl);
        const { inputs } = registrationOf("aws:ecr/repository:Repository", "orders-repository");
        assert.equal(inputs.imageTagMutability, "IMMUTABLE");
        assert.deepEqual(inputs.imageScanningConfiguration, { scanOnPush: true });
        assert.equal(inputs.forceDelete, false);
    });

    it("lets Lambda pull for functions of its own account and region only, and lets nobody push", async () => {
        await startMockEngine();
        await valueOf(new ImageRepository("orders", args).repositoryUrl);
        const { Statement } = JSON.parse(String(registrationOf(POLICY, "orders-policy").inputs.policy)) as { Statement: unknown[] };
        assert.deepEqual(Statement, [
            {
                Sid: "LambdaPull",
                Effect: "Allow",
                Principal: { Service: "lambda.amazonaws.com" },
                Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                Condition: { StringLike: { "aws:sourceArn": "arn:aws:lambda:eu-central-1:123456789012:function:*" } },
            },
        ]);
    });

    it("keeps the newest images whatever their age", async () => {
        await startMockEngine();
        await valueOf(new ImageRepository("orders", { ...args, keepImages: 77 }).repositoryUrl);
        const { rules } = JSON.parse(String(registrationOf("aws:ecr/lifecyclePolicy:LifecyclePolicy", "orders-lifecycle").inputs.policy)) as {
            rules: { selection: { tagStatus: string; countType: string; countNumber: number } }[];
        };
        assert.deepEqual(rules.map(({ selection: { tagStatus, countType, countNumber } }) => [tagStatus, countType, countNumber]), [
            ["untagged", "sinceImagePushed", 7],
            ["any", "imageCountMoreThan", 77],
        ]);
    });

    it("gives its address away only when Lambda may pull", async () => {
        const hold = new Hold();
        await startMockEngine({ until: ({ type }) => (type === POLICY ? hold.released : undefined) });
        let known = false;
        new ImageRepository("orders", args).repositoryUrl.apply(() => (known = true));
        await settleOutputs();
        assert.equal(known, false);
        await hold.release();
        assert.equal(known, true);
    });
});
