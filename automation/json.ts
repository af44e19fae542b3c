/** One JSON document on one line with sorted keys, so that the same result is the same text. Undefined members are left out. */
export function toJsonLine(value: unknown): string {
    return JSON.stringify(sorted(value));
}

function sorted(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(sorted);
    }
    if (isRecord(value)) {
        return Object.fromEntries(
            Object.keys(value)
                .sort()
                .map((key) => [key, sorted(value[key])]),
        );
    }
    return value;
}

/** Whether a value is an object with named members (not an array, not null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The member of a value if it is a string. */
export function stringMember(value: unknown, key: string): string | undefined {
    const member = isRecord(value) ? value[key] : undefined;
    return typeof member === "string" ? member : undefined;
}
