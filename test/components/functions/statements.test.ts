import assert from "node:assert/strict";
import { effectiveGrants, executionPolicy, secretArn } from "../../../components/functions/executionPolicy";
import { accessesOf, grantStatements, policyDocument, trustPolicy } from "../../../components/functions/statements";
import { functionModel } from "../../support/models";
import { startMockEngine } from "../../support/mockEngine";
import { valueOf } from "../../support/valueOf";

const BUCKET = "arn:aws:s3:::raw";

describe("a grant", () => {
    it("to read a bucket is these actions on these resources and no other", () => {
        assert.deepEqual(grantStatements({ resource: "raw", access: ["read"] }, { kind: "bucket", arn: BUCKET }), [
            { Sid: "ReadRaw", Effect: "Allow", Action: ["s3:GetObject"], Resource: [`${BUCKET}/*`] },
            { Sid: "ReadRaw1", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [BUCKET] },
        ]);
    });

    it("to write a bucket does not allow to read it", () => {
        const [statement] = grantStatements({ resource: "raw", access: ["write"] }, { kind: "bucket", arn: BUCKET });
        assert.deepEqual(statement.Action, ["s3:AbortMultipartUpload", "s3:PutObject"]);
    });

    it("never has a wildcard action, nor a resource that does not start with the granted one", () => {
        for (const kind of ["bucket", "queue", "stateMachine", "table"] as const) {
            for (const statement of grantStatements({ resource: "x", access: accessesOf(kind) }, { kind, arn: "arn:x" })) {
                assert.ok(statement.Action.every((action) => /^[a-z0-9]+:[A-Za-z]+$/.test(action)), statement.Action.join());
                assert.ok(statement.Resource.every((resource) => resource.startsWith("arn:x")), statement.Resource.join());
            }
        }
    });

    it("that makes no sense for a resource is refused with what does", () => {
        assert.throws(
            () => grantStatements({ resource: "raw", access: ["send"] }, { kind: "bucket", arn: BUCKET }),
            /"send" cannot be granted on the bucket "raw"; allowed: read, write\. Change the grant\./,
        );
    });
});

describe("a function's policy", () => {
    const place = { accountId: "123456789012", region: "eu-central-1" };
    const own = { logGroupArn: "arn:logs", deadLetterArn: "arn:dlq" };
    const handles = { raw: { kind: "bucket", name: "raw", arn: BUCKET }, work: { kind: "queue", name: "work", arn: "arn:work" } } as const;

    it("without grants is its own logs and dead letters", async () => {
        await startMockEngine();
        const policy = JSON.parse(await valueOf(executionPolicy(functionModel({}), place, handles, own)));
        assert.deepEqual(policy.Statement, [
            { Sid: "DeadLetters", Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["arn:dlq"] },
            { Sid: "Logs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: ["arn:logs:*"] },
        ]);
    });

    it("lets a function consume the queue that triggers it, once", () => {
        const model = functionModel({
            triggers: [{ kind: "queue", queue: "work", batchSize: 1, batchingWindow: 0 }],
            grants: [{ resource: "work", access: ["send"] }, { resource: "raw", access: ["read"] }],
        });
        assert.deepEqual(effectiveGrants(model), [{ resource: "raw", access: ["read"] }, { resource: "work", access: ["consume", "send"] }]);
    });

    it("resolves what its own statements refer to", async () => {
        await startMockEngine();
        const model = functionModel({ statements: [{ actions: ["s3:GetObjectTagging"], resources: ["${raw.arn}/*"], reason: "tags" }] });
        const policy: { Statement: { Sid: string; Resource: string[] }[] } = JSON.parse(await valueOf(executionPolicy(model, place, handles, own)));
        assert.deepEqual(policy.Statement.find(({ Sid }) => Sid === "Own0")?.Resource, [`${BUCKET}/*`]);
    });

    it("is one text for equal statements in any order", () => {
        const [a, b] = grantStatements({ resource: "raw", access: ["read"] }, { kind: "bucket", arn: BUCKET });
        assert.equal(policyDocument([a, b]), policyDocument([b, a]));
    });

    it("names secrets by ARN, with the suffix that Secrets Manager adds left to six characters", async () => {
        await startMockEngine();
        const secrets = [
            { variable: "KEY", store: "secretsmanager", name: "orders/key" },
            { variable: "URL", store: "ssm", name: "/orders/url" },
        ] as const;
        const policy: { Statement: { Resource: string[] }[] } = JSON.parse(await valueOf(executionPolicy(functionModel({ secrets }), place, handles, own)));
        const resources = policy.Statement.flatMap((statement) => statement.Resource);
        assert.ok(resources.includes("arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/key-??????"));
        assert.ok(resources.includes("arn:aws:ssm:eu-central-1:123456789012:parameter/orders/url"));
        assert.equal(secretArn(secrets[0], place), "arn:aws:secretsmanager:eu-central-1:123456789012:secret:orders/key");
    });
});

describe("a trust policy", () => {
    it("closes the confused-deputy door for services that pass the account", () => {
        const { Statement } = JSON.parse(trustPolicy("scheduler.amazonaws.com", "123456789012"));
        assert.deepEqual(Statement[0].Condition, { StringEquals: { "aws:SourceAccount": "123456789012" } });
        assert.equal(JSON.parse(trustPolicy("lambda.amazonaws.com", "1")).Statement[0].Condition, undefined);
    });
});
