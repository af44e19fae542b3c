import type { Aws } from "../../../automation/aws";
import type { DeadLetter, IndexQuestion, LakeClient } from "../../../automation/lake/client";
import type { Item } from "../../../automation/lake/items";
import { findLake, type Lake } from "../../../automation/lake/lake";

export const lakeOutputs = {
    rawBucket: "raw",
    stageBucket: "stage",
    tables: { objects: "objects", datasets: "datasets", executions: "executions" },
    queues: { routing: "q/routing", routingDeadLetters: "q/routing-dlq", stageADeadLetters: "q/a-dlq", stageBDeadLetters: "q/b-dlq" },
};

const found = findLake(lakeOutputs);
if (found === undefined) {
    throw new Error("the outputs are not those of a lake");
}
export const lake: Lake = found;

/** A clock that moves with every look at it, so that no test waits. */
export function movingClock(step = 100): () => number {
    let time = Date.UTC(2026, 0, 31, 12);
    return () => (time += step);
}

type Fields = Record<string, unknown>;

/**
 * The sample application in memory. Every look at the catalogue moves each object one step: catalogued, waiting, taken by
 * a batch (when the minimum waits, or the schedule was fired), in Parquet.
 */
export class FakeLake implements Aws, LakeClient {
    readonly calls: string[] = [];
    readonly objects = new Map<string, Fields>();
    readonly executions = new Map<string, Fields>();
    readonly csv: string[] = [];
    readonly letters = new Map<string, DeadLetter[]>();
    minimum = 3;
    /** What an object does instead of moving on; by a part of its id. */
    readonly troubles = new Map<string, "stuck" | "fails in A" | "fails in B">();
    private readonly raw = new Set<string>();
    private flushed = false;
    private batches = 0;

    constructor(readonly clock: () => number = Date.now) {}

    /** One step of everything. */
    move(): void {
        for (const id of this.raw) {
            const trouble = [...this.troubles].find(([part]) => id.includes(part))?.[1];
            if (trouble !== "stuck") {
                this.moveObject(id, trouble);
            }
        }
        const waiting = this.withStatus("WAITING");
        if (waiting.length >= this.minimum || (this.flushed && waiting.length > 0)) {
            this.startBatch(waiting);
        }
        this.flushed = false;
    }

    /** Ids in the records of what is in Parquet, as rows of one column. */
    get records(): string[][] {
        return this.withStatus("PROCESSED").map((item) => [String(item.record)]);
    }

    async putObject(bucket: string, key: string, body: Uint8Array): Promise<void> {
        this.calls.push(`put ${bucket}/${key}`);
        this.raw.add(`${bucket}/${key}`);
        this.objects.set(`record of ${bucket}/${key}`, { record: (JSON.parse(Buffer.from(body).toString()) as Fields).id });
    }
    async getItems(table: string, _: string, values: readonly string[]): Promise<Item[]> {
        if (table === "datasets") {
            return [{ name: values[0], min_items_process: this.minimum }];
        }
        this.move();
        return values.map((id) => this.objects.get(id)).filter((item) => item !== undefined).map((item) => ({ ...item }));
    }
    async query(_: string, { hash }: IndexQuestion): Promise<Item[]> {
        return [...this.executions.values()].filter(({ stage }) => stage === hash[1]);
    }
    async countItems(): Promise<number> {
        return this.withStatus("WAITING").length;
    }
    async queueDepth(url: string): Promise<number> {
        return this.letters.get(url)?.length ?? 0;
    }
    async peekMessages(url: string): Promise<DeadLetter[]> {
        return this.letters.get(url) ?? [];
    }
    async invokeLater(name: string, payload: string, qualifier: string): Promise<void> {
        this.calls.push(`later ${name} ${qualifier} ${payload}`);
        this.flushed = true;
    }
    async invoke(name: string, payload: string, qualifier?: string): Promise<{ payload: string; log: string }> {
        this.calls.push(`invoke ${name} ${qualifier} ${payload}`);
        if (name.endsWith("-redrive")) {
            this.troubles.clear();
            this.letters.clear();
        }
        return { payload: '{"message":"pong"}', log: "" };
    }
    async sendMessage(queue: string, body: string): Promise<void> {
        this.calls.push(`send ${queue} ${body}`);
    }
    async listObjects(bucket: string, prefix: string): Promise<string[]> {
        const keys = bucket === "raw" ? [...this.raw].map((id) => id.slice("raw/".length)) : this.csv;
        return keys.filter((key) => key.startsWith(prefix)).sort();
    }
    async getObject(_: string, key: string): Promise<Uint8Array> {
        this.calls.push(`get ${key}`);
        return Buffer.from("PAR1");
    }
    async deleteObject(bucket: string, key: string): Promise<void> {
        this.calls.push(`delete ${bucket}/${key}`);
    }
    async listFunctions(): Promise<string[]> {
        return [];
    }
    async findEventSourceMapping(): Promise<undefined> {}
    async readLogs(): Promise<[]> {
        return [];
    }

    /** A Python that compares and reads, on what is in Parquet here. */
    readonly capture = async (_: string, args: readonly string[]): Promise<{ status: number; output: string }> => {
        const [script] = args[0].split("/").slice(-1);
        this.calls.push(`python ${script}`);
        const rows = this.records;
        return { status: 0, output: script === "verify.py" ? `${rows.length} of ${rows.length} records\n` : `${JSON.stringify({ columns: ["id"], rows })}\n` };
    };

    private moveObject(id: string, trouble?: string): void {
        const item = this.objects.get(id);
        const path = id.slice("raw/raw/".length);
        const now = new Date(this.clock()).toISOString();
        if (item === undefined) {
            this.objects.set(id, { id, status: "RECEIVED", ...this.objects.get(`record of ${id}`) });
            this.executions.set(id, { id: `a-${this.executions.size}`, stage: "A", status: "RUNNING", object: id, started_at: now });
        } else if (item.status === "RECEIVED" && trouble === "fails in A") {
            Object.assign(item, { status: "FAILED", reason: "no JSON" });
            Object.assign(this.executions.get(id) ?? {}, { status: "FAILED", ended_at: now });
            this.letters.set("q/a-dlq", [{ id: "1", body: JSON.stringify({ bucket: "raw", key: id.slice("raw/".length) }), attributes: { reason: "no JSON", source: "p-local-stage-a-error" } }]);
        } else if (item.status === "RECEIVED") {
            const key = `pre-stage/${path.replace(/json$/, "csv")}`;
            this.csv.push(key);
            Object.assign(item, { status: "WAITING", csv_key: key });
            Object.assign(this.executions.get(id) ?? {}, { status: "SUCCEEDED", ended_at: now });
        } else if (item.status === "CLAIMED") {
            const batch = String(item.batch);
            const fails = trouble === "fails in B";
            Object.assign(item, fails ? {} : { status: "PROCESSED", parquet_key: `post-stage/${batch}.parquet` });
            Object.assign(this.executions.get(batch) ?? {}, { status: fails ? "FAILED" : "SUCCEEDED", ended_at: now });
            if (fails) {
                const others = (this.letters.get("q/b-dlq") ?? []).filter(({ id: other }) => other !== batch);
                this.letters.set("q/b-dlq", [...others, { id: batch, body: JSON.stringify({ batch }), attributes: { reason: "the transform raised", source: "p-local-stage-b-error" } }]);
            }
        }
    }

    private startBatch(waiting: Fields[]): void {
        const batch = `b${++this.batches}`;
        waiting.forEach((item) => Object.assign(item, { status: "CLAIMED", batch }));
        const items = waiting.map(({ id }) => id);
        this.executions.set(batch, { id: batch, stage: "B", status: "RUNNING", items, started_at: new Date(this.clock()).toISOString(), job: { status: "RUNNING" } });
    }

    private withStatus(wanted: string): Fields[] {
        return [...this.objects.values()].filter(({ status }) => status === wanted);
    }
}
