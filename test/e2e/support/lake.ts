import { GetItemCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GlueClient } from "@aws-sdk/client-glue";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { createLakeClient, type DeadLetter, type LakeClient } from "../../../automation/lake/client";
import { type Entry, type Execution, plainItem } from "../../../automation/lake/items";
import { findLake, type Lake, type LakeStage } from "../../../automation/lake/lake";
import { withParquetFiles } from "../../../automation/lake/parquet";
import { readEntries, readHistory } from "../../../automation/lake/tables";
import { runningLocal } from "../../../local/environment";
import { assertSuccess, type Checkout, lastJson, run } from "./checkout";
import { type Clients, clientsOf } from "./clients";
import { waitFor } from "./wait";

/** Seconds for anything that objects have to go through, on a machine that does much else. */
const PATIENCE = 300;

/** What the stack says of the lake besides what the commands need. */
interface Outputs {
    readonly queues: Readonly<Record<"routing" | "stageA" | "stageB", string>>;
    readonly stateMachines: Readonly<Record<"stageA" | "stageB", string>>;
    readonly catalog: { readonly database: string; readonly tables: Readonly<Record<string, string>> };
}

/** The data lake of a checkout's stack `local`: a test puts objects in, sees what becomes of them, and sets things right. */
export class TestLake {
    private constructor(
        readonly checkout: Checkout,
        readonly clients: Clients,
        readonly lake: Lake,
        readonly outputs: Outputs,
        readonly steps: SFNClient,
        readonly glue: GlueClient,
        readonly tables: DynamoDBClient,
        private readonly client: LakeClient,
        private readonly python: string,
        /** Milliseconds since 1970: history before it is somebody else's. */
        private readonly since: number,
    ) {}

    static async of(checkout: Checkout): Promise<TestLake> {
        const variables = await checkout.environment();
        const outputs = JSON.parse(assertSuccess(await checkout.local("pulumi", ["stack", "output", "--stack", "local", "--json"])).stdout) as Outputs & Readonly<Record<string, unknown>>;
        const lake = findLake(outputs);
        const python = (await runningLocal(checkout.root))?.python;
        if (lake === undefined || python === undefined) {
            throw new Error(`No data lake runs in ${checkout.root}; the stack's outputs are ${Object.keys(outputs).join(", ")}.`);
        }
        const settings = {
            endpoint: variables.AWS_ENDPOINT_URL,
            region: variables.AWS_REGION,
            credentials: { accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "" },
        };
        const [steps, glue, tables] = [new SFNClient(settings), new GlueClient(settings), new DynamoDBClient(settings)];
        return new TestLake(checkout, clientsOf(variables), lake, outputs, steps, glue, tables, createLakeClient(variables), python, Date.now());
    }

    /** Puts an object below `raw/`; answers its id in the catalogue. */
    async put(path: string, body: string | Uint8Array): Promise<string> {
        const Key = `raw/${path}`;
        await this.clients.s3.send(new PutObjectCommand({ Bucket: this.lake.rawBucket, Key, Body: body }));
        return `${this.lake.rawBucket}/${Key}`;
    }

    async entries(ids: readonly string[]): Promise<readonly Entry[]> {
        const found = await readEntries(this.client, this.lake, ids);
        return ids.flatMap((id) => found.get(id) ?? []);
    }

    /** All that the catalogue says of one object. */
    async entry(id: string): Promise<Readonly<Record<string, unknown>>> {
        const { Item = {} } = await this.tables.send(new GetItemCommand({ TableName: this.lake.tables.objects, Key: { id: { S: id } }, ConsistentRead: true }));
        return plainItem(Item);
    }

    /** What the history has of these objects. */
    history(ids: readonly string[]): Promise<readonly Execution[]> {
        return readHistory(this.client, this.lake, new Set(ids), this.since);
    }

    /** Waits until every object has one of the statuses. */
    async reach(ids: readonly string[], ...statuses: readonly string[]): Promise<readonly Entry[]> {
        let last: readonly Entry[] = [];
        return waitFor(`${statuses.join(" or ")} of ${ids.length} objects`, async () => {
            last = await this.entries(ids);
            return last.length === ids.length && last.every(({ status }) => statuses.includes(status)) ? last : undefined;
        }, PATIENCE).catch((error: unknown) => {
            throw new Error(`${String(error)}: ${JSON.stringify(last.map(({ id, status, reason }) => [id.slice(id.indexOf("/raw/")), status, reason]))}`);
        });
    }

    /** Lets stage B take whatever waits once all of these objects have come so far, and waits until they are through. */
    async finish(ids: readonly string[]): Promise<readonly Entry[]> {
        await this.reach(ids, "WAITING", "CLAIMED", "PROCESSED");
        await this.flush();
        return this.reach(ids, "PROCESSED");
    }

    /** What the schedule of stage B does. */
    async flush(): Promise<void> {
        await this.call("stage-b-routing", { flush: true });
    }

    /** Waits until nothing is on its way any more: the queues are looked at in the order in which work goes through them. */
    async settled(): Promise<void> {
        const { queues, stateMachines } = this.outputs;
        const rests = async (): Promise<boolean> =>
            (await this.isEmpty(queues.routing)) && (await this.isEmpty(queues.stageA)) && (await this.isIdle(stateMachines.stageA)) && (await this.isEmpty(queues.stageB)) && this.isIdle(stateMachines.stageB);
        await waitFor("the end of all work", async () => ((await rests()) ? true : undefined), PATIENCE);
    }

    /** How often each id stands in the Parquet files of a dataset, whether or not the catalogue knows of the files. */
    async rows(dataset: string): Promise<Readonly<Record<string, number>>> {
        const counts: Record<string, number> = {};
        for (const id of await this.column(await this.parquetKeys(dataset), "id")) {
            counts[id] = (counts[id] ?? 0) + 1;
        }
        return counts;
    }

    async parquetKeys(dataset: string): Promise<string[]> {
        const { Contents = [] } = await this.clients.s3.send(new ListObjectsV2Command({ Bucket: this.lake.stageBucket, Prefix: `post-stage/engineering/${dataset}/` }));
        return Contents.flatMap(({ Key }) => Key ?? []).sort();
    }

    /** Works with the Python of the emulator on Parquet files; answers what it prints. */
    async onParquet(script: string, args: readonly string[], keys: readonly string[]): Promise<string> {
        const { s3 } = this.clients;
        const getObject = async (Bucket: string, Key: string): Promise<Uint8Array> => {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
            return (await Body?.transformToByteArray()) ?? new Uint8Array();
        };
        return withParquetFiles({ aws: { getObject } }, this.lake, keys, async (files) => {
            const outcome = await run(this.python, [this.checkout.path(script), ...args, ...files], this.checkout.root, await this.checkout.environment());
            return assertSuccess(outcome).stdout;
        });
    }

    /** Messages on a dead-letter queue whose body has this text in it. */
    async letters(stage: LakeStage, about: string): Promise<readonly DeadLetter[]> {
        const all = await this.client.peekMessages(this.lake.deadLetters[stage], 1_000);
        return all.filter(({ body }) => body.includes(about));
    }

    /** Waits for the messages about something; fails if there are more than expected. */
    async letter(stage: LakeStage, about: string): Promise<DeadLetter> {
        const found = await waitFor(`a dead letter of ${stage} about ${about}`, async () => {
            const letters = await this.letters(stage, about);
            return letters.length > 0 ? letters : undefined;
        }, PATIENCE);
        if (found.length !== 1) {
            throw new Error(`${found.length} dead letters about ${about}: ${JSON.stringify(found)}`);
        }
        return found[0];
    }

    /** `npm run local:invoke`, as a person puts messages back. */
    async redrive(name: "redrive" | "stage-a-redrive" | "stage-b-redrive"): Promise<{ readonly redriven: number; readonly left: number }> {
        const outcome = assertSuccess(await this.checkout.npm("local:invoke", "--json", name, "{}"));
        return lastJson<{ readonly payload: { readonly redriven: number; readonly left: number } }>(outcome).payload;
    }

    /** Calls a function with AWS's API; fails where it does. */
    async call<T>(name: string, payload: object): Promise<T> {
        const { Payload, FunctionError } = await this.clients.lambda.send(new InvokeCommand({ FunctionName: `container-lambdas-local-${name}`, Qualifier: "live", Payload: JSON.stringify(payload) }));
        const text = Buffer.from(Payload ?? []).toString();
        if (FunctionError !== undefined) {
            throw new Error(`${name} failed (${FunctionError}): ${text}`);
        }
        return JSON.parse(text) as T;
    }

    private async column(keys: readonly string[], name: string): Promise<string[]> {
        if (keys.length === 0) {
            return [];
        }
        const { rows } = JSON.parse(await this.onParquet("automation/lake/parquet_rows.py", ["--column", name], keys)) as { readonly rows: readonly (readonly string[])[] };
        return rows.flat();
    }

    private async isEmpty(queueUrl: string): Promise<boolean> {
        return (await this.client.queueDepth(queueUrl)) === 0;
    }

    private async isIdle(stateMachineArn: string): Promise<boolean> {
        const { executions = [] } = await this.steps.send(new ListExecutionsCommand({ stateMachineArn, statusFilter: "RUNNING", maxResults: 1 }));
        return executions.length === 0;
    }
}
