import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ContainerFunction, ContainerFunctionArgs, requireDigest } from "../../../components/functions/ContainerFunction";
import { FunctionModel } from "../../../components/manifest/model";
import { NO_IMAGE, orIfFailed } from "../../../components/orIfFailed";
import { floatingFailures } from "../../guards/floatingFailures";
import { Hold } from "../../support/hold";
import { functionModel } from "../../support/models";
import { registered, registrationOf, startMockEngine, urnTails } from "../../support/mockEngine";
import { ResourceOptions } from "../../support/resourceOptions";
import { isUnknown, settleOutputs, valueOf } from "../../support/valueOf";

const IMAGE = `repository@sha256:${"a".repeat(64)}`;

function construct(model: Partial<FunctionModel>, args: Partial<ContainerFunctionArgs> = {}, options = new ResourceOptions()): ContainerFunction {
    const all: ContainerFunctionArgs = {
        model: functionModel(model),
        functionName: "p-s-orders",
        imageUri: IMAGE,
        handles: {
            raw: { kind: "bucket", name: "raw-bucket", arn: "arn:aws:s3:::raw-bucket" },
            records: { kind: "table", name: "records", arn: "arn:records", streamArn: "arn:records/stream" },
            work: { kind: "queue", name: "work", arn: "arn:work", url: "https://work" },
        },
        place: { accountId: "123456789012", region: "eu-central-1" },
        ...args,
    };
    return new ContainerFunction("orders", all, { transformations: [options.transformation] });
}

async function declare(model: Partial<FunctionModel>, args: Partial<ContainerFunctionArgs> = {}, options = new ResourceOptions()): Promise<ContainerFunction> {
    await startMockEngine();
    const declared = construct(model, args, options);
    await valueOf(declared.aliasArn);
    await settleOutputs();
    return declared;
}

const FUNCTION = "aws:lambda/function:Function";
const ALIAS = "aws:lambda/alias:Alias";
const SMOKE_TEST = "command:local:Command";
const POLICY = "aws:iam/rolePolicy:RolePolicy";

const isRegistered = (wanted: string): boolean => registered().some(({ type }) => type === wanted);

describe("a container function", () => {
    it("is a role, its policy, logs, dead letters, the function and its alias", async () => {
        await declare({});
        assert.deepEqual(urnTails(), [
            "aws:cloudwatch/logGroup:LogGroup orders-logs",
            "aws:iam/role:Role orders-role",
            "aws:iam/rolePolicy:RolePolicy orders-policy",
            "aws:lambda/alias:Alias orders-alias",
            "aws:lambda/function:Function orders-function",
            "aws:sqs/queue:Queue orders-dead-letters",
            "container-lambdas:functions:ContainerFunction orders",
        ]);
    });

    it("carries the boundary on every role that it makes, where there is one", async () => {
        const boundary = "arn:aws:iam::123456789012:policy/p-function-boundary";
        const triggers: FunctionModel["triggers"] = [{ kind: "schedule", expression: "rate(1 day)", timeZone: "UTC" }];
        await declare({ triggers }, { permissionsBoundary: boundary });
        const roles = registered().filter(({ type }) => type === "aws:iam/role:Role");
        assert.deepEqual(roles.map(({ name, inputs }) => [name, inputs.permissionsBoundary]).sort(), [["orders-role", boundary], ["orders-schedule-role", boundary]]);
        await declare({ triggers });
        assert.ok(registered().every(({ inputs }) => !("permissionsBoundary" in inputs)));
    });

    it("runs an image by digest, published, under its own role and log group", async () => {
        await declare({ environment: { BUCKET: "${raw.name}", PLAIN: "x-${work.url}-${raw.arn}" }, command: ["app.other"], memorySize: 256 });
        const { inputs } = registrationOf(FUNCTION, "orders-function");
        assert.equal(inputs.packageType, "Image");
        assert.equal(inputs.imageUri, IMAGE);
        assert.equal(inputs.publish, true);
        assert.deepEqual(inputs.imageConfig, { commands: ["app.other"] });
        assert.deepEqual(inputs.environment, { variables: { BUCKET: "raw-bucket", PLAIN: "x-https://work-arn:aws:s3:::raw-bucket" } });
        assert.equal(inputs.role, "arn:aws:iam::123456789012:role/p-s-orders");
        assert.deepEqual(inputs.loggingConfig, { logFormat: "Text", logGroup: "/aws/lambda/p-s-orders" });
        assert.deepEqual(inputs.deadLetterConfig, { targetArn: "arn:aws:sqs:eu-central-1:123456789012:p-s-orders-dlq" });
    });

    it("refuses an image by tag", () => {
        for (const image of ["repository:latest", "repository", `${IMAGE}0`, ""]) {
            assert.throws(() => requireDigest(image), /does not name an image by digest; allowed is repository@sha256:/, image);
        }
        assert.equal(requireDigest(IMAGE), IMAGE);
    });

    it("gives nothing unknown to a provider's check where its image failed, and makes everything that needs no image", async () => {
        const failed = pulumi.output(pulumi.unknown as string);
        await declare({ triggers: [{ kind: "schedule", expression: "rate(1 day)", timeZone: "UTC" }] }, { imageUri: failed });
        assert.equal(registrationOf(FUNCTION, "orders-function").inputs.imageUri, NO_IMAGE);
        assert.deepEqual(registrationOf("container-lambdas:functions:ContainerFunction", "orders").inputs, { functionName: "p-s-orders" });
        assert.deepEqual(registered().filter(({ inputs }) => pulumi.containsUnknowns(inputs)), []);
    });

    it("leaves what is unknown in a preview unknown", async () => {
        await startMockEngine({ preview: true });
        const failed = pulumi.output(pulumi.unknown as string);
        assert.equal(await isUnknown(orIfFailed(failed, "instead")), true);
        assert.equal(await valueOf(orIfFailed(pulumi.output("given"), "instead")), "given");
        await startMockEngine();
        assert.equal(await valueOf(orIfFailed(failed, "instead")), "instead");
        assert.equal(await valueOf(orIfFailed(pulumi.output("given"), "instead")), "given");
    });

    it("declares no function for an image by tag", async () => {
        await startMockEngine();
        construct({}, { imageUri: "repository:latest" });
        await settleOutputs();
        assert.ok(!isRegistered(FUNCTION));
        // The program's failure is what the engine reports; it floats here, since nothing but the engine awaits it.
        const failures = floatingFailures.take();
        assert.ok(failures.length > 0 && failures.every((failure) => failure.includes('"repository:latest" does not name an image by digest')), failures.join("\n"));
    });

    it("keeps its logs for a limited time, 30 days unless said otherwise", async () => {
        await declare({});
        assert.equal(registrationOf("aws:cloudwatch/logGroup:LogGroup", "orders-logs").inputs.retentionInDays, 30);
        await declare({}, { logRetentionDays: 7 });
        assert.equal(registrationOf("aws:cloudwatch/logGroup:LogGroup", "orders-logs").inputs.retentionInDays, 7);
    });

    it("is created only when its role may do what it does", async () => {
        const policy = new Hold();
        await startMockEngine({ until: ({ type }) => (type === POLICY ? policy.released : undefined) });
        construct({});
        await settleOutputs();
        assert.ok(isRegistered(POLICY) && !isRegistered(FUNCTION));
        await policy.release();
        assert.ok(isRegistered(FUNCTION));
    });

    it("lets the alias follow the newest version in the mode direct", async () => {
        await declare({});
        assert.equal(registrationOf(ALIAS, "orders-alias").inputs.functionVersion, "7");
    });

    it("gives the alias nothing besides name, function and version in the mode gradual", async () => {
        await declare({}, { release: "gradual" });
        assert.deepEqual(Object.keys(registrationOf(ALIAS, "orders-alias").inputs).sort(), ["functionName", "functionVersion", "name"]);
    });

    it("leaves the alias to the stage Release in the mode gradual, and to nobody else in the mode direct", async () => {
        const gradual = new ResourceOptions();
        await declare({}, { release: "gradual" }, gradual);
        assert.deepEqual(gradual.of(ALIAS, "orders-alias").ignoreChanges, ["functionVersion", "routingConfig"]);
        const direct = new ResourceOptions();
        await declare({}, {}, direct);
        assert.equal(direct.of(ALIAS, "orders-alias").ignoreChanges, undefined);
    });

    for (const release of ["direct", "gradual"] as const) {
        it(`does not touch the alias before the new version has answered its smoke test: ${release}`, async () => {
            const answer = new Hold();
            await startMockEngine({ until: ({ type }) => (type === SMOKE_TEST ? answer.released : undefined) });
            construct({ smoke: { payload: {} }, url: { authorization: "iam" } }, { release });
            await settleOutputs();
            assert.ok(isRegistered(SMOKE_TEST), "the test runs");
            assert.ok(!isRegistered(ALIAS), "the alias waits for it");
            assert.ok(!isRegistered("aws:lambda/functionUrl:FunctionUrl"), "and so does whoever calls the alias");
            await answer.release();
            assert.ok(isRegistered(ALIAS) && isRegistered("aws:lambda/functionUrl:FunctionUrl"));
        });
    }

    it("tests a new version by number, with the payload and the expectation as triggers", async () => {
        await declare({ smoke: { payload: { a: 1 }, expect: { ok: true } } });
        const { inputs } = registrationOf(SMOKE_TEST, "orders-smoke-test");
        assert.deepEqual(inputs.environment, {
            AWS_REGION: "eu-central-1",
            SMOKE_EXPECT: '{"ok":true}',
            SMOKE_FUNCTION: "p-s-orders",
            SMOKE_PAYLOAD: '{"a":1}',
            SMOKE_VERSION: "7",
        });
        assert.ok(Array.isArray(inputs.triggers) && inputs.triggers[0] === "7");
    });

    it("declares one resource for each trigger, through the alias, with partial batch answers", async () => {
        await declare({
            triggers: [
                { kind: "queue", queue: "work", batchSize: 5, batchingWindow: 1, maximumConcurrency: 2 },
                { kind: "stream", table: "records", batchSize: 10, startingPosition: "LATEST" },
                { kind: "schedule", expression: "rate(1 day)", timeZone: "UTC" },
                { kind: "schedule", expression: "rate(2 days)", timeZone: "UTC" },
                { kind: "rule", pattern: { source: ["aws.ecr"] } },
            ],
        });
        const mappings = registered().filter(({ type }) => type === "aws:lambda/eventSourceMapping:EventSourceMapping");
        assert.deepEqual(mappings.map(({ name }) => name).sort(), ["orders-queue-work", "orders-stream-records"]);
        for (const { inputs } of mappings) {
            assert.deepEqual(inputs.functionResponseTypes, ["ReportBatchItemFailures"]);
            assert.match(String(inputs.functionName), /:live$/);
        }
        const schedules = registered().filter(({ type }) => type === "aws:scheduler/schedule:Schedule");
        assert.deepEqual(schedules.map(({ name, inputs }) => `${name} ${String(inputs.name)}`).sort(), ["orders-schedule p-s-orders", "orders-schedule-2 p-s-orders-2"]);
        assert.equal(registrationOf("aws:lambda/permission:Permission", "orders-rule-permission").inputs.qualifier, "live");
    });

    it("is called by schedules, rules, URLs and provisioned concurrency through the alias, never as $LATEST", async () => {
        await declare({
            triggers: [{ kind: "schedule", expression: "rate(1 day)", timeZone: "UTC" }, { kind: "rule", pattern: { source: ["aws.ecr"] } }],
            url: { authorization: "iam" },
            provisionedConcurrency: 1,
        });
        const inputs = (type: string, name: string): Record<string, unknown> => registrationOf(type, name).inputs;
        assert.match(String((inputs("aws:scheduler/schedule:Schedule", "orders-schedule").target as { arn: string }).arn), /:live$/);
        assert.match(String(inputs(POLICY, "orders-schedule-policy").policy), /"Resource":\["[^"]+:live"\]/);
        assert.match(String(inputs("aws:cloudwatch/eventTarget:EventTarget", "orders-rule-target").arn), /:live$/);
        assert.equal(inputs("aws:lambda/functionUrl:FunctionUrl", "orders-url").qualifier, "live");
        assert.equal(inputs("aws:lambda/provisionedConcurrencyConfig:ProvisionedConcurrencyConfig", "orders-provisioned-concurrency").qualifier, "live");
    });

    it("asks callers of its URL for a signature unless said otherwise", async () => {
        await declare({ url: { authorization: "iam" } });
        assert.equal(registrationOf("aws:lambda/functionUrl:FunctionUrl", "orders-url").inputs.authorizationType, "AWS_IAM");
    });

    it("has an alarm for each threshold and none besides", async () => {
        await declare({ alarms: { errors: 1, durationP99: 900 } }, { alarmTopicArn: "arn:topic" });
        const alarms = registered().filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm");
        assert.deepEqual(alarms.map(({ name }) => name).sort(), ["orders-duration-alarm", "orders-errors-alarm"]);
        assert.ok(alarms.every(({ inputs }) => JSON.stringify(inputs.alarmActions) === '["arn:topic"]'));
    });
});
