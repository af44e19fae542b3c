/** A plain value as DynamoDB writes it down; members sorted, so that equal records are equal text. */
export function itemText(record: object): string {
    return JSON.stringify(members(record));
}

type AttributeValue =
    | { readonly S: string }
    | { readonly N: string }
    | { readonly BOOL: boolean }
    | { readonly NULL: true }
    | { readonly L: readonly AttributeValue[] }
    | { readonly M: Readonly<Record<string, AttributeValue>> };

function members(record: object): Record<string, AttributeValue> {
    return Object.fromEntries(
        Object.entries(record)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, value]: [string, unknown]) => [name, attribute(value)]),
    );
}

function attribute(value: unknown): AttributeValue {
    if (value === null) {
        return { NULL: true };
    }
    if (Array.isArray(value)) {
        return { L: value.map(attribute) };
    }
    switch (typeof value) {
        case "string":
            return { S: value };
        case "number":
            return { N: String(value) };
        case "boolean":
            return { BOOL: value };
        case "object":
            return { M: members(value) };
        default:
            throw new Error(`A ${typeof value} cannot be stored in a table; allowed is what JSON knows. Change the record.`);
    }
}
