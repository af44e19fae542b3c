/** Characters of a pattern as JSON (EventBridge quotas). */
const MAXIMUM_PATTERN = 2_048;
const OPERATORS = ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr", "exists"];

/** What is wrong with an EventBridge event pattern, or undefined. The place is a path inside the pattern. */
export function patternFault(
    pattern: Readonly<Record<string, unknown>>,
): { readonly rule: string; readonly fix: string; readonly path: readonly (string | number)[] } | undefined {
    const size = JSON.stringify(pattern).length;
    if (size > MAXIMUM_PATTERN) {
        return {
            rule: `has ${size.toLocaleString("en-US")} characters as JSON (limit: 2,048; source: EventBridge quotas)`,
            fix: "match on fewer values",
            path: [],
        };
    }
    return mapFault(pattern, []);
}

type Fault = ReturnType<typeof patternFault>;

function mapFault(map: Readonly<Record<string, unknown>>, path: readonly (string | number)[]): Fault {
    const entries = Object.entries(map);
    if (entries.length === 0) {
        return { rule: "is empty, which EventBridge refuses", fix: 'match on something, like {"source": ["aws.s3"]}', path };
    }
    for (const [key, value] of entries) {
        const at = [...path, key];
        const fault = key === "$or" ? alternativesFault(value, at) : isMap(value) ? mapFault(value, at) : valuesFault(value, at);
        if (fault !== undefined) {
            return fault;
        }
    }
    return undefined;
}

function alternativesFault(value: unknown, path: readonly (string | number)[]): Fault {
    if (!Array.isArray(value) || value.length < 2) {
        return { rule: "$or needs a list of two or more maps", fix: "write the alternatives as a list", path };
    }
    for (const [index, item] of value.entries()) {
        const at = [...path, index];
        const fault: Fault = isMap(item) ? mapFault(item, at) : { rule: "is no map", fix: "write a map of what to match", path: at };
        if (fault !== undefined) {
            return fault;
        }
    }
    return undefined;
}

function valuesFault(value: unknown, path: readonly (string | number)[]): Fault {
    if (!Array.isArray(value) || value.length === 0) {
        return {
            rule: "must be a list with one or more values (source: EventBridge event patterns)",
            fix: `write [${JSON.stringify(value) ?? ""}]`.slice(0, 60),
            path,
        };
    }
    for (const [index, item] of value.entries()) {
        if (Array.isArray(item)) {
            return { rule: "is a list inside a list", fix: "write the values in one list", path: [...path, index] };
        }
        if (isMap(item)) {
            const keys = Object.keys(item);
            const unknown = keys.find((key) => !OPERATORS.includes(key));
            if (keys.length !== 1 || unknown !== undefined) {
                return {
                    rule: "is no comparison that EventBridge knows",
                    fix: `use one of ${OPERATORS.join(", ")}`,
                    path: [...path, index],
                };
            }
        }
    }
    return undefined;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
