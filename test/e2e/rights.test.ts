import assert from "node:assert/strict";
import { join } from "node:path";
import { InvokeCommand, ListEventSourceMappingsCommand } from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { RESOURCES } from "../application/app/resources";
import { assertSuccess, Checkout } from "./support/checkout";
import { type Clients, clientsOf } from "./support/clients";
import { declaredRights, isOfTrigger, PREFIX, refusalIn, without } from "./support/rights";
import { sharedCheckout } from "./support/shared";
import { waitFor } from "./support/wait";

// Outside the prefix of the bucket's trigger: only the calls of this test convert it.
const RAW_KEY = "rights/record.json";
const CSV_KEY = "csv/rights/record.csv";
const PARQUET_KEY = "parquet/rights/record.parquet";
const RECORD = { name: "Rights", id: "77", nametype: "Valid", recclass: "L5", mass: "1", fall: "Fell", reclat: "1.0", reclong: "2.0" };

/** For every function with grants: a call that uses each of them, and the answer when it has them all. */
const CALLS: Readonly<Record<string, { readonly payload: unknown; readonly answer: RegExp }>> = {
    "csv-to-parquet": { payload: { prefix: "csv/rights/", target: PARQUET_KEY }, answer: /"rows": ?1/ },
    "json-to-csv": { payload: { Records: [{ s3: { bucket: { name: `${PREFIX}-000000000000-raw` }, object: { key: RAW_KEY } } }] }, answer: /"written": ?\["csv\/rights\/record\.csv"\]/ },
    "record-lookup": { payload: { id: "77", prefix: "csv/rights/" }, answer: /"found": ?true/ },
    "record-summary": { payload: { prefix: "csv/rights/" }, answer: /"rows": ?1/ },
};

describe("rights are real", () => {
    let checkout: Checkout;
    let clients: Clients;
    const rights = declaredRights(join(__dirname, "..", "application"), RESOURCES);
    const bucket = (kind: "raw" | "stage"): string => `${PREFIX}-000000000000-${kind}`;
    const physical = (name: string): string => `${PREFIX}-${name}`;

    before(async () => {
        ({ checkout } = await sharedCheckout());
        clients = clientsOf(await checkout.environment());
        await clients.s3.send(new PutObjectCommand({ Bucket: bucket("raw"), Key: RAW_KEY, Body: JSON.stringify(RECORD) }));
        await assertWorks("json-to-csv");
    });

    after(async () => {
        await clients.s3.send(new DeleteObjectCommand({ Bucket: bucket("raw"), Key: RAW_KEY }));
        for (const Key of [CSV_KEY, PARQUET_KEY]) {
            await clients.s3.send(new DeleteObjectCommand({ Bucket: bucket("stage"), Key }));
        }
    });

    async function invoke(name: string): Promise<{ readonly error: string | undefined; readonly payload: string }> {
        const call = CALLS[name];
        assert.ok(call, `${name} has grants, and no call that uses them is known: add one to CALLS`);
        const { FunctionError, Payload } = await clients.lambda.send(new InvokeCommand({ FunctionName: physical(name), Qualifier: "live", Payload: JSON.stringify(call.payload) }));
        return { error: FunctionError, payload: Buffer.from(Payload ?? []).toString() };
    }

    async function assertWorks(name: string): Promise<void> {
        const { error, payload } = await invoke(name);
        assert.equal(error, undefined, payload);
        assert.match(payload, CALLS[name].answer);
    }

    /** The message is the one that AWS gives: who, and what was not allowed. */
    async function assertRefused(name: string, actions: readonly string[]): Promise<void> {
        const { error, payload } = await invoke(name);
        assert.equal(error, "Unhandled", payload);
        const { errorMessage } = JSON.parse(payload) as { errorMessage: string };
        const { role, action } = refusalIn(errorMessage) ?? {};
        assert.equal(role, physical(name), errorMessage);
        assert.ok(actions.includes(action ?? ""), errorMessage);
    }

    it("every function with a grant is among the tested ones", () => {
        assert.deepEqual([...new Set(rights.map(({ model }) => model.name))].sort(), Object.keys(CALLS).sort());
    });

    for (const right of rights.filter((one) => !isOfTrigger(one))) {
        const { model, access, resource, actions } = right;
        it(`${model.name} without "${access}" on ${resource} is refused, and works again with it`, async () => {
            await without(clients.iam, right, () => assertRefused(model.name, actions));
            await assertWorks(model.name);
        });
    }

    for (const right of rights.filter(isOfTrigger)) {
        const { model, resource } = right;
        it(`${model.name} without "consume" on ${resource} gets no message of it, and gets them again with it`, async () => {
            const { stdout } = assertSuccess(await checkout.local("pulumi", ["stack", "output", "-s", "local", "--json", "queues"]));
            const QueueUrl = (JSON.parse(stdout) as Record<string, string>)[resource];
            await clients.s3.send(new DeleteObjectCommand({ Bucket: bucket("stage"), Key: PARQUET_KEY }));
            await without(clients.iam, right, async () => {
                await clients.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(CALLS[model.name].payload) }));
                const told = await waitFor(`the refusal of the mapping of ${resource}`, async () => {
                    const { EventSourceMappings: [mapping] = [] } = await clients.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: physical(model.name) }));
                    return mapping?.LastProcessingResult?.startsWith("PROBLEM") === true ? mapping.LastProcessingResult : undefined;
                });
                assert.match(told, new RegExp(`role/${physical(model.name)} .*sqs:ReceiveMessage`));
                const { Attributes } = await clients.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }));
                assert.deepEqual([Attributes?.ApproximateNumberOfMessages, Attributes?.ApproximateNumberOfMessagesNotVisible], ["1", "0"]);
            });
            await waitFor(PARQUET_KEY, async () => {
                const { KeyCount } = await clients.s3.send(new ListObjectsV2Command({ Bucket: bucket("stage"), Prefix: PARQUET_KEY }));
                return KeyCount === 1 ? true : undefined;
            });
        });
    }

    it("a grant removed from the manifest is gone with the next `up`, and back with the one after", async () => {
        const manifest = "app/functions/json-to-csv/function.yaml";
        const before = checkout.read(manifest);
        checkout.edit(manifest, "  raw: read\n", "");
        try {
            assertSuccess(await checkout.npm("up", "local"));
            await assertRefused("json-to-csv", ["s3:GetObject"]);
        } finally {
            checkout.write(manifest, before);
        }
        assertSuccess(await checkout.npm("up", "local"));
        await assertWorks("json-to-csv");
        assert.equal(checkout.status(), "");
    });
});
