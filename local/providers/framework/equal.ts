/** When two property values mean the same, and how live values are brought into the shape that was asked for. */
import { elementType, isArrayType, isMapType, properties, type ProviderSchema, referencedType, type TypeName } from "./schema";
import { isObject, type Plain, type Properties } from "./values";

/** What an entry says about its values: paths without indexes, like `lambdaFunctions.events`. */
export interface Meaning {
    readonly json: ReadonlySet<string>;
    readonly sets: ReadonlySet<string>;
    readonly local: ReadonlySet<string>;
}

export function meaningOf(type: { readonly json?: readonly string[]; readonly sets?: readonly string[]; readonly local?: readonly string[] }): Meaning {
    return { json: new Set(type.json), sets: new Set(type.sets), local: new Set(type.local) };
}

/** Equal JSON: member order does not count. */
export function deepEqual(a: Plain | undefined, b: Plain | undefined): boolean {
    return a === b || canonical(a) === canonical(b);
}

/** The value as text with sorted members, for comparing and sorting. */
export function canonical(value: Plain | undefined): string {
    if (Array.isArray(value)) {
        return `[${value.map(canonical).join(",")}]`;
    }
    if (isObject(value)) {
        return `{${Object.keys(value)
            .sort()
            .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
            .join(",")}}`;
    }
    return value === undefined ? "undefined" : JSON.stringify(value);
}

/**
 * Equal documents, as IAM and its relatives see them: a list of one is the same as its element, the order of lists does
 * not count, and `"4"` is 4 and `"true"` is true. Texts that are not JSON are equal when they are the same.
 */
export function documentsEqual(a: string, b: string): boolean {
    if (a === b) {
        return true;
    }
    try {
        return canonical(normalDocument(JSON.parse(a) as Plain)) === canonical(normalDocument(JSON.parse(b) as Plain));
    } catch {
        return false;
    }
}

/** Same meaning, by the rules of the entry. */
export function sameMeaning(a: Plain | undefined, b: Plain | undefined, path: string, meaning: Meaning): boolean {
    if (a === undefined || b === undefined) {
        return isEmpty(a) && isEmpty(b);
    }
    if (meaning.json.has(path) && typeof a === "string" && typeof b === "string") {
        return documentsEqual(a, b);
    }
    if (Array.isArray(a) && Array.isArray(b)) {
        if (a.length !== b.length) {
            return false;
        }
        const ordered: readonly Plain[] = meaning.sets.has(path) ? alignSet(a, b, (x, y) => sameMeaning(x, y, path, meaning)) : b;
        return a.every((item: Plain, index) => sameMeaning(item, ordered[index], path, meaning));
    }
    if (isObject(a) && isObject(b)) {
        const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
        return [...keys].every((key) => sameMeaning(a[key], b[key], `${path}.${key}`, meaning));
    }
    return deepEqual(a, b);
}

export function isEmpty(value: Plain | undefined): boolean {
    return (
        value === undefined ||
        value === null ||
        value === "" ||
        (Array.isArray(value) && value.length === 0) ||
        (isObject(value) && Object.values(value).every(isEmpty))
    );
}

/**
 * The live value in the words of the wished one: the same text where documents mean the same, the same order where
 * there is none, and members that only the program knows. What really differs stays as it is.
 */
export function align(wished: Plain | undefined, live: Plain | undefined, path: string, meaning: Meaning): Plain | undefined {
    if (wished === undefined || meaning.local.has(path)) {
        return live ?? wished;
    }
    if (live === undefined) {
        return isEmpty(wished) ? wished : undefined;
    }
    if (meaning.json.has(path) && typeof wished === "string" && typeof live === "string") {
        return documentsEqual(wished, live) ? wished : live;
    }
    if (Array.isArray(wished) && Array.isArray(live)) {
        const covers = (a: Plain, b: Plain): boolean => covered(a, b, path, meaning);
        const ordered = meaning.sets.has(path) ? alignSet(wished, live, covers) : live;
        return ordered.map((item: Plain, index) => align(wished[index], item, path, meaning) ?? item);
    }
    if (isObject(wished) && isObject(live)) {
        const result: Record<string, Plain> = {};
        for (const key of new Set([...Object.keys(live), ...Object.keys(wished)])) {
            const value = align(wished[key], live[key], `${path}.${key}`, meaning);
            if (value !== undefined) {
                result[key] = value;
            }
        }
        return result;
    }
    return live;
}

/** The part of an aligned live value that was wished for: members of nested types that the service added are left out. */
export function project(schema: ProviderSchema, type: TypeName, wished: Plain | undefined, live: Plain): Plain {
    const nested = referencedType(schema, type);
    const element = elementType(type);
    if (nested !== undefined && isObject(wished) && isObject(live)) {
        const known = properties(nested);
        const entries = Object.entries(live).filter(([key]) => wished[key] !== undefined);
        return Object.fromEntries(entries.map(([key, value]) => [key, project(schema, known.get(key)?.type ?? "any", wished[key], value)]));
    }
    if (element !== undefined && isArrayType(type) && Array.isArray(wished) && Array.isArray(live)) {
        return live.map((item: Plain, index) => project(schema, element, wished[index] as Plain | undefined, item));
    }
    if (element !== undefined && isMapType(type) && isObject(wished) && isObject(live)) {
        return Object.fromEntries(Object.entries(live).map(([key, value]) => [key, project(schema, element, wished[key], value)]));
    }
    return live;
}

/** The elements of `live` in the order of their partners in `wished`; those without a partner follow. */
function alignSet(wished: readonly Plain[], live: readonly Plain[], same: (wished: Plain, live: Plain) => boolean): Plain[] {
    const rest = [...live];
    const partners = wished.flatMap((item) => {
        const index = rest.findIndex((candidate) => same(item, candidate));
        return index < 0 ? [] : rest.splice(index, 1);
    });
    return [...partners, ...rest];
}

/** Whether `live` has everything that was wished for, and perhaps more. */
function covered(wished: Plain, live: Plain, path: string, meaning: Meaning): boolean {
    if (isObject(wished) && isObject(live)) {
        return Object.entries(wished).every(
            ([key, value]) => meaning.local.has(`${path}.${key}`) || isEmpty(value) || covered(value, live[key] ?? null, `${path}.${key}`, meaning),
        );
    }
    return sameMeaning(wished, live, path, meaning);
}

function normalDocument(value: Plain): Plain {
    if (Array.isArray(value)) {
        const items = value.map(normalDocument);
        const [only] = items;
        return items.length === 1 && only !== undefined ? only : items.sort((a, b) => (canonical(a) < canonical(b) ? -1 : 1));
    }
    if (isObject(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalDocument(item)]));
    }
    if (typeof value === "number" || typeof value === "boolean") {
        return String(value);
    }
    return value;
}

/** Values of `inputs` that are in the schema, brought from live state: what a refresh records as inputs. */
export function liveInputs(
    schema: ProviderSchema,
    type: { readonly token: string; readonly computed?: readonly string[] },
    known: Properties,
    live: Properties,
): Properties {
    const result: Record<string, Plain> = {};
    const computed = new Set(type.computed);
    for (const property of properties(schema.resources[type.token]?.inputs ?? {}).values()) {
        const wished = known[property.name];
        const value = live[property.name];
        if (value === undefined) {
            continue;
        }
        if (wished !== undefined) {
            result[property.name] = project(schema, property.type, wished, value);
        } else if (property.name !== "region" && !computed.has(property.name) && !isEmpty(value)) {
            result[property.name] = value;
        }
    }
    return result;
}
