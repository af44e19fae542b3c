import { createHash } from "node:crypto";
import type { Aws } from "../../aws";
import { eventMessage, type Lake, objectId, rawFolder, type RunFolder } from "../lake";
import { generateRecord, isDuplicated, recordId, recordName } from "./records";

/** How many objects are put at the same time. */
const width = 16;

export interface Batch {
    readonly ids: readonly string[];
    /** Ids in the records, in the same order. */
    readonly records: readonly string[];
    /** When each landed, by id, in milliseconds since 1970. */
    readonly landed: Map<string, number>;
    /** Whose event was sent a second time, by id. */
    readonly duplicated: Set<string>;
}

export interface PutOptions {
    readonly aws: Pick<Aws, "putObject" | "sendMessage">;
    readonly lake: Lake;
    readonly folder: RunFolder;
    readonly objects: number;
    readonly seed: number;
    /** Share of the objects whose event is delivered twice, in percent. */
    readonly duplicates: number;
    readonly signal: AbortSignal;
    readonly clock: () => number;
}

/** Names everything that a run puts, before anything is put. */
export function planBatch({ lake, folder, objects, seed }: Pick<PutOptions, "lake" | "folder" | "objects" | "seed">): Batch {
    const indexes = Array.from({ length: objects }, (_, index) => index);
    return {
        ids: indexes.map((index) => objectId(lake, folder, recordName(seed, index))),
        records: indexes.map((index) => recordId(runName(folder), index)),
        landed: new Map(),
        duplicated: new Set(),
    };
}

/** Puts all objects; the events that come twice are sent as soon as their object is there. */
export async function putBatch({ aws, lake, folder, objects, seed, duplicates, signal, clock }: PutOptions, batch: Batch): Promise<void> {
    let next = 0;
    const work = async (): Promise<void> => {
        while (next < objects) {
            signal.throwIfAborted();
            const index = next++;
            const id = batch.ids[index];
            const key = `${rawFolder(folder)}${recordName(seed, index)}`;
            const body = Buffer.from(`${JSON.stringify(generateRecord(seed, runName(folder), index), undefined, 2)}\n`);
            await aws.putObject(lake.rawBucket, key, body);
            batch.landed.set(id, clock());
            if (isDuplicated(seed, index, duplicates)) {
                // The ETag of an object put in one piece and encrypted with SSE-S3 is its MD5 (S3 API, Object).
                const etag = createHash("md5").update(body).digest("hex");
                await aws.sendMessage(lake.routingQueue, eventMessage(lake.rawBucket, key, { size: body.length, etag }, new Date(clock())));
                batch.duplicated.add(id);
            }
        }
    };
    await Promise.all(Array.from({ length: Math.min(width, objects) }, work));
}

function runName({ since }: RunFolder): string {
    return `load-${since}`;
}
