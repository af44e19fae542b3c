/**
 * Property values as Pulumi's engine sends them: JSON with markers for what is secret and what is not yet known.
 * Inside the framework a value is plain JSON; the unknown stays a marker string and secrets are remembered as paths.
 */
import * as struct from "google-protobuf/google/protobuf/struct_pb";

export type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };
export type Properties = Readonly<Record<string, Plain>>;
export type Path = readonly (string | number)[];

/** Stands for a value that is known only after something else was created. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Lists the properties that were filled in and not written by the user, as the real provider does. */
export const DEFAULTS = "__defaults";

// The markers are constants of the engine's protocol (sdk/go/common/resource/properties.go and plugin/rpc.go).
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const UNKNOWNS: ReadonlySet<string> = new Set([
    UNKNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export interface Decoded {
    readonly values: Properties;
    readonly secrets: readonly Path[];
}

export function isUnknown(value: Plain | undefined): boolean {
    return value === UNKNOWN;
}

/** True when the value or anything inside it is not known yet. */
export function hasUnknown(value: Plain | undefined): boolean {
    if (Array.isArray(value)) {
        return value.some(hasUnknown);
    }
    return isObject(value) ? Object.values(value).some(hasUnknown) : isUnknown(value);
}

export function isObject(value: unknown): value is { readonly [key: string]: Plain } {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Nulls are absent values: the engine and the SDKs treat them alike. */
export function decode(message: struct.Struct | undefined): Decoded {
    const secrets: Path[] = [];
    const raw = (message?.toJavaScript() ?? {}) as Record<string, Plain>;
    return { values: decodeObject(raw, [], secrets), secrets };
}

export function encode(values: Properties, secrets: readonly Path[] = []): struct.Struct {
    return struct.Struct.fromJavaScript(encodeProperties(values, secrets) as Record<string, struct.JavaScriptValue>);
}

/** The engine's own form of the values: every secret path that exists is wrapped, else its nearest existing ancestor. */
export function encodeProperties(values: Properties, secrets: readonly Path[]): Properties {
    let result: Plain = values;
    for (const path of dedupe(secrets)) {
        const existing = longestExisting(values, path);
        if (existing.length > 0) {
            result = wrapAt(result, existing);
        }
    }
    return result as Properties;
}

/** What is left of JSON after members without a value were dropped, so that it can be stored. */
export function plain(value: unknown): Plain | undefined {
    if (value === undefined || value === null || typeof value === "function") {
        return undefined;
    }
    if (value instanceof Date) {
        return value.toISOString();
    }
    if (Array.isArray(value)) {
        return value.map((item) => plain(item) ?? null);
    }
    if (typeof value === "object") {
        return plainProperties(value);
    }
    return typeof value === "bigint" ? Number(value) : (value as Plain);
}

export function plainProperties(value: object): Record<string, Plain> {
    const result: Record<string, Plain> = {};
    for (const [key, member] of Object.entries(value)) {
        const kept = plain(member);
        if (kept !== undefined) {
            result[key] = kept;
        }
    }
    return result;
}

function decodeValue(value: Plain, path: Path, secrets: Path[]): Plain {
    if (typeof value === "string") {
        return UNKNOWNS.has(value) ? UNKNOWN : value;
    }
    if (Array.isArray(value)) {
        return value.map((item: Plain, index) => decodeValue(item, [...path, index], secrets));
    }
    if (isObject(value)) {
        if (value[SIGNATURE] === SECRET) {
            secrets.push(path);
            return decodeValue(value["value"] ?? null, path, secrets);
        }
        return decodeObject(value, path, secrets);
    }
    return value;
}

function decodeObject(value: { readonly [key: string]: Plain }, path: Path, secrets: Path[]): Record<string, Plain> {
    const result: Record<string, Plain> = {};
    for (const [key, member] of Object.entries(value)) {
        if (member !== null && member !== undefined) {
            result[key] = decodeValue(member, [...path, key], secrets);
        }
    }
    return result;
}

function longestExisting(value: Plain, path: Path): Path {
    let current: Plain | undefined = value;
    for (let depth = 0; depth < path.length; depth++) {
        current = member(current, path[depth]);
        if (current === undefined) {
            return path.slice(0, depth);
        }
    }
    return path;
}

function member(value: Plain | undefined, key: string | number | undefined): Plain | undefined {
    if (Array.isArray(value)) {
        return typeof key === "number" ? (value[key] as Plain | undefined) : undefined;
    }
    return isObject(value) && key !== undefined && Object.hasOwn(value, key) ? value[key] : undefined;
}

function wrapAt(value: Plain, path: Path): Plain {
    const [head, ...rest] = path;
    if (isObject(value) && value[SIGNATURE] === SECRET) {
        return value; // an ancestor is secret already
    }
    if (head === undefined) {
        return { [SIGNATURE]: SECRET, value };
    }
    if (Array.isArray(value)) {
        return value.map((item: Plain, index) => (index === head ? wrapAt(item, rest) : item));
    }
    return isObject(value) ? { ...value, [head]: wrapAt(value[String(head)] ?? null, rest) } : value;
}

/** Ancestors first, each path once. */
function dedupe(paths: readonly Path[]): Path[] {
    const seen = new Map(paths.map((path) => [JSON.stringify(path), path]));
    return [...seen.values()].sort((a, b) => a.length - b.length);
}
