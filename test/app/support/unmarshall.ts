import { isRecord } from "../../../automation/json";

/** The plain value of an item in DynamoDB's form: the way back of `itemText`, written for the tests alone. */
export function unmarshallText(text: string): unknown {
    return members(JSON.parse(text));
}

function members(item: unknown): Record<string, unknown> {
    // From entries, because a member may be called `__proto__`.
    return Object.fromEntries(Object.entries(item as object).map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
    const [[kind, inner]] = isRecord(value) ? Object.entries(value) : [["", undefined]];
    switch (kind) {
        case "S":
        case "BOOL":
            return inner;
        case "N":
            return Number(inner);
        case "NULL":
            return null;
        case "L":
            return (inner as unknown[]).map(plain);
        case "M":
            return members(inner);
        default:
            throw new Error(`"${kind}" is no kind of value.`);
    }
}
