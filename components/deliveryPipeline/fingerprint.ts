import { createHash } from "node:crypto";

/** JSON with sorted keys and without what is absent: equal values have equal texts, however they were made. */
export function canonicalJson(value: unknown): string {
    return JSON.stringify(sorted(value)) ?? "null";
}

/** SHA-256 of the canonical JSON, 64 hex digits. */
export function fingerprint(value: unknown): string {
    return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (!isRecord(value)) {
        return value;
    }
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
