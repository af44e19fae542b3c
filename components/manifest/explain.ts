import { z } from "zod";

const SEPARATOR = ". Fix: ";

/** A zod message that carries both the rule and what to do. */
export function explain(rule: string, fix: string): string {
    return `${rule}${SEPARATOR}${fix}`;
}

/** Takes a message of {@link explain} apart; undefined for zod's own messages. */
export function explained(message: string): { readonly rule: string; readonly fix: string } | undefined {
    const at = message.indexOf(SEPARATOR);
    return at < 0 ? undefined : { rule: message.slice(0, at), fix: message.slice(at + SEPARATOR.length) };
}

export interface Range {
    readonly minimum: number;
    readonly maximum: number;
    /** Shown behind numbers, like `MiB`. */
    readonly unit?: string;
    /** Where the limit is written down. */
    readonly source: string;
}

/** A whole number within limits that a message can tell. */
export function wholeNumber({ minimum, maximum, unit, source }: Range): z.ZodNumber {
    const behind = unit === undefined ? "" : ` ${unit}`;
    const range = `${show(minimum)} to ${show(maximum)}`;
    const limit = `(limit: ${range}${behind}; source: ${source})`;
    const fix = `use a whole number from ${range}`;
    const notWhole = explain(`must be a whole number without quotes and unit ${limit}`, fix);
    return z
        .number({ error: notWhole })
        .int({ error: notWhole, abort: true })
        .min(minimum, { error: explain(`is below ${show(minimum)}${behind} ${limit}`, fix) })
        .max(maximum, { error: explain(`is above ${show(maximum)}${behind} ${limit}`, fix) });
}

function show(value: number): string {
    return value.toLocaleString("en-US");
}
