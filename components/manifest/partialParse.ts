import { z } from "zod";
import { KeyPath, valueAt } from "./keyPath";

export interface PartialParse<T> {
    /** What is valid; undefined when nothing is. */
    readonly value?: T;
    /** Everything that zod found in the value as it was given. */
    readonly issues: readonly z.core.$ZodIssue[];
    /** Leads from a path in `value` to the path in what was given: list entries that were left out shift the others. */
    readonly original: (path: KeyPath) => KeyPath;
}

/** For each list of a pruned value, the indexes its entries had. */
type Indexes = WeakMap<object, readonly number[]>;

/**
 * Parses with a closed schema; where something is refused, parses again without it, so that the rest can still be checked.
 * Each round removes at least one key or entry; the bound on rounds is the depth at which removals can move upwards.
 */
export function parseWhatIsValid<T>(schema: z.ZodType<T>, given: unknown): PartialParse<T> {
    const indexes: Indexes = new WeakMap();
    let current = given;
    let issues: readonly z.core.$ZodIssue[] | undefined;
    for (let round = 0; round < 40; round++) {
        const result = schema.safeParse(current);
        const pruned = current;
        if (result.success) {
            return { value: result.data, issues: issues ?? [], original: (path) => originalPath(pruned, path, indexes) };
        }
        issues ??= result.error.issues;
        const refused = result.error.issues.flatMap((issue) => existing(pruned, issue));
        if (refused.some((path) => path.length === 0)) {
            break;
        }
        current = without(pruned, refused, indexes);
    }
    return { issues: issues ?? [], original: (path) => path };
}

/** The paths to leave out because of an issue; of a missing key, what should have held it. */
function existing(value: unknown, issue: z.core.$ZodIssue): KeyPath[] {
    const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
    if (issue.code === "unrecognized_keys") {
        return issue.keys.map((key) => [...path, key]);
    }
    return [valueAt(value, path) === undefined ? path.slice(0, -1) : path];
}

function without(value: unknown, paths: readonly KeyPath[], indexes: Indexes): unknown {
    if (paths.length === 0 || typeof value !== "object" || value === null) {
        return value;
    }
    const gone = new Set<string | number>();
    const inside = new Map<string | number, KeyPath[]>();
    for (const [part, ...rest] of paths) {
        if (part !== undefined && rest.length === 0) {
            gone.add(part);
        } else if (part !== undefined) {
            inside.set(part, [...(inside.get(part) ?? []), rest]);
        }
    }
    if (Array.isArray(value)) {
        const kept = value.map((_, index) => index).filter((index) => !gone.has(index));
        const result = kept.map((index) => without(value[index], inside.get(index) ?? [], indexes));
        const before = indexes.get(value);
        indexes.set(result, before === undefined ? kept : kept.map((index) => before[index] ?? index));
        return result;
    }
    return Object.fromEntries(
        Object.entries(value)
            .filter(([key]) => !gone.has(key))
            .map(([key, item]) => [key, without(item, inside.get(key) ?? [], indexes)]),
    );
}

function originalPath(pruned: unknown, path: KeyPath, indexes: Indexes): KeyPath {
    let current = pruned;
    return path.map((part) => {
        const holder = current;
        current = valueAt(current, [part]);
        return typeof part === "number" && Array.isArray(holder) ? (indexes.get(holder)?.[part] ?? part) : part;
    });
}
