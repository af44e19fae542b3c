import { count } from "../../text";
import type { LostMessage } from "../deadLetters";
import { type Entry, type Execution, hasEnded } from "../items";

/** What the lake has of a run, place by place. */
export interface Found {
    /** Keys of the raw bucket. */
    readonly raw: readonly string[];
    readonly catalogue: readonly Entry[];
    /** Keys of CSV objects in the stage bucket. */
    readonly csv: readonly string[];
    /** Ids of the records in the Parquet files, every row's. */
    readonly rows: readonly string[];
    readonly history: readonly Execution[];
    readonly lost: readonly LostMessage[];
}

/** What must be there. */
export interface Wanted {
    /** Ids in the catalogue. */
    readonly ids: readonly string[];
    /** Ids in the records, in the order of the objects. */
    readonly records: readonly string[];
}

export interface Counts {
    readonly raw: number;
    readonly catalogue: number;
    readonly csv: number;
    readonly parquet: number;
    /** Objects with a finished execution of stage A, and objects in a finished batch of stage B. */
    readonly historyA: number;
    readonly historyB: number;
}

export function countsOf({ raw, catalogue, csv, rows, history }: Found, wanted: Wanted): Counts {
    const ours = new Set(wanted.records);
    return {
        raw: raw.length,
        catalogue: catalogue.filter(({ status }) => status === "PROCESSED").length,
        csv: csv.length,
        parquet: rows.filter((id) => ours.has(id)).length,
        historyA: finishedObjects(history, "A", wanted).length,
        historyB: finishedObjects(history, "B", wanted).length,
    };
}

/** Every way in which what was found is not what must be there, in sentences; none when all agrees. */
export function differences(found: Found, wanted: Wanted): string[] {
    const all = wanted.ids.length;
    const counts = countsOf(found, wanted);
    const unfinished = found.catalogue.filter(({ status }) => status !== "PROCESSED");
    return [
        ...numberOf("objects in the raw bucket", counts.raw, all),
        ...numberOf("entries in the catalogue", found.catalogue.length, all),
        ...unfinished.slice(0, 5).map(({ id, status, reason }) => `${id} is ${status}${reason === undefined ? "" : `: ${reason}`}`),
        ...(unfinished.length > 5 ? [`and ${count(unfinished.length - 5, "entry").replace("entrys", "entries")} more that are not PROCESSED`] : []),
        ...numberOf("CSV objects in the stage bucket", counts.csv, all),
        ...members("Parquet rows", found.rows, wanted.records),
        ...members("finished executions of stage A", finishedObjects(found.history, "A", wanted), wanted.ids),
        ...members("finished batches of stage B", finishedObjects(found.history, "B", wanted), wanted.ids),
        ...found.history.filter((execution) => !hasEnded(execution)).map(({ id, stage, status }) => `execution ${id} of stage ${stage} is ${status}`),
        ...lettersOf(found.lost),
    ];
}

/** What makes equal reasons different texts. */
const requestId = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

/** One sentence for all messages that were given up for the same reason. */
function lettersOf(lost: readonly LostMessage[]): string[] {
    const times = new Map<string, number>();
    for (const { stage, reason } of lost) {
        const what = `on the dead-letter queue of ${stage === "routing" ? "the routing" : `stage ${stage}`}: ${reason.replace(requestId, "…")}`;
        times.set(what, (times.get(what) ?? 0) + 1);
    }
    return [...times].map(([what, number]) => `${number === 1 ? "1 message is" : `${number} messages are`} ${what}`);
}

/** Objects of finished executions, one entry for every time; those of others are left out. */
function finishedObjects(history: readonly Execution[], of: Execution["stage"], { ids }: Wanted): string[] {
    const ours = new Set(ids);
    return history.filter(({ stage, status }) => stage === of && status === "SUCCEEDED").flatMap(({ objects }) => objects.filter((id) => ours.has(id)));
}

function numberOf(what: string, found: number, wanted: number): string[] {
    return found === wanted ? [] : [`${found} ${what}, expected ${wanted}`];
}

function members(what: string, found: readonly string[], wanted: readonly string[]): string[] {
    const times = new Map<string, number>();
    found.forEach((id) => times.set(id, (times.get(id) ?? 0) + 1));
    const missing = wanted.filter((id) => !times.has(id));
    const twice = wanted.filter((id) => (times.get(id) ?? 0) > 1);
    return [
        ...(missing.length === 0 ? [] : [`${what}: ${missing.length} of ${wanted.length} are missing, the first is ${JSON.stringify(missing[0])}`]),
        ...(twice.length === 0 ? [] : [`${what}: ${twice.length} of ${wanted.length} are there more than once, the first is ${JSON.stringify(twice[0])}`]),
    ];
}
