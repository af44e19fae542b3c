import { messageOf } from "./fault";

/** Several parts failed; each message stands on lines of its own. */
export class SeveralFaults extends Error {
    constructor(readonly faults: readonly unknown[]) {
        super(faults.map(messageOf).join("\n"));
        this.name = "SeveralFaults";
    }
}

/**
 * A piece of work that is begun at once and may be waited for by several others. When it fails, those that wait fail with
 * the same error, which is reported once, by {@link settle}.
 */
export function begin<T>(work: () => Promise<T>): Promise<T> {
    const promise = work();
    promise.catch(() => undefined);
    return promise;
}

/**
 * Waits for all, failed or not, so that nothing goes on behind a reported failure.
 * @throws the one error, or {@link SeveralFaults} with all different ones in the given order
 */
export async function settle(works: readonly Promise<unknown>[]): Promise<void> {
    const results = await Promise.allSettled(works);
    const faults = [...new Set(results.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : [])))];
    if (faults.length === 1) {
        throw faults[0];
    }
    if (faults.length > 1) {
        throw new SeveralFaults(faults);
    }
}
