import type { Aws } from "../../aws";
import type { Ports } from "../../context";
import type { LakeClient } from "../client";
import { allGivenUp, lostMessages } from "../deadLetters";
import { Flush, type StackNames } from "../flush";
import type { Entry } from "../items";
import { csvFolder, type Lake, rawFolder, runFolder } from "../lake";
import { parquetKeys, readRows, withParquetFiles } from "../parquet";
import { countReached, functionBehind, type StageName } from "../stages";
import { readEntries, readMinimum } from "../tables";
import { allProcessed, finishedHistory, type Look, watchEntries, type WatchOptions } from "../watch";
import { type Counts, countsOf, differences, type Found } from "./agreement";
import { Disturbance } from "./disturb";
import { planBatch, putBatch } from "./put";
import { type Timing, timingOf } from "./timing";

export interface LoadOptions extends StackNames {
    readonly root: string;
    readonly lake: Lake;
    readonly aws: Aws;
    readonly client: LakeClient;
    readonly signal: AbortSignal;
    /** A Python with pyarrow. */
    readonly python: string;
    readonly capture: Ports["capture"];
    readonly killContainer: Ports["killContainer"];
    readonly dockerHost: string;
    readonly objects: number;
    readonly seed: number;
    /** Percent. */
    readonly duplicates: number;
    readonly kill: boolean;
    readonly onProgress: (landed: number, reached: Readonly<Record<StageName, number>>) => void;
    /** Hears what the command does besides: kills, fired schedules, messages put back. */
    readonly say: (line: string) => void;
    /** Milliseconds between two looks. @default 500, more for many objects, 200 to meet a moment for a kill */
    readonly interval?: number;
    /** Milliseconds without any change after which the run is given up. @default 300000 */
    readonly patience?: number;
    /** Milliseconds since 1970. @default Date.now */
    readonly clock?: () => number;
}

export interface LoadResult {
    readonly folder: string;
    readonly counts: Counts;
    /** In sentences; none when everything agrees. */
    readonly differences: readonly string[];
    readonly duplicated: number;
    readonly killed: readonly string[];
    readonly redriven: readonly string[];
    readonly timing?: Timing;
    /** The function whose log tells why the first object that is not through is not. */
    readonly behind?: string;
}

/** Milliseconds without any change after which the schedule is fired once more: a message may have come back since. */
const firedAgain = 20_000;
/** Milliseconds without any change after which a run ends whose remaining objects are all on dead-letter queues. */
const givenUp = 10_000;

/** Puts objects, waits until they are through or nothing moves any more, and counts what is there. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
    const { lake, client, objects, signal, project, stack, patience = 300_000, clock = Date.now, interval = options.kill ? 200 : Math.max(500, objects / 2) } = options;
    const folder = runFolder("load", clock());
    const batch = planBatch({ ...options, folder });
    // Whichever of putting and watching fails ends the other.
    const end = new AbortController();
    const watch: WatchOptions = { client, lake, signal: AbortSignal.any([signal, end.signal]), interval, patience, clock };
    const flush = new Flush({ client, lake, names: { project, stack }, minimum: await readMinimum(client, lake), again: firedAgain });
    const disturbance = options.kill ? new Disturbance({ ...options, folder: folder.path, since: folder.since }) : undefined;
    const look = async (seen: Look): Promise<boolean> => {
        options.onProgress(batch.landed.size, countReached(batch.ids.filter((id) => batch.landed.has(id)), seen.entries));
        if (allProcessed(batch.ids, seen)) {
            return true;
        }
        await disturbance?.look(batch.ids, seen);
        if (await flush.consider(batch.ids, seen)) {
            options.say("fired the schedule of stage B for what waits");
        }
        return seen.still >= givenUp && allGivenUp(batch.ids, seen.entries, await lostMessages(client, lake, folder.path, seen.entries.values(), objects + 100));
    };
    try {
        await Promise.all([putBatch({ ...options, folder, clock, signal: watch.signal }, batch), watchEntries(watch, batch.ids, look)]);
    } catch (error) {
        end.abort();
        throw error;
    }
    const found = await collect(options, watch, folder, batch.ids);
    const quiet = disturbance !== undefined && disturbance.killed.length === 0 ? ["no container was killed: none ran when it was looked for; take more objects"] : [];
    return {
        folder: folder.path,
        counts: countsOf(found, batch),
        differences: [...differences(found, batch), ...quiet],
        duplicated: batch.duplicated.size,
        killed: disturbance?.killed ?? [],
        redriven: disturbance?.redriven ?? [],
        timing: timingOf(batch.landed, found.history, folder.since),
        behind: behindOf(batch.ids, found),
    };
}

function behindOf(ids: readonly string[], { catalogue }: Found): string | undefined {
    const entries = new Map(catalogue.map((entry) => [entry.id, entry]));
    const open = ids.find((id) => entries.get(id)?.status !== "PROCESSED");
    return open === undefined ? undefined : functionBehind(entries.get(open));
}

async function collect(options: LoadOptions, watch: WatchOptions, folder: ReturnType<typeof runFolder>, ids: readonly string[]): Promise<Found> {
    const { lake, client, aws } = options;
    const history = await finishedHistory(watch, ids, folder.since);
    const catalogue: readonly Entry[] = [...(await readEntries(client, lake, ids)).values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const rows = await withParquetFiles(options, lake, parquetKeys(catalogue), (files) => readRows(options, files, "id"));
    return {
        raw: await aws.listObjects(lake.rawBucket, rawFolder(folder)),
        catalogue,
        csv: await aws.listObjects(lake.stageBucket, csvFolder(folder)),
        rows: rows.rows.map(([id]) => String(id)),
        history,
        lost: await lostMessages(client, lake, folder.path, catalogue, ids.length + 100),
    };
}
