import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { STS } from "@aws-sdk/client-sts";

/** Milliseconds: a record is a CSV line within seconds, and containers may have to start. */
const PATIENCE = 180_000;

/**
 * What a delivery tries on the deployed lake: a record that lands becomes a CSV line, and nothing is kept as failed on the way.
 * Ends with an error where that is not so. The record goes through the rest of the lake as any other.
 */
async function tryLake(prefix: string): Promise<void> {
    const s3 = new S3({ forcePathStyle: true });
    const { Account } = await new STS().getCallerIdentity({});
    const [raw, stage] = ["raw", "stage"].map((kind) => `${prefix}-${Account}-${kind}`);
    const place = `engineering/meteorites/integration/${randomUUID()}`;
    const failed = await failures(prefix);
    const before = await failed();
    await s3.putObject({ Bucket: raw, Key: `raw/${place}.json`, Body: readFileSync(join(__dirname, "samples", "skjaervoy.json")) });
    const csv = { Bucket: stage, Key: `pre-stage/${place}.csv` };
    for (const end = Date.now() + PATIENCE; ; await sleep(500)) {
        const { Contents = [] } = await s3.listObjectsV2({ Bucket: csv.Bucket, Prefix: csv.Key });
        if (Contents.length > 0) {
            break;
        }
        const lost = (await failed()) - before;
        if (lost > 0 || Date.now() > end) {
            throw new Error(`s3://${raw}/raw/${place}.json did not become s3://${csv.Bucket}/${csv.Key}${lost > 0 ? "; a dead-letter queue of the lake has a message, with its reason" : ""}.`);
        }
    }
    const line = await (await s3.getObject(csv)).Body?.transformToString();
    if (!line?.includes("Skjærvøy Østre")) {
        throw new Error(`s3://${csv.Bucket}/${csv.Key} is ${JSON.stringify(line)}; the record's name was expected in it.`);
    }
}

/** How many messages the lake's dead-letter queues hold. */
async function failures(prefix: string): Promise<() => Promise<number>> {
    const sqs = new SQS();
    const urls = await Promise.all(["routing", "stage-a"].map(async (queue) => (await sqs.getQueueUrl({ QueueName: `${prefix}-lake-${queue}-dlq` })).QueueUrl));
    return async () => {
        const found = await Promise.all(urls.map((QueueUrl) => sqs.getQueueAttributes({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] })));
        return found.reduce((sum, { Attributes }) => sum + Number(Attributes?.ApproximateNumberOfMessages ?? 0), 0);
    };
}

tryLake(process.env.STACK_PREFIX ?? "").catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
