import type { Entry } from "./items";

/** The stages of an object's way, in their order, as people read them. */
export const stages = ["landed", "catalogued", "CSV", "waiting", "batch", "Parquet"] as const;
export type StageName = (typeof stages)[number];

const byStatus: Readonly<Record<string, StageName>> = { RECEIVED: "catalogued", CONVERTED: "CSV", WAITING: "waiting", CLAIMED: "batch", PROCESSED: "Parquet" };

/** The last stage that an object reached. */
export function stageOf(entry: Entry | undefined): StageName {
    if (entry === undefined) {
        return "landed";
    }
    // A failed one keeps what it had got to.
    return byStatus[entry.status] ?? (entry.batch !== undefined ? "batch" : entry.csvKey !== undefined ? "CSV" : "catalogued");
}

export function hasFailed(entry: Entry | undefined): boolean {
    return entry?.status === "FAILED";
}

/** One object on its way, and after how many seconds it was seen in each stage. */
export interface Journey {
    readonly id: string;
    /** What a person calls it. */
    readonly name: string;
    /** When it landed, milliseconds. */
    readonly landed: number;
    readonly steps: readonly { readonly stage: StageName; readonly seconds: number }[];
}

export function beginJourney(id: string, name: string, landed: number): Journey {
    return { id, name, landed, steps: [{ stage: "landed", seconds: 0 }] };
}

/** The journey as the catalogue has it now. Stages that went by between two looks were reached as well. */
export function advance(journey: Journey, entry: Entry | undefined, now: number): Journey {
    const reached = stages.indexOf(stageOf(entry));
    const fresh = stages.slice(journey.steps.length, reached + 1).map((stage) => ({ stage, seconds: Math.max(0, (now - journey.landed) / 1000) }));
    return fresh.length === 0 ? journey : { ...journey, steps: [...journey.steps, ...fresh] };
}

export function currentStage({ steps }: Journey): StageName {
    return steps.at(-1)?.stage ?? "landed";
}

/** The function that an object waits for, whose log tells why it does not come further. */
export function functionBehind(entry: Entry | undefined): string {
    const waitsFor: Readonly<Record<StageName, string>> = {
        landed: "routing",
        catalogued: "stage-a-process-object",
        CSV: "stage-a-postupdate-metadata",
        waiting: "stage-b-routing",
        batch: "stage-b-process-data",
        Parquet: "stage-b-postupdate-metadata",
    };
    return waitsFor[stageOf(entry)];
}

/** How many of a run's objects reached each stage at least. */
export function countReached(ids: readonly string[], entries: ReadonlyMap<string, Entry>): Readonly<Record<StageName, number>> {
    const counts = Object.fromEntries(stages.map((stage) => [stage, 0])) as Record<StageName, number>;
    for (const id of ids) {
        for (const stage of stages.slice(0, stages.indexOf(stageOf(entries.get(id))) + 1)) {
            counts[stage] += 1;
        }
    }
    return counts;
}
