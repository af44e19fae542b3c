import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { runningLocal } from "../../../local/environment";
import { assertSuccess, Checkout, run } from "./checkout";
import { clientsOf } from "./clients";
import { waitFor } from "./wait";

/** Where the test application's functions put what became of its sample records. */
export const CSV_PREFIX = "csv/meteorites/samples/";
export const PARQUET_KEY = "parquet/meteorites/samples.parquet";

const RAW_PREFIX = "meteorites/samples/";
const SAMPLES = "app/samples";

interface Outputs {
    readonly rawBucket: string;
    readonly stageBucket: string;
    readonly queues: { readonly conversions: string };
}

/** File names of the sample records, sorted. */
export function sampleRecords(checkout: Checkout): string[] {
    return readdirSync(checkout.path(SAMPLES)).filter((name) => name.endsWith(".json")).sort();
}

/** Object keys that the records' CSV has, sorted. */
export function csvKeys(checkout: Checkout): string[] {
    return sampleRecords(checkout).map((name) => `${CSV_PREFIX}${name.replace(/json$/, "csv")}`).sort();
}

/**
 * Sends the sample records of the test application through both of its triggers in stack `local`: the bucket's makes CSV
 * objects of them, the queue's one Parquet file. Nothing of an earlier call counts.
 */
export async function convertSampleRecords(checkout: Checkout): Promise<void> {
    const { s3, sqs } = clientsOf(await checkout.environment());
    const { rawBucket, stageBucket, queues } = await outputsOf(checkout);
    const csv = csvKeys(checkout);
    for (const Key of [...(await keysBelow(s3, stageBucket, CSV_PREFIX)), PARQUET_KEY]) {
        await s3.send(new DeleteObjectCommand({ Bucket: stageBucket, Key }));
    }
    for (const name of sampleRecords(checkout)) {
        await s3.send(new PutObjectCommand({ Bucket: rawBucket, Key: `${RAW_PREFIX}${name}`, Body: readFileSync(checkout.path(`${SAMPLES}/${name}`)) }));
    }
    await waitFor(`the CSV of ${csv.length} records`, async () => {
        const found = await keysBelow(s3, stageBucket, CSV_PREFIX);
        return csv.every((key) => found.includes(key)) ? true : undefined;
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: queues.conversions, MessageBody: JSON.stringify({ prefix: CSV_PREFIX, target: PARQUET_KEY }) }));
    await waitFor(PARQUET_KEY, async () => ((await keysBelow(s3, stageBucket, PARQUET_KEY)).length === 1 ? true : undefined));
}

/** Compares the Parquet file with the records, field by field; answers what the comparison says at last. */
export async function compareParquet(checkout: Checkout): Promise<string> {
    const { s3 } = clientsOf(await checkout.environment());
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: (await outputsOf(checkout)).stageBucket, Key: PARQUET_KEY }));
    const bytes = await Body?.transformToByteArray();
    const python = (await runningLocal(checkout.root))?.python;
    if (bytes === undefined || python === undefined) {
        throw new Error(`${PARQUET_KEY} is empty, or the emulator of ${checkout.root} does not run.`);
    }
    const folder = mkdtempSync(join(tmpdir(), "cl-parquet-"));
    try {
        const file = join(folder, "samples.parquet");
        writeFileSync(file, bytes);
        const { stdout } = assertSuccess(await run(python, [checkout.path(`${SAMPLES}/verify.py`), checkout.path(SAMPLES), file], folder, await checkout.environment()));
        return stdout.trimEnd().split("\n").at(-1) ?? "";
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function outputsOf(checkout: Checkout): Promise<Outputs> {
    return JSON.parse(assertSuccess(await checkout.local("pulumi", ["stack", "output", "--stack", "local", "--json"])).stdout) as Outputs;
}

/** Of at most 1,000 objects: there are fewer. */
async function keysBelow(s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.flatMap(({ Key }) => Key ?? []).sort();
}
