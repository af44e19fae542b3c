import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Aws } from "../aws";
import type { Ports } from "../context";
import type { LakeClient } from "./client";
import { lostMessages } from "./deadLetters";
import { failedObject, lostObject, missingObjects } from "./failures";
import { fireStageB, Flush, type StackNames } from "./flush";
import type { Entry } from "./items";
import { type Lake, objectId, rawFolder, type RunFolder, runFolder, sampleFolder, sampleRecords } from "./lake";
import { advance, beginJourney, type Journey, type StageName, stages } from "./stages";
import { countWaiting, readMinimum } from "./tables";
import { failedEntries, type Look, watchEntries, type WatchOptions } from "./watch";

export interface SampleOptions extends StackNames {
    readonly root: string;
    readonly lake: Lake;
    readonly aws: Aws;
    readonly client: LakeClient;
    readonly signal: AbortSignal;
    /** A Python with pyarrow. */
    readonly python?: string;
    readonly capture: Ports["capture"];
    /** Milliseconds between two looks. @default 250 */
    readonly interval?: number;
    /** Milliseconds without any change after which a wait is given up. @default 120000 */
    readonly patience?: number;
    /** Milliseconds since 1970. @default Date.now */
    readonly clock?: () => number;
}

/** The sample records of one run on their way. */
export interface SampleRun {
    readonly folder: RunFolder;
    readonly ids: readonly string[];
    journeys: readonly Journey[];
    entries: ReadonlyMap<string, Entry>;
    readonly flush: Flush;
}

/** Milliseconds that objects of earlier runs get to leave the queue for stage B. */
const settling = 60_000;
/** Milliseconds without any change after which the dead-letter queues are looked through, each time. */
const suspicion = 3_000;

export function watchOptions({ client, lake, signal, interval = 250, patience = 120_000, clock = Date.now }: SampleOptions): WatchOptions {
    return { client, lake, signal, interval, patience, clock };
}

/** Puts the records into a folder of their own. `onPut` hears of every one. */
export async function putSamples(options: SampleOptions, onPut: (journeys: readonly Journey[]) => void = () => undefined): Promise<SampleRun> {
    const { root, lake, aws, client, signal, project, stack, clock = Date.now } = options;
    await settleEarlier(options);
    const folder = runFolder("samples", clock());
    const flush = new Flush({ client, lake, names: { project, stack }, minimum: await readMinimum(client, lake) });
    const journeys: Journey[] = [];
    for (const name of sampleRecords(root)) {
        signal.throwIfAborted();
        await aws.putObject(lake.rawBucket, `${rawFolder(folder)}${name}`, readFileSync(join(sampleFolder(root), name)));
        journeys.push(beginJourney(objectId(lake, folder, name), name, clock()));
        onPut(journeys);
    }
    return { folder, ids: journeys.map(({ id }) => id), journeys, entries: new Map(), flush };
}

/** Follows the objects until all have reached a stage. Throws what a person needs to know when one does not. */
export async function followSamples(options: SampleOptions, run: SampleRun, goal: StageName, onLook: (run: SampleRun) => void, onFlush: () => void = () => undefined): Promise<void> {
    const { client, lake, patience = 120_000 } = options;
    let suspectedAt = 0;
    const done = async (look: Look): Promise<boolean> => {
        run.entries = look.entries;
        run.journeys = run.journeys.map((journey) => advance(journey, look.entries.get(journey.id), look.now));
        onLook(run);
        const [failed] = failedEntries(look);
        if (failed !== undefined) {
            throw failedObject(failed, nameOf(run, failed.id), await lostMessages(client, lake, run.folder.path, [failed]));
        }
        if (run.journeys.every(({ steps }) => steps.length > stages.indexOf(goal))) {
            return true;
        }
        if (look.still >= suspicion && look.now - suspectedAt >= suspicion) {
            suspectedAt = look.now;
            const [lost] = await lostMessages(client, lake, run.folder.path, look.entries.values());
            if (lost !== undefined) {
                throw lostObject(lost);
            }
        }
        if (goal === "Parquet" && (await run.flush.consider(run.ids, look))) {
            onFlush();
        }
        return false;
    };
    if ((await watchEntries(watchOptions(options), run.ids, done)) === "still") {
        // What is least far is what the others wait for.
        const behind = run.journeys.filter(({ steps }) => steps.length <= stages.indexOf(goal)).sort((a, b) => a.steps.length - b.steps.length);
        throw missingObjects(behind, run.entries.get(behind[0]?.id ?? ""), goal, run.ids.length, patience / 1000);
    }
}

export function nameOf(run: Pick<SampleRun, "journeys">, id: string): string {
    return run.journeys.find((journey) => journey.id === id)?.name ?? id;
}

/** Objects that wait from before would come into one file with ours. */
async function settleEarlier(options: SampleOptions): Promise<void> {
    const { client, lake, project, stack, signal, interval = 250, clock = Date.now } = options;
    const since = clock();
    let waiting = await countWaiting(client, lake);
    if (waiting > 0) {
        await fireStageB(client, { project, stack });
    }
    while (waiting > 0 && clock() - since < settling) {
        await sleep(interval, undefined, { signal });
        waiting = await countWaiting(client, lake);
    }
}
