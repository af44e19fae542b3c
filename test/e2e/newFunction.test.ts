import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeImagesCommand, ECRClient } from "@aws-sdk/client-ecr";
import { GetRoleCommand, ListRolePoliciesCommand } from "@aws-sdk/client-iam";
import { GetFunctionCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { GetQueueUrlCommand } from "@aws-sdk/client-sqs";
import { assertSuccess, Checkout, lastJson, UpDocument } from "./support/checkout";
import { Clients, clientsOf } from "./support/clients";
import { imageTraffic, made, NONE } from "./support/imageTraffic";
import { sharedCheckout } from "./support/shared";
import { waitFor } from "./support/wait";

const DIRECTORY = "app/functions/hello";
const NAME = "container-lambdas-local-hello";
const REPOSITORY = "container-lambdas-local/hello";

const MANIFEST = `description: Says hello.
layer: false
alarms: { errors: 1, throttles: 1 }
`;

const DOCKERFILE = `ARG BASE_PYTHON
FROM \${BASE_PYTHON}
COPY app.py /var/task/
CMD ["app.handler"]
`;

const HANDLER = `def handler(event, context):
    return {"hello": event.get("name", "world")}
`;

/** What of a function the account, the registry and the Docker engine have; the members are what each was asked for. */
interface Presence {
    readonly function: string | undefined;
    readonly repository: string[] | undefined;
    /** Status of the registry's answer for the key. */
    readonly image: number;
    readonly role: string[] | undefined;
    readonly logGroups: string[];
    readonly deadLetters: string | undefined;
    readonly alarms: string[];
    readonly containers: number;
}

describe("a new directory below app/functions", () => {
    let checkout: Checkout;
    let clients: Clients;
    let ecr: ECRClient;
    let logs: CloudWatchLogsClient;
    let cloudwatch: CloudWatchClient;
    let key = "";
    let outputsBefore: string;

    before(async () => {
        ({ checkout } = await sharedCheckout());
        const variables = await checkout.environment();
        clients = clientsOf(variables);
        const settings = {
            endpoint: clients.endpoint,
            region: variables.AWS_REGION,
            credentials: { accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "" },
        };
        [ecr, logs, cloudwatch] = [new ECRClient(settings), new CloudWatchLogsClient(settings), new CloudWatchClient(settings)];
        outputsBefore = await outputs();
    });

    after(async () => {
        if (existsSync(checkout.path(DIRECTORY))) {
            rmSync(checkout.path(DIRECTORY), { recursive: true });
            await up();
        }
    });

    const up = (): ReturnType<typeof imageTraffic<UpDocument>> => imageTraffic(checkout, async () => lastJson<UpDocument>(assertSuccess(await checkout.npm("up", "local", "--json"))));
    const outputs = async (): Promise<string> => assertSuccess(await checkout.local("pulumi", ["stack", "output", "-s", "local", "--json"])).stdout;

    async function presence(): Promise<Presence> {
        const url = `http://${clients.registry}/v2/${REPOSITORY}/manifests/${key}`;
        const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: `/aws/lambda/${NAME}` }));
        const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: NAME }));
        const containers = await clients.docker.listContainers({ all: true, filters: { label: [`container-lambdas.root=${checkout.root}`] } });
        return {
            function: await found(async () => (await clients.lambda.send(new GetFunctionCommand({ FunctionName: NAME, Qualifier: "live" }))).Configuration?.Version),
            repository: await found(async () => (await ecr.send(new DescribeImagesCommand({ repositoryName: REPOSITORY }))).imageDetails?.flatMap(({ imageTags = [] }) => imageTags)),
            image: (await fetch(url, { method: "HEAD", headers: { Accept: "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json" } })).status,
            role: await found(async () => {
                await clients.iam.send(new GetRoleCommand({ RoleName: NAME }));
                return (await clients.iam.send(new ListRolePoliciesCommand({ RoleName: NAME }))).PolicyNames;
            }),
            logGroups: logGroups.flatMap(({ logGroupName }) => logGroupName ?? []),
            deadLetters: await found(async () => (await clients.sqs.send(new GetQueueUrlCommand({ QueueName: `${NAME}-dlq` }))).QueueUrl?.split("/").at(-1)),
            alarms: MetricAlarms.flatMap(({ AlarmName }) => AlarmName ?? []).sort(),
            containers: containers.filter(({ Image }) => Image.includes(REPOSITORY)).length,
        };
    }

    it("with a Dockerfile, a manifest of three lines and a handler is a live function after up, and nothing else was touched", async () => {
        assert.equal(MANIFEST.trimEnd().split("\n").length, 3);
        checkout.write(`${DIRECTORY}/function.yaml`, MANIFEST);
        checkout.write(`${DIRECTORY}/Dockerfile`, DOCKERFILE);
        checkout.write(`${DIRECTORY}/app.py`, HANDLER);
        const { result, traffic } = await up();
        console.log(`      added: up ${result.seconds.up} s of ${result.seconds.total} s`);
        assert.deepEqual([traffic.builds, traffic.pushes, traffic.manifests], [["hello"], ["hello"], ["hello"]]);
        const { Payload, FunctionError } = await clients.lambda.send(new InvokeCommand({ FunctionName: NAME, Qualifier: "live", Payload: JSON.stringify({ name: "you" }) }));
        assert.deepEqual([Buffer.from(Payload ?? []).toString(), FunctionError], ['{"hello": "you"}', undefined]);
        assert.equal(checkout.status(), `?? ${DIRECTORY}/\n`);
        key = result.images.find(({ name }) => name === "hello")?.key ?? "";
        assert.deepEqual(await presence(), {
            function: "1",
            repository: [key],
            image: 200,
            role: ["grants"],
            logGroups: [`/aws/lambda/${NAME}`],
            deadLetters: `${NAME}-dlq`,
            alarms: [`${NAME}-errors-alarm`, `${NAME}-throttles-alarm`],
            containers: 1,
        });
    });

    it("taken away again leaves nothing of it, and builds nothing", async () => {
        rmSync(checkout.path(DIRECTORY), { recursive: true });
        const { result, traffic } = await up();
        console.log(`      removed: up ${result.seconds.up} s of ${result.seconds.total} s`);
        assert.deepEqual(made(traffic), NONE);
        // Containers end on their own time once their function is gone.
        await waitFor("the end of its container", async () => ((await presence()).containers === 0 ? true : undefined), 15);
        assert.deepEqual(await presence(), {
            function: undefined,
            repository: undefined,
            image: 404,
            role: undefined,
            logGroups: [],
            deadLetters: undefined,
            alarms: [],
            containers: 0,
        });
        assert.equal(await outputs(), outputsBefore);
        assert.equal(checkout.status(), "");
        assert.equal(existsSync(checkout.path(".build/contexts/hello")), false, "its staged context is still there");
    });
});

/** What AWS says that there is; undefined where it says that there is no such thing. */
async function found<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
        return await ask();
    } catch (error) {
        if (error instanceof Error && /^(ResourceNotFoundException|RepositoryNotFoundException|NoSuchEntity(Exception)?|QueueDoesNotExist|AWS\.SimpleQueueService\.NonExistentQueue)$/.test(error.name)) {
            return undefined;
        }
        throw error;
    }
}
