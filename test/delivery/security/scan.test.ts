import assert from "node:assert/strict";
import { EXCEPTIONS, uncovered, unused } from "../../../delivery/security/exceptions";
import type { ScannedResource } from "../../../delivery/security/resource";
import { allRules, scan, scanEach } from "../../../delivery/security/scan";
import { registered } from "../../support/mockEngine";
import { runProgram } from "../../support/program";

const policy = (...statements: readonly object[]): string => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const one = (type: string, inputs: Record<string, unknown>, name = "x"): ScannedResource => ({ type, name, inputs });
const role = (...statements: readonly object[]): ScannedResource => one("aws:iam/rolePolicy:RolePolicy", { policy: policy(...statements) });
const tls = policy({ Effect: "Deny", Principal: "*", Action: "s3:*", Condition: { Bool: { "aws:SecureTransport": "false" } } });

const BUCKET = one("aws:s3/bucket:Bucket", { bucket: "b" });
const BUCKET_PARTS = [
    one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", { bucket: "b", blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true }),
    one("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", { bucket: "b" }),
    one("aws:s3/bucketPolicy:BucketPolicy", { bucket: "b", policy: tls }),
];
const QUEUE = one("aws:sqs/queue:Queue", { name: "q", sqsManagedSseEnabled: true });
const QUEUE_POLICY = one("aws:sqs/queuePolicy:QueuePolicy", { queueUrl: "https://sqs/1/q", policy: tls });
const REPOSITORY = { imageTagMutability: "IMMUTABLE", imageScanningConfiguration: { scanOnPush: true } };

/** For every rule what it accepts, and what breaks it with the words in which it says so. */
const CASES: Readonly<Record<string, { readonly good: readonly (readonly ScannedResource[])[]; readonly bad: readonly (readonly [string, ...ScannedResource[]])[] }>> = {
    "iam-no-wildcard-action": {
        good: [[role({ Effect: "Allow", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::b/*"] })], [role({ Effect: "Deny", Action: "s3:*", Resource: "arn:x" })]],
        bad: [
            ['allows "s3:*"', role({ Effect: "Allow", Action: "s3:*", Resource: "arn:x" })],
            ['allows "lambda:Get*"', role({ Effect: "Allow", Action: ["lambda:Get*"], Resource: "arn:x" })],
        ],
    },
    "iam-no-wildcard-resource": {
        good: [[role({ Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" })], [role({ Effect: "Deny", Action: "s3:GetObject", Resource: "*" })]],
        bad: [['allows "s3:GetObject" on every resource', role({ Effect: "Allow", Action: ["s3:GetObject", "ecr:GetAuthorizationToken"], Resource: ["*"] })]],
    },
    "policy-not-public": {
        good: [[one("aws:s3/bucketPolicy:BucketPolicy", { policy: tls })], [one("aws:iam/role:Role", { assumeRolePolicy: policy({ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }) })]],
        bad: [
            ['statement "s" allows everybody', one("aws:s3/bucketPolicy:BucketPolicy", { policy: policy({ Sid: "s", Effect: "Allow", Principal: "*", Action: "s3:GetObject" }) })],
            ['statement "" allows everybody', one("aws:iam/role:Role", { assumeRolePolicy: policy({ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }) })],
        ],
    },
    "function-by-digest": {
        good: [[one("aws:lambda/function:Function", { imageUri: `r@sha256:${"a".repeat(64)}` })]],
        bad: [['runs "r:latest"', one("aws:lambda/function:Function", { imageUri: "r:latest" })]],
    },
    "caller-has-source": {
        good: [
            [one("aws:lambda/permission:Permission", { principal: "s3.amazonaws.com", sourceArn: "arn:x" })],
            [one("aws:lambda/permission:Permission", { principal: "*", functionUrlAuthType: "NONE" })],
        ],
        bad: [
            ["lets s3.amazonaws.com call for any source", one("aws:lambda/permission:Permission", { principal: "s3.amazonaws.com" })],
            ["lets everybody call", one("aws:lambda/permission:Permission", { principal: "*", sourceArn: "arn:x" })],
        ],
    },
    "queue-encrypted": {
        good: [[QUEUE, QUEUE_POLICY], [one("aws:sqs/queue:Queue", { name: "q", kmsMasterKeyId: "k" }), QUEUE_POLICY]],
        bad: [["has no encryption", one("aws:sqs/queue:Queue", { name: "q" }), QUEUE_POLICY]],
    },
    "repository-immutable": {
        good: [[one("aws:ecr/repository:Repository", REPOSITORY)]],
        bad: [
            ["has tags that are MUTABLE", one("aws:ecr/repository:Repository", { ...REPOSITORY, imageTagMutability: undefined })],
            ["does not scan images when they are pushed", one("aws:ecr/repository:Repository", { ...REPOSITORY, imageScanningConfiguration: { scanOnPush: false } })],
        ],
    },
    "docker-only-in-build": {
        good: [[one("aws:codebuild/project:Project", { name: "p-dev-build", environment: { privilegedMode: true } })], [one("aws:codebuild/project:Project", { name: "p-dev-deploy", environment: { privilegedMode: false } })]],
        bad: [
            ['gives Docker to "p-dev-deploy"', one("aws:codebuild/project:Project", { name: "p-dev-deploy", environment: { privilegedMode: true } })],
            ['gives Docker to "p-dev-plan"', one("aws:codebuild/project:Project", { name: "p-dev-plan", environment: { dockerServer: {} } })],
        ],
    },
    "build-private": {
        good: [[one("aws:codebuild/project:Project", { name: "p", projectVisibility: "PRIVATE" })]],
        bad: [["is PUBLIC_READ", one("aws:codebuild/project:Project", { name: "p", projectVisibility: "PUBLIC_READ" })]],
    },
    "log-retention": {
        good: [[one("aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 7 })]],
        bad: [["keeps its events for ever", one("aws:cloudwatch/logGroup:LogGroup", {})]],
    },
    "key-rotation": {
        good: [[one("aws:kms/key:Key", { enableKeyRotation: true })]],
        bad: [["is never rotated", one("aws:kms/key:Key", {})]],
    },
    "no-plain-secret": {
        good: [
            [one("aws:lambda/function:Function", { imageUri: `r@sha256:${"a".repeat(64)}`, environment: { variables: { DB_PASSWORD: "arn:aws:secretsmanager:x", TOKEN_COUNT: "3" } } })],
            [one("docker:index/image:Image", { registry: { "4dabf18193072939515e22adb298388d": "1b47", value: { password: "p" } } })],
        ],
        bad: [
            ["has the variable DB_PASSWORD in plain text", one("aws:lambda/function:Function", { imageUri: `r@sha256:${"a".repeat(64)}`, environment: { variables: { DB_PASSWORD: "hunter2" } } })],
            ["has the variable API_KEY in plain text", one("aws:codebuild/project:Project", { name: "p", environment: { environmentVariables: [{ name: "API_KEY", value: "x", type: "PLAINTEXT" }] } })],
            ["has a secret in plain text in tags.0.note", one("aws:x:Y", { tags: [{ note: `AKIA${"A".repeat(16)}` }] })],
            ["has a secret in plain text in key", one("aws:x:Y", { key: "-----BEGIN RSA PRIVATE KEY-----" })],
            ["has the registry's password in plain text", one("docker:index/image:Image", { registry: { password: "p" } })],
        ],
    },
    "bucket-private": { good: [[BUCKET, ...BUCKET_PARTS]], bad: [["has no complete block of public access", BUCKET, ...BUCKET_PARTS.slice(1), { ...BUCKET_PARTS[0], inputs: { ...BUCKET_PARTS[0]?.inputs, ignorePublicAcls: false } } as ScannedResource]] },
    "bucket-encrypted": { good: [[BUCKET, ...BUCKET_PARTS]], bad: [["declares no encryption", BUCKET, BUCKET_PARTS[0] as ScannedResource, BUCKET_PARTS[2] as ScannedResource]] },
    "bucket-tls-only": {
        good: [[BUCKET, ...BUCKET_PARTS]],
        bad: [
            ["answers calls without TLS", BUCKET, ...BUCKET_PARTS.slice(0, 2)],
            ["answers calls without TLS", BUCKET, ...BUCKET_PARTS.slice(0, 2), one("aws:s3/bucketPolicy:BucketPolicy", { bucket: "other", policy: tls })],
        ],
    },
    "queue-tls-only": { good: [[QUEUE, QUEUE_POLICY]], bad: [["answers calls without TLS", QUEUE], ["answers calls without TLS", QUEUE, { ...QUEUE_POLICY, inputs: { queueUrl: "https://sqs/1/qq", policy: tls } }]] },
};

describe("a security rule", () => {
    it("has examples of both kinds, each of them", () => {
        assert.deepEqual(allRules().map(({ id }) => id), Object.keys(CASES).sort());
    });

    for (const [rule, { good, bad }] of Object.entries(CASES)) {
        it(`${rule} accepts what is right and finds what is wrong`, () => {
            for (const resources of good) {
                assert.deepEqual(scan(resources), []);
            }
            for (const [problem, ...resources] of bad) {
                assert.deepEqual(scan(resources).map((finding) => `${finding.rule}: ${finding.problem}`), [`${rule}: ${problem}`]);
            }
        });
    }

    it("says nothing of values that are not known yet", () => {
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        assert.deepEqual(scanEach([one("aws:iam/rolePolicy:RolePolicy", { policy: unknown }), one("aws:s3/bucketPolicy:BucketPolicy", {})]), []);
    });

    it("never repeats a secret", () => {
        const text = JSON.stringify(scan([one("aws:lambda/function:Function", { environment: { variables: { TOKEN: "hunter2", A: `ASIA${"B".repeat(16)}` } } })]));
        assert.ok(!text.includes("hunter2") && !text.includes("ASIA"), text);
    });
});

describe("the resources of a stack", function () {
    this.timeout(60_000);

    for (const stack of ["local", "local-dev"]) {
        it(`${stack} break no rule, but for exceptions with a reason`, async () => {
            await runProgram({ stack });
            assert.deepEqual(uncovered(scan(registered())), []);
        });
    }

    it("need every exception that there is", async () => {
        await runProgram({ stack: "local" });
        assert.deepEqual(unused(scan(registered())), []);
        assert.ok(EXCEPTIONS.every(({ reason }) => reason.length > 20));
    });
});
