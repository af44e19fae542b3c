import { setTimeout as sleep } from "node:timers/promises";
import type { LakeClient } from "./client";
import { type Entry, type Execution, hasEnded } from "./items";
import type { Lake } from "./lake";
import { hasFailed } from "./stages";
import { readEntries, readHistory } from "./tables";

export interface WatchOptions {
    readonly client: LakeClient;
    readonly lake: Lake;
    readonly signal: AbortSignal;
    /** Milliseconds between two looks. */
    readonly interval: number;
    /** Milliseconds without any change after which a wait is given up. */
    readonly patience: number;
    /** Milliseconds since 1970. */
    readonly clock: () => number;
}

/** What one look at the catalogue showed. */
export interface Look {
    readonly entries: ReadonlyMap<string, Entry>;
    readonly now: number;
    /** Milliseconds since something changed. */
    readonly still: number;
}

/** Looks at the catalogue until `done` says so, or until nothing changed for too long. Answers which of the two it was. */
export async function watchEntries({ client, lake, signal, interval, patience, clock }: WatchOptions, ids: readonly string[], done: (look: Look) => Promise<boolean>): Promise<"done" | "still"> {
    const entries = new Map<string, Entry>();
    let changedAt = clock();
    for (;;) {
        signal.throwIfAborted();
        const open = ids.filter((id) => entries.get(id)?.status !== "PROCESSED");
        const seen = await readEntries(client, lake, open);
        const now = clock();
        for (const [id, entry] of seen) {
            if (entries.get(id)?.status !== entry.status) {
                changedAt = now;
            }
            entries.set(id, entry);
        }
        if (await done({ entries, now, still: now - changedAt })) {
            return "done";
        }
        if (now - changedAt >= patience) {
            return "still";
        }
        await sleep(interval, undefined, { signal });
    }
}

export function allProcessed(ids: readonly string[], { entries }: Look): boolean {
    return ids.every((id) => entries.get(id)?.status === "PROCESSED");
}

/** Failed objects, sorted by id. */
export function failedEntries({ entries }: Look): Entry[] {
    return [...entries.values()].filter(hasFailed).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Milliseconds that the history gets for its last word on a batch, which may come after that on the batch's objects. */
const lastWord = 10_000;

/** What the history has of these objects, as soon as nothing of it runs any more. */
export async function finishedHistory({ client, lake, signal, interval, clock }: WatchOptions, ids: readonly string[], since: number): Promise<Execution[]> {
    const limit = clock() + lastWord;
    const wanted = new Set(ids);
    for (;;) {
        const history = await readHistory(client, lake, wanted, since);
        if (history.every(hasEnded) || clock() >= limit) {
            return history;
        }
        await sleep(interval, undefined, { signal });
    }
}
