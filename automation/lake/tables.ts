import type { LakeClient } from "./client";
import { dataset, type Lake, minimumOf } from "./lake";
import { type Entry, type Execution, readEntry, readExecution } from "./items";

/** The catalogue's entries of these objects, by id. */
export async function readEntries(client: Pick<LakeClient, "getItems">, { tables }: Lake, ids: readonly string[]): Promise<Map<string, Entry>> {
    const items = await client.getItems(tables.objects, "id", ids);
    return new Map(items.map(readEntry).map((entry) => [entry.id, entry]));
}

/** What the history has of these objects since a time, by stage and start. A batch counts when one of them is in it. */
export async function readHistory(client: Pick<LakeClient, "query">, { tables }: Lake, ids: ReadonlySet<string>, since: number, stages: readonly Execution["stage"][] = ["A", "B"]): Promise<Execution[]> {
    // Whole seconds: the fractions of the clocks that write it have different lengths.
    const from = new Date(since - 1000).toISOString().slice(0, 19);
    const found: Execution[] = [];
    for (const stage of stages) {
        const items = await client.query(tables.executions, { index: "by_stage", hash: ["stage", stage], from: ["started_at", from] });
        found.push(...items.map(readExecution));
    }
    return found
        .filter(({ objects }) => objects.some((id) => ids.has(id)))
        .sort((a, b) => a.stage.localeCompare(b.stage) || (a.startedAt ?? 0) - (b.startedAt ?? 0) || a.id.localeCompare(b.id));
}

/** How many objects of the dataset wait for stage B, whoever put them. */
export async function countWaiting(client: Pick<LakeClient, "countItems">, { tables }: Lake): Promise<number> {
    return client.countItems(tables.objects, { index: "waiting", hash: ["waiting_for", dataset.name] });
}

/** From how many waiting objects on stage B starts by itself. */
export async function readMinimum(client: Pick<LakeClient, "getItems">, { tables }: Lake): Promise<number> {
    const [found] = await client.getItems(tables.datasets, "name", [dataset.name]);
    return found === undefined ? 1 : minimumOf(found);
}
