import { z } from "zod";
import { type Documents, parseRecord as parse, toRecord } from "../documents";
import { type RecordKeys } from "../keys";
import type { Intent, KnownGood, RecordsPort, RestartRecord } from "../ports";

const intent: z.ZodType<Intent> = z.object({
    executionId: z.string(),
    buildId: z.string(),
    commit: z.string(),
    generation: z.number(),
    versionBefore: z.number(),
    fingerprint: z.string(),
    phase: z.enum(["applying", "applied", "restarted", "settled", "failed"]),
    at: z.string(),
});
const cause = z.object({ executionId: z.string(), fingerprint: z.string(), at: z.string() });
const restart: z.ZodType<RestartRecord> = z.object({ commit: z.string(), moved: cause.optional(), killed: z.array(cause).optional() });
const knownGood = z.object({ version: z.number(), commit: z.string().optional(), definition: z.record(z.string(), z.unknown()) });

/** The records of self-updates as documents. */
export function recordsPort(documents: Documents, keys: RecordKeys): RecordsPort {
    return {
        intent: async () => {
            const found = await documents.read(keys.intent);
            return found && { value: parse(keys.intent, found.text, intent), revision: found.revision };
        },
        putIntent: (value, revision) => documents.write(keys.intent, toRecord(value), revision === undefined ? "absent" : { revision }),
        restart: async (commit) => {
            const found = await documents.read(keys.restart(commit));
            return found && parse(keys.restart(commit), found.text, restart);
        },
        putRestart: async (record) => {
            await documents.write(keys.restart(record.commit), toRecord(record));
        },
        lastKnownGood: async (): Promise<KnownGood | undefined> => {
            const found = await documents.read(keys.lastKnownGood);
            if (found === undefined) {
                return undefined;
            }
            const { version, commit, definition } = parse(keys.lastKnownGood, found.text, knownGood);
            return { version, commit, definition };
        },
        putLastKnownGood: async (good) => {
            await documents.write(keys.lastKnownGood, toRecord(good));
        },
    };
}
