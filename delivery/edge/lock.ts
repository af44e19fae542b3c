import { hostname } from "node:os";
import { z } from "zod";
import { isRunningEngine, parseLock } from "../../automation/lock";
import { type Documents, parseRecord, toRecord } from "../documents";
import { type RecordKeys } from "../keys";
import type { LockOwner, LockPort } from "../ports";

export interface LockPortOptions {
    /** The bucket that holds the state. */
    readonly state: Documents;
    /** Folder of the stack's locks in it, with a closing slash. */
    readonly folder: string;
    /** The bucket of the delivery's records. */
    readonly records: Documents;
    readonly keys: RecordKeys;
    readonly buildFinished: LockPort["buildFinished"];
    readonly now: () => number;
    /** @default this machine's name */
    readonly host?: string;
    /** @default the process table */
    readonly isEngine?: (pid: number) => boolean;
}

/** Milliseconds that the note of a build is kept: longer than a build can run (CodeBuild quotas: 36 hours). */
const KEPT = 48 * 3_600_000;

const note = z.object({ buildId: z.string(), host: z.string(), since: z.number() });

/**
 * The engine's lock files in the state's bucket. An engine writes its host and process into its lock but nothing of the
 * build that started it; hence the notes, which tell what ran on which host when a lock was taken.
 */
export function lockPort(options: LockPortOptions): LockPort {
    const { state, folder, records, keys, buildFinished, now } = options;
    const host = options.host ?? hostname();
    const noteKey = (buildId: string): string => `${keys.lockOwners}${encodeURIComponent(buildId)}.json`;
    const buildsOn = async (lockHost: string, taken: number): Promise<string[]> => {
        const found = await records.list(keys.lockOwners);
        const notes = await Promise.all(found.map(async ({ key }) => [key, await records.read(key)] as const));
        return notes
            .flatMap(([key, document]) => (document === undefined ? [] : [parseRecord(key, document.text, note)]))
            // A build that began after the lock was taken does not hold it.
            .filter((one) => one.host === lockHost && one.since <= taken)
            .map(({ buildId }) => buildId)
            .sort();
    };
    return {
        register: async (buildId) => {
            const old = (await records.list(keys.lockOwners)).filter(({ changed }) => now() - changed > KEPT);
            await Promise.all(old.map(({ key }) => records.remove(key)));
            await records.write(noteKey(buildId), toRecord({ buildId, host, since: now() }));
        },
        owner: async (): Promise<LockOwner | undefined> => {
            const files = (await state.list(folder)).filter(({ key }) => key.endsWith(".json"));
            for (const { key } of files) {
                const document = await state.read(key);
                const lock = document && parseLock(document.text);
                if (document === undefined) {
                    continue;
                }
                if (lock === undefined) {
                    return { lock: key, host: "unknown", pid: 0, user: "unknown", since: "unknown", builds: [], runsHere: false };
                }
                const builds = await buildsOn(lock.host, Date.parse(lock.since));
                return { lock: key, ...lock, builds, runsHere: lock.host === host && (options.isEngine ?? isRunningEngine)(lock.pid) };
            }
            return undefined;
        },
        buildFinished,
        break: ({ lock }) => state.remove(lock),
    };
}
