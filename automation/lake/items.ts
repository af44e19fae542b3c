import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { isRecord, stringMember } from "../json";

/** A DynamoDB item in plain values. Sets are lists; binary values are left out. */
export type Item = Readonly<Record<string, unknown>>;

/** What the catalogue says of an object. */
export interface Entry {
    readonly id: string;
    readonly status: string;
    readonly csvKey?: string;
    readonly batch?: string;
    readonly parquetKey?: string;
    readonly reason?: string;
}

/** A record of the history: one object's way through stage A, or one batch of stage B. */
export interface Execution {
    readonly id: string;
    readonly stage: "A" | "B";
    readonly status: string;
    /** Ids of the objects: one in stage A. */
    readonly objects: readonly string[];
    /** Milliseconds since 1970. */
    readonly startedAt?: number;
    readonly endedAt?: number;
    readonly reason?: string;
    /** State of the job that works on a batch. */
    readonly job?: string;
}

export function plainItem(item: Readonly<Record<string, AttributeValue>>): Item {
    return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: AttributeValue): unknown {
    if (value.N !== undefined) {
        return Number(value.N);
    }
    if (value.NS !== undefined) {
        return value.NS.map(Number);
    }
    if (value.L !== undefined) {
        return value.L.map(plainValue);
    }
    if (value.M !== undefined) {
        return plainItem(value.M);
    }
    return value.NULL === true ? null : (value.S ?? value.BOOL ?? value.SS);
}

export function readEntry(item: Item): Entry {
    return {
        id: stringMember(item, "id") ?? "",
        status: stringMember(item, "status") ?? "",
        csvKey: stringMember(item, "csv_key"),
        batch: stringMember(item, "batch"),
        parquetKey: stringMember(item, "parquet_key"),
        reason: stringMember(item, "reason"),
    };
}

export function readExecution(item: Item): Execution {
    const object = stringMember(item, "object");
    const items = Array.isArray(item.items) ? item.items.filter((id) => typeof id === "string") : [];
    return {
        id: stringMember(item, "id") ?? "",
        stage: item.stage === "B" ? "B" : "A",
        status: stringMember(item, "status") ?? "",
        objects: object === undefined ? items : [object],
        startedAt: timeOf(item.started_at),
        endedAt: timeOf(item.ended_at),
        reason: stringMember(item, "reason"),
        job: isRecord(item.job) ? stringMember(item.job, "status") : undefined,
    };
}

/** Whether an execution has come to its end, a good one or another. */
export function hasEnded({ status }: Execution): boolean {
    return status === "SUCCEEDED" || status === "FAILED" || status === "SUPERSEDED";
}

/** Seconds from an execution's start to its end, where both are known. */
export function secondsOf({ startedAt, endedAt }: Execution): number | undefined {
    return startedAt === undefined || endedAt === undefined ? undefined : (endedAt - startedAt) / 1000;
}

function timeOf(value: unknown): number | undefined {
    const time = typeof value === "string" ? Date.parse(value) : NaN;
    return Number.isNaN(time) ? undefined : time;
}
