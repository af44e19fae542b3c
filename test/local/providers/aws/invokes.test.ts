import assert from "node:assert/strict";
import { explain } from "../../../../local/providers/aws/errors";
import { invokes } from "../../../../local/providers/aws/invokes";
import type { Properties } from "../../../../local/providers/framework/values";
import { awsError, awsSchema, type FakeAws, fakeAws, OPERATION } from "./fake";

const REPOSITORY = { repositoryName: "app/a", repositoryUri: "127.0.0.1:5000/app/a", repositoryArn: "arn", registryId: "000000000000" };
const OLD = { imageDigest: "sha256:1", imageTags: ["b", "a"], imagePushedAt: new Date(1000), imageSizeInBytes: 5, registryId: "000000000000" };
const NEW = { ...OLD, imageDigest: "sha256:2", imagePushedAt: new Date(9000) };

async function call(aws: FakeAws, token: string, inputs: Properties): Promise<Properties> {
    const entry = invokes.find((candidate) => candidate.token === token);
    assert.ok(entry);
    const result = await entry.invoke(inputs, aws.operations.context(entry, inputs, OPERATION));
    assert.deepEqual(Object.keys(result).filter((name) => awsSchema.functions[token]?.outputs.includes(name) !== true), [], "unknown outputs");
    return result;
}

describe("functions of the aws stand-in", () => {
    it("find an image by tag, with the address by digest", async () => {
        const aws = fakeAws({ "ecr.describeImages": () => ({ imageDetails: [OLD] }), "ecr.describeRepositories": () => ({ repositories: [REPOSITORY] }) });
        const found = await call(aws, "aws:ecr/getImage:getImage", { repositoryName: "app/a", imageTag: "a" });
        assert.equal(found["imageUri"], "127.0.0.1:5000/app/a@sha256:1");
        assert.deepEqual(found["imageTags"], ["a", "b"]);
        assert.equal(found["imagePushedAt"], 1);
    });

    it("find the newest image over all pages", async () => {
        const aws = fakeAws({
            "ecr.describeImages": ({ nextToken }) => (nextToken === undefined ? { imageDetails: [NEW], nextToken: "2" } : { imageDetails: [OLD] }),
            "ecr.describeRepositories": () => ({ repositories: [REPOSITORY] }),
        });
        const found = await call(aws, "aws:ecr/getImage:getImage", { repositoryName: "app/a", mostRecent: true });
        assert.equal(found["imageDigest"], "sha256:2");
    });

    it("name the service's exception when there is no such image or repository", async () => {
        for (const code of ["ImageNotFoundException", "RepositoryNotFoundException"]) {
            const aws = fakeAws({
                "ecr.describeImages": () => {
                    throw awsError(code);
                },
            });
            await assert.rejects(call(aws, "aws:ecr/getImage:getImage", { repositoryName: "app/a", imageTag: "x" }), (error) => explain(error).startsWith(code));
        }
        const empty = fakeAws({ "ecr.describeImages": () => ({ imageDetails: [] }) });
        await assert.rejects(call(empty, "aws:ecr/getImage:getImage", { repositoryName: "app/a", mostRecent: true }), /ImageNotFoundException/);
    });

    it("take a registry token apart", async () => {
        const authorizationToken = Buffer.from("AWS:pass:word").toString("base64");
        const aws = fakeAws({ "ecr.getAuthorizationToken": () => ({ authorizationData: [{ authorizationToken, expiresAt: new Date(0), proxyEndpoint: "http://127.0.0.1:5000" }] }) });
        const found = await call(aws, "aws:ecr/getAuthorizationToken:getAuthorizationToken", {});
        assert.deepEqual([found["userName"], found["password"], found["proxyEndpoint"]], ["AWS", "pass:word", "http://127.0.0.1:5000"]);
    });

    it("keep tokens and passwords out of states in the clear", () => {
        const secret = invokes.filter(({ token }) => /Token|Credentials/.test(token)).map(({ secrets }) => [...(secrets ?? [])]);
        assert.deepEqual(secret, [["authorizationToken", "password"], ["authorizationToken", "password"]]);
    });

    it("answer region and partition without a call", async () => {
        const aws = fakeAws({});
        assert.equal((await call(aws, "aws:index/getRegion:getRegion", {}))["region"], "us-east-1");
        assert.equal((await call(aws, "aws:index/getPartition:getPartition", {}))["partition"], "aws");
        assert.deepEqual(aws.calls, []);
    });
});
