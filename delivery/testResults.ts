import { z } from "zod";
import { type Documents, parseRecord } from "./documents";
import type { RecordKeys } from "./keys";

const result = z.object({ suite: z.string(), name: z.string(), seconds: z.number(), failure: z.string().optional() });

const record = z.object({
    commit: z.string(),
    passed: z.boolean(),
    executionId: z.string(),
    /** ISO 8601. */
    at: z.string(),
    results: z.array(result),
});

/** One test and how it ended. */
export type TestResult = z.infer<typeof result>;

/** How the integration tests of a commit ended on what was deployed. */
export type TestRecord = z.infer<typeof record>;

export async function readTestRecord(documents: Documents, keys: RecordKeys, commit: string): Promise<TestRecord | undefined> {
    const key = keys.testResults(commit);
    const found = await documents.read(key);
    return found && parseRecord(key, found.text, record);
}
