import { isRecord, toJsonLine } from "../../automation/json";
import { cut } from "../../automation/text";
import type { ResourceChange } from "../ports";

export interface PropertyChange {
    /** As in `stages[2].actions[0].configuration.ProjectName`. */
    readonly path: string;
    /** Absent when the property is new. */
    readonly before?: unknown;
    /** Absent when it goes away. */
    readonly after?: unknown;
}

/** Every leaf in which two values differ, in the order of the paths. */
export function diffProperties(before: unknown, after: unknown, path = ""): PropertyChange[] {
    if (isRecord(before) && isRecord(after)) {
        const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
        return keys.flatMap((key) => diffProperties(before[key], after[key], path === "" ? key : `${path}.${key}`));
    }
    if (Array.isArray(before) && Array.isArray(after)) {
        return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index).flatMap((index) =>
            diffProperties(before[index], after[index], `${path}[${index}]`),
        );
    }
    if (before === after || (before !== undefined && after !== undefined && toJsonLine(before) === toJsonLine(after))) {
        return [];
    }
    return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

const WIDTH = 120;
const LINES = 40;

/** What a person reads: each resource, and below it each property that differs. */
export function formatChanges(changes: readonly ResourceChange[]): string[] {
    const lines = changes.flatMap((change) => {
        const properties = change.operation === "update" || change.operation === "replace" ? diffProperties(change.before, change.after) : [];
        return [`${change.operation} ${shortUrn(change.urn)}`, ...properties.map((property) => `    ${formatProperty(property)}`)];
    });
    return lines.length <= LINES ? lines : [...lines.slice(0, LINES), `… and ${lines.length - LINES} lines more`];
}

function formatProperty({ path, before, after }: PropertyChange): string {
    return `${path}: ${formatValue(before)} → ${formatValue(after)}`;
}

function formatValue(value: unknown): string {
    return value === undefined ? "(none)" : cut(toJsonLine(value), WIDTH);
}

/** `aws:codepipeline/pipeline:Pipeline delivery-pipeline`, of a URN that says much more. */
export function shortUrn(urn: string): string {
    const parts = urn.split("::");
    const type = parts[2]?.split("$").at(-1);
    return parts.length < 4 || type === undefined ? urn : `${type} ${parts.slice(3).join("::")}`;
}
