import { setTimeout as sleep } from "node:timers/promises";
import { S3 } from "@aws-sdk/client-s3";
import { SQS } from "@aws-sdk/client-sqs";
import { STS } from "@aws-sdk/client-sts";

/** Uses what was deployed as users do: a file is put, found, read and taken away; a message is sent and handled. */
async function useEverything(prefix: string): Promise<void> {
    const s3 = new S3({ forcePathStyle: true });
    const sqs = new SQS();
    const { Account } = await new STS().getCallerIdentity({});
    // Not in the extras' own bucket: a version would stay in it, and no delivery deletes objects.
    const file = { Bucket: `${prefix}-${Account}-raw`, Key: "integration/one" };
    await s3.putObject({ ...file, Body: "one" });
    const { KeyCount } = await s3.listObjectsV2({ Bucket: file.Bucket, Prefix: file.Key });
    const text = await (await s3.getObject(file)).Body?.transformToString();
    await s3.deleteObject(file);
    const { QueueUrl } = await sqs.getQueueUrl({ QueueName: `${prefix}-extras` });
    await sqs.sendMessage({ QueueUrl, MessageBody: "{}" });
    const waiting = async (): Promise<number> => {
        const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
        const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: [...names] });
        return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? 0), 0);
    };
    for (const end = Date.now() + 60_000; (await waiting()) > 0 && Date.now() < end; await sleep(500));
    if (KeyCount !== 1 || text !== "one" || (await waiting()) > 0) {
        throw new Error(`found ${KeyCount} files, one says ${JSON.stringify(text)}, ${await waiting()} messages are left`);
    }
}

useEverything(process.env.STACK_PREFIX ?? "").catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
});
