import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { CloudWatchLogsClient, DeleteLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateRepositoryCommand, DeleteRepositoryCommand, DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
    AddPermissionCommand, CreateAliasCommand, CreateEventSourceMappingCommand, CreateFunctionCommand, DeleteEventSourceMappingCommand, DeleteFunctionCommand,
    InvokeCommand, LambdaClient, PublishVersionCommand, PutFunctionConcurrencyCommand, DeleteFunctionConcurrencyCommand, PutFunctionEventInvokeConfigCommand,
    UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand, waitUntilFunctionActiveV2, waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, DeleteBucketCommand, DeleteObjectCommand, PutBucketNotificationConfigurationCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateQueueCommand, DeleteQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient, type Message } from "@aws-sdk/client-sqs";
import Docker from "dockerode";
import { pack } from "tar-stream";
import type { Checkout } from "./support/checkout";
import { sharedCheckout } from "./support/shared";

const HANDLER = `
import json, os, time
def handler(event, context):
    for record in event.get("Records", []):
        print("record", record.get("body") or record["s3"]["object"]["key"])
    if "Records" in event:
        if any("raise" in (r.get("body") or r["s3"]["object"]["key"]) for r in event["Records"]): raise RuntimeError("asked to")
        return {"batchItemFailures": [{"itemIdentifier": r["messageId"]} for r in event["Records"] if r.get("body") == "bad"]}
    do = event.get("do")
    if do == "raise": raise ValueError("no such thing")
    if do == "sleep": time.sleep(event["seconds"])
    if do == "memory": kept = [bytearray(os.urandom(1024) * 1024) for _ in range(event["mebibytes"])]
    if do == "buckets":
        import boto3
        boto3.client("s3").list_buckets()
    if do == "write": open(event["path"], "w").write("x")
    print("own line")
    return {"id": context.aws_request_id, "version": context.function_version, "setting": os.environ.get("SETTING"), "uid": os.getuid()}
`;

interface Outcome {
    readonly error: string | undefined;
    readonly id: string | undefined;
    readonly version: string | undefined;
    readonly log: string;
    readonly payload: Readonly<Record<string, string | string[] | number>>;
}

/** What Lambda documents, asked of the running emulator (`npm run local`, then the exports of `local:env`). */
describe("embedded AWS: functions behave as on Lambda", function () {
    this.timeout(120_000);
    const name = `semantics-${randomBytes(4).toString("hex")}`;
    const account = "000000000000";
    const arn = (service: string, resource: string): string => `arn:aws:${service}:us-east-1:${account}:${resource}`;
    const live = arn("lambda", `function:${name}:live`);
    const lambda = new LambdaClient({ maxAttempts: 1 });
    const ecr = new ECRClient({});
    const iam = new IAMClient({});
    const logs = new CloudWatchLogsClient({});
    const sqs = new SQSClient({});
    const s3 = new S3Client({ forcePathStyle: true });
    let docker: Docker;
    let checkout: Checkout;
    let variables: Record<string, string>;
    let outside: NodeJS.ProcessEnv = process.env;
    let digest = "";
    let address = "";
    const queues: Record<string, string> = {};

    async function build(): Promise<void> {
        const registry = variables.CONTAINER_LAMBDAS_REGISTRY;
        const bases = JSON.parse(checkout.read(".local/base-images.json")) as { python: string };
        await ecr.send(new CreateRepositoryCommand({ repositoryName: name, imageTagMutability: "IMMUTABLE" }));
        const context = pack();
        context.entry({ name: "app.py" }, HANDLER);
        context.entry({ name: "Dockerfile" }, `FROM ${bases.python}\nCOPY app.py /var/task/\nCMD ["app.handler"]\n`);
        context.finalize();
        const tag = `${registry}/${name}:v1`;
        await followed(await docker.buildImage(Readable.from(context), { t: tag }));
        await followed(await docker.getImage(tag).push({ authconfig: { username: "AWS", password: "token", serveraddress: registry } }));
        const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: name, imageIds: [{ imageTag: "v1" }] }));
        digest = imageDetails?.[0]?.imageDigest ?? "";
        address = `${registry}/${name}@${digest}`;
        await docker.getImage(tag).remove({ force: true });
    }

    function followed(stream: NodeJS.ReadableStream): Promise<void> {
        return new Promise((resolve, reject) => {
            docker.modem.followProgress(stream, (error, output: { error?: string }[]) => {
                const failed = error?.message ?? output.find((line) => line.error !== undefined)?.error;
                return failed === undefined ? resolve() : reject(new Error(failed));
            });
        });
    }

    async function invoke(payload: object, qualifier?: string): Promise<Outcome> {
        const answer = await lambda.send(new InvokeCommand({ FunctionName: name, Qualifier: qualifier, Payload: JSON.stringify(payload), LogType: "Tail" }));
        return {
            error: answer.FunctionError,
            id: answer.$metadata.requestId,
            version: answer.ExecutedVersion,
            log: Buffer.from(answer.LogResult ?? "", "base64").toString("utf8"),
            payload: JSON.parse(Buffer.from(answer.Payload ?? []).toString("utf8")) as Outcome["payload"],
        };
    }

    const settled = async (): Promise<unknown> => waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 30, minDelay: 1 }, { FunctionName: name });
    const publish = async (): Promise<string> => (await lambda.send(new PublishVersionCommand({ FunctionName: name }))).Version ?? "";
    const allow = (policy: string, actions: readonly string[], resource: string): Promise<unknown> =>
        iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: policy, PolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: actions, Resource: resource }] }) }));

    async function receive(queue: string, seconds = 30): Promise<Message> {
        for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
            const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: queues[queue], MessageAttributeNames: ["All"], WaitTimeSeconds: 1 }));
            if (message !== undefined) {
                return message;
            }
        }
        throw new Error(`nothing came to ${queue} within ${seconds} s`);
    }

    async function logged(pattern: string, seconds = 15): Promise<string[]> {
        for (const end = Date.now() + seconds * 1000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
            const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}`, filterPattern: `"${pattern}"` }));
            if (events.length > 0) {
                return events.map((event) => event.message ?? "");
            }
        }
        return [];
    }

    before(async () => {
        ({ checkout } = await sharedCheckout());
        variables = await checkout.environment();
        // The clients of the SDK read the environment at their first call, the Docker client when it is made.
        outside = { ...process.env };
        Object.assign(process.env, variables);
        docker = new Docker();
        await build();
        await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }] }) }));
        await allow("logs", ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", `log-group:/aws/lambda/${name}:*`));
        await allow("group", ["logs:CreateLogGroup"], arn("logs", `log-group:/aws/lambda/${name}`));
        const created = await lambda.send(new CreateFunctionCommand({
            FunctionName: name, PackageType: "Image", Code: { ImageUri: address }, Role: arn("iam", `role/${name}`).replace("us-east-1", ""),
            Timeout: 4, MemorySize: 256, Publish: true, Environment: { Variables: { SETTING: "one" } },
        }));
        assert.equal(created.Version, "1");
        assert.equal(created.CodeSha256, digest.replace("sha256:", ""));
        await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 60, minDelay: 1 }, { FunctionName: name });
        await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
        for (const queue of ["dead", "poison"]) {
            queues[queue] = (await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${queue}` }))).QueueUrl ?? "";
        }
        const redrive = { deadLetterTargetArn: arn("sqs", `${name}-poison`), maxReceiveCount: 2 };
        queues.work = (await sqs.send(new CreateQueueCommand({ QueueName: `${name}-work`, Attributes: { VisibilityTimeout: "4", RedrivePolicy: JSON.stringify(redrive) } }))).QueueUrl ?? "";
    });

    after(async () => {
        const steps: (() => Promise<unknown>)[] = [
            () => lambda.send(new DeleteFunctionCommand({ FunctionName: name })),
            ...["logs", "group", "dead", "work"].map((policy) => () => iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: policy }))),
            () => iam.send(new DeleteRoleCommand({ RoleName: name })),
            () => ecr.send(new DeleteRepositoryCommand({ repositoryName: name, force: true })),
            () => logs.send(new DeleteLogGroupCommand({ logGroupName: `/aws/lambda/${name}` })),
            ...Object.values(queues).map((queue) => () => sqs.send(new DeleteQueueCommand({ QueueUrl: queue }))),
            () => s3.send(new DeleteObjectCommand({ Bucket: name, Key: "raise" })),
            () => s3.send(new DeleteBucketCommand({ Bucket: name })),
        ];
        for (const step of steps) {
            // A step whose creation a failed test never reached has nothing to delete.
            await step().catch(() => undefined);
        }
        let left = -1;
        for (const end = Date.now() + 10_000; left !== 0 && Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
            left = (await docker.listContainers({ all: true })).filter((container) => container.Image.includes(name)).length;
        }
        process.env = outside;
        assert.equal(left, 0, "containers go with their function");
    });

    it("runs the image of the digest, limited to the memory size, read-only, as a user without rights", async () => {
        const { payload } = await invoke({}, "live");
        assert.notEqual(payload.uid, 0);
        const ours = (await docker.listContainers()).filter((container) => container.Image.includes(name) || container.Labels["ministack"] === "lambda");
        const inspected = await Promise.all(ours.map((container) => docker.getContainer(container.Id).inspect()));
        const serving = inspected.filter((container) => container.Config.Image === address);
        assert.notEqual(serving.length, 0);
        const image = await docker.getImage(address).inspect();
        for (const container of serving) {
            assert.equal(container.Image, image.Id);
            assert.deepEqual([container.HostConfig.Memory, container.HostConfig.MemorySwap], [256 * 1024 * 1024, 256 * 1024 * 1024]);
        }
        assert.match(String((await invoke({ do: "write", path: "/var/task/x" })).payload.errorMessage), /Read-only file system/);
        assert.equal((await invoke({ do: "write", path: "/tmp/x" })).error, undefined);
    });

    it("answers, logs and tails an invocation under one request id", async () => {
        const { id, payload, log } = await invoke({});
        assert.equal(payload.id, id);
        const [start, own, end, report] = log.split("\n");
        assert.deepEqual([start, own, end], [`START RequestId: ${id} Version: $LATEST`, "own line", `END RequestId: ${id}`]);
        assert.match(report ?? "", new RegExp(`^REPORT RequestId: ${id}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 256 MB\tMax Memory Used: \\d+ MB`));
        assert.deepEqual(await logged(`START RequestId: ${id}`), [start]);
    });

    it("shows a raised error with type, message and stack", async () => {
        const { error, payload, log } = await invoke({ do: "raise" });
        assert.deepEqual([error, payload.errorType, payload.errorMessage], ["Unhandled", "ValueError", "no such thing"]);
        assert.match(String(payload.stackTrace), /app\.py/);
        assert.match(log, /\[ERROR\] ValueError: no such thing/);
    });

    it("ends a function at its timeout", async () => {
        const { error, payload, log } = await invoke({ do: "sleep", seconds: 10 });
        assert.equal(error, "Unhandled");
        assert.match(String(payload.errorMessage), /Task timed out after 4\.00 seconds/);
        assert.match(log, /Z [0-9a-f-]{36} Task timed out after 4\.00 seconds/);
    });

    it("ends a function at its memory size", async () => {
        const { error, payload, log } = await invoke({ do: "memory", mebibytes: 400 });
        assert.deepEqual([error, payload.errorType], ["Unhandled", "Runtime.ExitError"]);
        assert.match(String(payload.errorMessage), /Runtime exited with error: signal: killed/);
        assert.match(log, /Max Memory Used: 256 MB\t.*Status: error/);
    });

    it("refuses what the role may not do, naming role and action", async () => {
        const { payload } = await invoke({ do: "buckets" });
        assert.match(String(payload.errorMessage), new RegExp(`assumed-role/${name}/${name} is not authorized to perform: s3:ListAllMyBuckets`));
    });

    it("publishes a version only for a change, and runs each with its own configuration", async () => {
        assert.equal(await publish(), "1");
        const same = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ImageUri: address, Publish: true }));
        await settled();
        assert.equal(same.Version, "1");
        await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment: { Variables: { SETTING: "two" } } }));
        await settled();
        const second = await publish();
        assert.equal(second, "2");
        const seen = await Promise.all(["1", "2", "live", "$LATEST"].map(async (qualifier) => (await invoke({}, qualifier)).payload));
        assert.deepEqual(seen.map((payload) => [payload.version, payload.setting]), [["1", "one"], ["2", "two"], ["1", "one"], ["$LATEST", "two"]]);
    });

    it("refuses an image that is not in the registry", async () => {
        const missing = lambda.send(new UpdateFunctionCodeCommand({ FunctionName: name, ImageUri: `${address.split("@")[0]}@sha256:${"0".repeat(64)}` }));
        await assert.rejects(missing, /Source image .* does not exist/);
    });

    it("keeps reserved concurrency for versions too", async () => {
        await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: 0 }));
        await assert.rejects(invoke({}, "live"), { name: "TooManyRequestsException" });
        await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
    });

    it("sends an event that failed to the dead-letter queue as it came, with the error beside it", async () => {
        const named = new UpdateFunctionConfigurationCommand({ FunctionName: name, DeadLetterConfig: { TargetArn: arn("sqs", `${name}-dead`) } });
        await assert.rejects(lambda.send(named), /does not have permissions to call SendMessage on SQS/);
        await allow("dead", ["sqs:SendMessage"], arn("sqs", `${name}-dead`));
        await lambda.send(named);
        await settled();
        await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: name, MaximumRetryAttempts: 0 }));
        const answer = await lambda.send(new InvokeCommand({ FunctionName: name, InvocationType: "Event", Payload: JSON.stringify({ do: "raise", n: 7 }) }));
        assert.equal(answer.StatusCode, 202);
        const letter = await receive("dead");
        assert.deepEqual(JSON.parse(letter.Body ?? ""), { do: "raise", n: 7 });
        const attributes = letter.MessageAttributes ?? {};
        assert.deepEqual([attributes.ErrorMessage?.StringValue, attributes.ErrorCode?.StringValue], ["no such thing", "200"]);
        assert.match(attributes.RequestID?.StringValue ?? "", /^[0-9a-f-]{36}$/);
    });

    it("is invoked by a bucket only with permission", async () => {
        await s3.send(new CreateBucketCommand({ Bucket: name }));
        const notification = new PutBucketNotificationConfigurationCommand({ Bucket: name, NotificationConfiguration: { LambdaFunctionConfigurations: [{ LambdaFunctionArn: live, Events: ["s3:ObjectCreated:*"] }] } });
        await assert.rejects(s3.send(notification), /Unable to validate the following destination configurations/);
        await lambda.send(new AddPermissionCommand({ FunctionName: name, Qualifier: "live", StatementId: "bucket", Action: "lambda:InvokeFunction", Principal: "s3.amazonaws.com", SourceArn: `arn:aws:s3:::${name}`, SourceAccount: account }));
        await s3.send(notification);
        await s3.send(new PutObjectCommand({ Bucket: name, Key: "raise", Body: "x" }));
        assert.ok((await logged("record raise")).length > 0);
    });

    it("takes batches of a queue, gives back what failed, and leaves what fails again to the redrive queue", async () => {
        const mapping = new CreateEventSourceMappingCommand({ EventSourceArn: arn("sqs", `${name}-work`), FunctionName: live, BatchSize: 5, FunctionResponseTypes: ["ReportBatchItemFailures"] });
        await assert.rejects(lambda.send(mapping), /does not have permissions to call ReceiveMessage on SQS/);
        await allow("work", ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], arn("sqs", `${name}-work`));
        const { UUID } = await lambda.send(mapping);
        for (const body of ["good", "bad"]) {
            await sqs.send(new SendMessageCommand({ QueueUrl: queues.work, MessageBody: body }));
        }
        assert.equal((await receive("poison")).Body, "bad");
        assert.equal((await logged("record good")).length, 1);
        await lambda.send(new DeleteEventSourceMappingCommand({ UUID }));
    });
});
