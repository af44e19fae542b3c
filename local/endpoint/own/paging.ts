import { AwsError } from "./error";

/** One page of a list. The token is the position, which is enough where nobody else lists. */
export function page<T>(items: readonly T[], token: unknown, size: number): { readonly items: readonly T[]; readonly nextToken: { readonly nextToken?: string } } {
    const start = token === undefined || token === null ? 0 : Number(token);
    if (!Number.isInteger(start) || start < 0) {
        throw new AwsError("InvalidInputException", `Invalid nextToken: ${JSON.stringify(token)} was given; pass one that this service returned`);
    }
    const end = start + size;
    return { items: items.slice(start, end), nextToken: end < items.length ? { nextToken: String(end) } : {} };
}

/** A list of strings from an input, one to a hundred. */
export function strings(value: unknown, name: string): readonly string[] {
    if (!Array.isArray(value) || value.length === 0 || value.length > 100 || !value.every((entry) => typeof entry === "string")) {
        throw new AwsError("InvalidInputException", `Invalid ${name}: one to one hundred strings are needed`);
    }
    return value.map(String);
}
