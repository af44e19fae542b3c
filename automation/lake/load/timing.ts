import type { Execution } from "../items";

/** Times of a run, in seconds. */
export interface Timing {
    /** From the first put to the end of the last batch. */
    readonly whole: number;
    /** Objects that became Parquet, for every second of that. */
    readonly objectsPerSecond: number;
    /** From an object's landing to the end of the batch that it is in. */
    readonly latency: { readonly median: number; readonly p95: number };
}

/** Undefined when no object got through. `landed` is by id, in milliseconds, as `since`. */
export function timingOf(landed: ReadonlyMap<string, number>, history: readonly Execution[], since: number): Timing | undefined {
    const ends = new Map<string, number>();
    for (const { stage, status, objects, endedAt } of history) {
        if (stage === "B" && status === "SUCCEEDED" && endedAt !== undefined) {
            objects.filter((id) => landed.has(id)).forEach((id) => ends.set(id, Math.min(endedAt, ends.get(id) ?? Infinity)));
        }
    }
    const latencies = [...ends].map(([id, end]) => (end - (landed.get(id) ?? end)) / 1000).sort((a, b) => a - b);
    if (latencies.length === 0) {
        return undefined;
    }
    const whole = (Math.max(...ends.values()) - since) / 1000;
    return { whole, objectsPerSecond: whole > 0 ? latencies.length / whole : 0, latency: { median: quantile(latencies, 0.5), p95: quantile(latencies, 0.95) } };
}

/** The smallest of sorted values that is not below the given share of them. */
export function quantile(sorted: readonly number[], share: number): number {
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? NaN;
}
