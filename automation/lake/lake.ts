import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { isRecord, stringMember } from "../json";

/** A step of the sample application that keeps its failures: the routing of objects, and the two stages. */
export type LakeStage = "routing" | "A" | "B";

/** The sample application as a stack's outputs tell of it. */
export interface Lake {
    readonly rawBucket: string;
    readonly stageBucket: string;
    /** Physical names. */
    readonly tables: { readonly objects: string; readonly datasets: string; readonly executions: string };
    /** URL of the queue that S3's events come to. */
    readonly routingQueue: string;
    /** URLs of the dead-letter queues. */
    readonly deadLetters: Readonly<Record<LakeStage, string>>;
}

/** The dataset that samples and generated records belong to. */
export const dataset = { name: "engineering-meteorites", team: "engineering", dataset: "meteorites" } as const;

const rawPrefix = `raw/${dataset.team}/${dataset.dataset}/`;
const csvPrefix = `pre-stage/${dataset.team}/${dataset.dataset}/`;
const samples = "app/samples";

/** Undefined where the application of the stack is another one. */
export function findLake(outputs: Readonly<Record<string, unknown>>): Lake | undefined {
    const [rawBucket, stageBucket] = ["rawBucket", "stageBucket"].map((name) => stringMember(outputs, name));
    const [objects, datasets, executions] = ["objects", "datasets", "executions"].map((name) => stringMember(outputs.tables, name));
    const [routingQueue, routing, stageA, stageB] = ["routing", "routingDeadLetters", "stageADeadLetters", "stageBDeadLetters"].map((name) => stringMember(outputs.queues, name));
    if (rawBucket === undefined || stageBucket === undefined || objects === undefined || datasets === undefined || executions === undefined) {
        return undefined;
    }
    return routingQueue === undefined || routing === undefined || stageA === undefined || stageB === undefined
        ? undefined
        : { rawBucket, stageBucket, tables: { objects, datasets, executions }, routingQueue, deadLetters: { routing, A: stageA, B: stageB } };
}

/** File names of the sample records, sorted; none where the samples were removed. */
export function sampleRecords(root: string): string[] {
    const folder = sampleFolder(root);
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")).sort() : [];
}

export function sampleFolder(root: string): string {
    return join(root, samples);
}

/** Objects of one run, in a folder of its own: the lake takes an equal object at the same place for one that it knows. */
export interface RunFolder {
    /** Like `samples/2026-01-31T12-00-00-000Z/`. */
    readonly path: string;
    /** Milliseconds since 1970. */
    readonly since: number;
}

export function runFolder(kind: string, since: number): RunFolder {
    return { path: `${kind}/${new Date(since).toISOString().replace(/[:.]/g, "-")}/`, since };
}

export function rawFolder({ path }: RunFolder): string {
    return `${rawPrefix}${path}`;
}

export function csvFolder({ path }: RunFolder): string {
    return `${csvPrefix}${path}`;
}

/** The catalogue's id of an object. */
export function objectId({ rawBucket }: Lake, folder: RunFolder, name: string): string {
    return `${rawBucket}/${rawFolder(folder)}${name}`;
}

/** The message in which S3 tells of an object (S3 User Guide, event message structure). */
export function eventMessage(bucket: string, key: string, object: { readonly size: number; readonly etag: string }, time: Date): string {
    const encoded = key.split("/").map((part) => encodeURIComponent(part).replace(/%20/g, "+")).join("/");
    // The number that S3 counts up is its own; a time in microseconds is of the same form, and not smaller than that of an earlier event.
    const sequencer = (time.getTime() * 1000).toString(16).toUpperCase().padStart(18, "0");
    const s3 = { s3SchemaVersion: "1.0", bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` }, object: { key: encoded, size: object.size, eTag: object.etag, sequencer } };
    return JSON.stringify({ Records: [{ eventVersion: "2.1", eventSource: "aws:s3", awsRegion: "us-east-1", eventTime: time.toISOString(), eventName: "ObjectCreated:Put", s3 }] });
}

/** Whether a dataset's record is as the application's own declaration has it, and what of it matters here. */
export function minimumOf(item: Readonly<Record<string, unknown>>): number {
    const minimum = isRecord(item) ? item.min_items_process : undefined;
    return typeof minimum === "number" ? minimum : 1;
}
