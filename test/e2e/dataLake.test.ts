import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { AthenaClient, BatchGetNamedQueryCommand, GetQueryExecutionCommand, GetQueryResultsCommand, ListNamedQueriesCommand, StartQueryExecutionCommand } from "@aws-sdk/client-athena";
import { GetPartitionCommand } from "@aws-sdk/client-glue";
import { DescribeExecutionCommand, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { eventMessage } from "../../automation/lake/lake";
import { lastJson, type Checkout } from "./support/checkout";
import { TestLake } from "./support/lake";
import { record, TestDatasets } from "./support/lakeDatasets";
import { sharedCheckout } from "./support/shared";
import { waitFor } from "./support/wait";

const SAMPLES = "app/samples";
/** By hand 200; fewer do as well where much else runs. */
const LOAD = Number(process.env.LAKE_LOAD ?? "30");

interface LoadDocument {
    readonly counts: Readonly<Record<string, number>>;
    readonly differences: readonly string[];
    readonly duplicated: number;
    readonly killed: readonly string[];
    readonly timing: object;
}

describe("the sample data lake", () => {
    let checkout: Checkout;
    let lake: TestLake;
    let datasets: TestDatasets;
    const run = randomBytes(4).toString("hex");

    before(async () => {
        ({ checkout } = await sharedCheckout("sample"));
        lake = await TestLake.of(checkout);
        datasets = new TestDatasets(lake);
    });

    after(() => datasets?.remove());

    /** Of each object one finished execution in stage A and one in stage B, and none that ended otherwise. */
    async function assertOneExecutionEach(ids: readonly string[]): Promise<void> {
        const history = await lake.history(ids);
        assert.deepEqual(history.filter(({ status }) => status !== "SUCCEEDED").map(({ id, status, reason }) => [id, status, reason]), []);
        for (const stage of ["A", "B"]) {
            const objects = history.filter((execution) => execution.stage === stage).flatMap((execution) => execution.objects);
            assert.deepEqual(objects.filter((id) => ids.includes(id)).sort(), [...ids].sort(), `stage ${stage}`);
        }
    }

    it("makes of every sample record a row with exact values, a catalogue entry, finished executions and a registered partition, and Athena finds as many", async () => {
        const files = readdirSync(checkout.path(SAMPLES)).filter((name) => name.endsWith(".json")).sort();
        const ids = await Promise.all(files.map((name) => lake.put(`engineering/meteorites/${run}/${name}`, checkout.read(`${SAMPLES}/${name}`))));
        const entries = await lake.finish(ids);
        await lake.settled();

        const keys = [...new Set(entries.map(({ parquetKey = "" }) => parquetKey))].sort();
        const verified = await lake.onParquet(`${SAMPLES}/verify.py`, [checkout.path(SAMPLES)], keys);
        const spread = keys.length === 1 ? "1 file" : `${keys.length} files`;
        assert.equal(verified.trimEnd().split("\n").at(-1), `${files.length} samples, ${files.length} rows in ${spread}, 10 fields each, 0 different`);
        await assertOneExecutionEach(ids);

        const { database, tables } = lake.outputs.catalog;
        for (const date of new Set(keys.map((key) => /\/date=([\d-]{10})\//.exec(key)?.[1] ?? key))) {
            const { Partition } = await lake.glue.send(new GetPartitionCommand({ DatabaseName: database, TableName: tables["engineering-meteorites"], PartitionValues: [date] }));
            assert.equal(Partition?.StorageDescriptor?.Location, `s3://${lake.lake.stageBucket}/post-stage/engineering/meteorites/date=${date}/`);
        }

        const all = Object.values(await lake.rows("meteorites")).reduce((sum, count) => sum + count, 0);
        const answered = await askNamedQuery();
        // The query asks for the newest hundred.
        assert.equal(answered.length, Math.min(all, 100));
        assert.deepEqual(files.map((name) => (JSON.parse(checkout.read(`${SAMPLES}/${name}`)) as { name: string }).name).filter((name) => !answered.includes(name)), []);
    });

    /** The names that the stack's query about meteorites answers. */
    async function askNamedQuery(): Promise<string[]> {
        const variables = await checkout.environment();
        const credentials = { accessKeyId: variables.AWS_ACCESS_KEY_ID ?? "", secretAccessKey: variables.AWS_SECRET_ACCESS_KEY ?? "" };
        const athena = new AthenaClient({ endpoint: variables.AWS_ENDPOINT_URL, region: variables.AWS_REGION, credentials });
        const WorkGroup = "container-lambdas-local-lake";
        const { NamedQueryIds = [] } = await athena.send(new ListNamedQueriesCommand({ WorkGroup }));
        const { NamedQueries = [] } = await athena.send(new BatchGetNamedQueryCommand({ NamedQueryIds }));
        const query = NamedQueries.find(({ Name }) => Name === "container-lambdas-local-engineering-meteorites");
        assert.ok(query !== undefined, `there are ${NamedQueries.map(({ Name }) => Name).join(", ")}`);
        const { QueryExecutionId } = await athena.send(new StartQueryExecutionCommand({ QueryString: query.QueryString, QueryExecutionContext: { Database: query.Database }, WorkGroup }));
        const status = await waitFor("the end of the query", async () => {
            const { QueryExecution } = await athena.send(new GetQueryExecutionCommand({ QueryExecutionId }));
            return ["QUEUED", "RUNNING"].includes(QueryExecution?.Status?.State ?? "") ? undefined : QueryExecution?.Status;
        });
        assert.equal(status.State, "SUCCEEDED", status.StateChangeReason);
        const { ResultSet } = await athena.send(new GetQueryResultsCommand({ QueryExecutionId }));
        const [header = [], ...rows] = (ResultSet?.Rows ?? []).map(({ Data = [] }) => Data.map(({ VarCharValue }) => VarCharValue));
        return rows.map((row) => row[header.indexOf("name")] ?? "");
    }

    it("makes one entry and one row of an object that is put three times and whose event comes three times more at once", async () => {
        await datasets.declare("thrice");
        const path = `engineering/thrice/${run}.json`;
        const body = record(`thrice-${run}`);
        const { rawBucket } = lake.lake;
        const put = (): Promise<unknown> => lake.put(path, body);
        await put();
        const { ETag = "" } = await lake.clients.s3.send(new HeadObjectCommand({ Bucket: rawBucket, Key: `raw/${path}` }));
        const message = eventMessage(rawBucket, `raw/${path}`, { size: body.length, etag: ETag.replaceAll('"', "") }, new Date());
        const send = (): Promise<unknown> => lake.clients.sqs.send(new SendMessageCommand({ QueueUrl: lake.outputs.queues.routing, MessageBody: message }));
        await Promise.all([put(), put(), send(), send(), send()]);
        await once(path, `thrice-${run}`);
    });

    it("changes nothing when executions of both stages are repeated under other names", async () => {
        await datasets.declare("repeated");
        const path = `engineering/repeated/${run}.json`;
        const id = await lake.put(path, record(`repeated-${run}`));
        await once(path, `repeated-${run}`);
        const before = await lake.entry(id);
        const { stateMachines } = lake.outputs;
        for (const { id: name, stage } of await lake.history([id])) {
            const stateMachineArn = stateMachines[`stage${stage}`];
            const { input, status } = await lake.steps.send(new DescribeExecutionCommand({ executionArn: executionOf(stateMachineArn, name) }));
            assert.equal(status, "SUCCEEDED");
            const { executionArn } = await lake.steps.send(new StartExecutionCommand({ stateMachineArn, name: `${name}-repeated-${run}`.slice(-80), input }));
            const ended = await waitFor(`the end of stage ${stage}, repeated`, async () => {
                const execution = await lake.steps.send(new DescribeExecutionCommand({ executionArn }));
                return execution.status === "RUNNING" ? undefined : execution;
            }, 300);
            assert.equal(ended.status, "SUCCEEDED", ended.cause);
        }
        await once(path, `repeated-${run}`);
        // The batch may say once more when its objects were processed, and nothing else.
        assert.deepEqual({ ...(await lake.entry(id)), processed_at: before.processed_at }, before);
    });

    /** Lets an object go through and finds it there once, wherever the lake keeps it. */
    async function once(path: string, recordId: string): Promise<void> {
        const id = `${lake.lake.rawBucket}/raw/${path}`;
        await lake.finish([id]);
        await lake.settled();
        await lake.flush();
        await lake.settled();
        assert.deepEqual((await lake.entries([id])).map(({ status }) => status), ["PROCESSED"]);
        assert.equal((await lake.rows(path.split("/")[1] ?? ""))[recordId], 1);
        await assertOneExecutionEach([id]);
        const { Body } = await lake.clients.s3.send(new GetObjectCommand({ Bucket: lake.lake.stageBucket, Key: `pre-stage/${path.replace(/json$/, "csv")}` }));
        assert.equal((await Body?.transformToString())?.split("\n").length, 2);
    }

    it(`loses nothing and has nothing twice of ${LOAD} objects, with a tenth of the events delivered twice and containers killed while they work`, async () => {
        const outcome = await checkout.npm("local:load", "--json", String(LOAD), "--duplicates", "10", "--kill");
        const { counts, differences, duplicated, killed, timing } = lastJson<LoadDocument>(outcome);
        console.log(`      ${JSON.stringify({ duplicated, killed, timing })}`);
        assert.deepEqual({ status: outcome.status, differences }, { status: 0, differences: [] });
        assert.deepEqual(new Set(Object.values(counts)), new Set([LOAD]));
        assert.ok(duplicated > 0);
        assert.ok(killed.length > 0);
    });
});

function executionOf(stateMachineArn: string, name: string): string {
    return `${stateMachineArn.replace(":stateMachine:", ":execution:")}:${name}`;
}
