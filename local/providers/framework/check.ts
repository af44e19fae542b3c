import { nearest } from "./nearest";
import { type Autonaming, generateName } from "./names";
import type { AnyResourceType } from "./resource";
import { elementType, isArrayType, isMapType, type ObjectSchema, properties, type ProviderSchema, referencedType, type TypeName } from "./schema";
import { DEFAULTS, hasUnknown, isObject, isUnknown, type Plain, type Properties } from "./values";

export interface Failure {
    /** Path of the property, like `environment.variables`. */
    readonly property: string;
    readonly reason: string;
}

export interface CheckOptions {
    readonly name: string;
    readonly seed: Uint8Array;
    readonly autonaming?: Autonaming;
    /** Inputs recorded by the last update; empty for a new resource. */
    readonly old: Properties;
    /** What every resource of the provider that can have tags gets. */
    readonly defaultTags: Readonly<Record<string, string>>;
}

export interface CheckResult {
    readonly inputs: Properties;
    readonly failures: readonly Failure[];
}

/** Validates inputs, then fills in what the user left out: name, defaults, all tags. All failures at once. */
export function checkResource<S>(type: AnyResourceType<S>, schema: ProviderSchema, news: Properties, options: CheckOptions): CheckResult {
    const resource = schema.resources[type.token];
    if (resource === undefined) {
        throw new Error(`${type.token} is in the table but not in schema.json: add it to supported.ts and generate the schema again`);
    }
    const given = without(news, DEFAULTS, "tagsAll");
    const failures: Failure[] = [];
    const checked = checkObject(schema, resource.inputs, given, "", failures) as Record<string, Plain>;
    for (const property of type.unsupported ?? []) {
        if (checked[property] !== undefined) {
            failures.push({
                property,
                reason: `"${property}" of ${type.token} is known, but the emulator's stand-in does not carry it out: leave it out, or use the official provider`,
            });
        }
    }
    failures.push(...brokenDocuments(type, checked));
    const defaulted = fillIn(type, checked, options, failures);
    if (resource.outputs.includes("tagsAll")) {
        checked["tagsAll"] = allTags(checked["tags"], options.defaultTags);
    }
    if (failures.length === 0 && type.problems !== undefined && !hasUnknown(checked)) {
        failures.push(...type.problems(checked));
    }
    return { inputs: { [DEFAULTS]: defaulted.sort(), ...checked }, failures };
}

/** Texts that must be JSON and are not. The text is not shown: it may be a secret. */
function brokenDocuments<S>(type: AnyResourceType<S>, checked: Properties): Failure[] {
    return (type.json ?? []).flatMap((property) => {
        const value = checked[property];
        if (typeof value !== "string" || isUnknown(value) || isJson(value)) {
            return [];
        }
        return [{ property, reason: `"${property}" is a text that is not JSON, and a JSON document is allowed: build it with JSON.stringify or pulumi.jsonStringify` }];
    });
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}

/** Validates an object and converts what is harmless to convert (text to number and back, JSON given as an object). */
export function checkObject(
    schema: ProviderSchema,
    members: ObjectSchema,
    value: Properties,
    path: string,
    failures: Failure[],
): Properties {
    const known = properties(members);
    const result: Record<string, Plain> = {};
    for (const [name, member] of Object.entries(value)) {
        const place = path === "" ? name : `${path}.${name}`;
        const property = known.get(name);
        if (property === undefined) {
            if (name !== DEFAULTS) {
                failures.push({ property: place, reason: unknownName("property", place, name, known.keys()) });
            }
        } else {
            result[name] = checkValue(schema, property.type, member, place, failures);
        }
    }
    for (const property of known.values()) {
        if (property.required && result[property.name] === undefined) {
            const place = path === "" ? property.name : `${path}.${property.name}`;
            failures.push({ property: place, reason: `"${place}" is required and was not given: give it a value` });
        }
    }
    return result;
}

/** `KIND "given" is not known. Did you mean "…"?`, with what to do. */
export function unknownName(kind: string, given: string, name: string, known: Iterable<string>): string {
    const names = [...known].sort();
    const near = nearest(name, names);
    const allowed = near === undefined ? `known are ${names.slice(0, 40).join(", ")}${names.length > 40 ? ", …" : ""}` : `did you mean "${near}"?`;
    return `${kind} "${given}" is not known: ${allowed} Correct the program, or use the official provider.`;
}

function checkValue(schema: ProviderSchema, type: TypeName, value: Plain, place: string, failures: Failure[]): Plain {
    if (isUnknown(value) || type === "any" || type === "asset") {
        return value;
    }
    const nested = referencedType(schema, type);
    if (nested !== undefined) {
        return isObject(value) ? checkObject(schema, nested, value, place, failures) : wrong(value, "an object", place, failures);
    }
    const element = elementType(type);
    if (element !== undefined && isArrayType(type)) {
        return Array.isArray(value)
            ? value.map((item: Plain, index) => checkValue(schema, element, item, `${place}[${index}]`, failures))
            : wrong(value, "a list", place, failures);
    }
    if (element !== undefined && isMapType(type)) {
        return isObject(value)
            ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, checkValue(schema, element, item, `${place}.${key}`, failures)]))
            : wrong(value, "a map", place, failures);
    }
    return checkScalar(type, value, place, failures);
}

function checkScalar(type: TypeName, value: Plain, place: string, failures: Failure[]): Plain {
    switch (type) {
        case "json":
            return isObject(value) && !hasUnknown(value) ? JSON.stringify(value) : isObject(value) ? value : text(value, place, failures);
        case "string":
            return text(value, place, failures);
        case "number":
            if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) {
                return Number(value);
            }
            return typeof value === "number" ? value : wrong(value, "a number", place, failures);
        case "boolean":
            if (value === "true" || value === "false") {
                return value === "true";
            }
            return typeof value === "boolean" ? value : wrong(value, "true or false", place, failures);
        default:
            throw new Error(`schema.json has a type "${type}" that the framework does not know: generate the schema again`);
    }
}

function text(value: Plain, place: string, failures: Failure[]): Plain {
    if (typeof value === "number" || typeof value === "boolean") {
        return String(value);
    }
    return typeof value === "string" ? value : wrong(value, "a text", place, failures);
}

/** The value itself is not shown: it may be a secret. */
function wrong(value: Plain, allowed: string, place: string, failures: Failure[]): Plain {
    const given = Array.isArray(value) ? "a list" : isObject(value) ? "an object" : `a ${typeof value}`;
    failures.push({ property: place, reason: `"${place}" is ${given}, allowed is ${allowed}: correct the program` });
    return value;
}

function fillIn<S>(type: AnyResourceType<S>, checked: Record<string, Plain>, options: CheckOptions, failures: Failure[]): string[] {
    const defaulted: string[] = [];
    const rule = type.autoName;
    if (rule?.prefixProperty !== undefined && checked[rule.property] !== undefined && checked[rule.prefixProperty] !== undefined) {
        failures.push({
            property: rule.prefixProperty,
            reason: `"${rule.property}" and "${rule.prefixProperty}" were both given, and one of them is allowed: leave one out`,
        });
    }
    if (rule !== undefined && checked[rule.property] === undefined) {
        const oldDefaults = options.old[DEFAULTS];
        const previous = options.old[rule.property];
        if (previous !== undefined && Array.isArray(oldDefaults) && oldDefaults.includes(rule.property)) {
            checked[rule.property] = previous;
        } else {
            const { name, problem } = generateName(rule, options.name, checked, options.seed, options.autonaming);
            if (name === undefined) {
                failures.push({ property: rule.property, reason: problem ?? "" });
            } else {
                checked[rule.property] = name;
            }
        }
        defaulted.push(rule.property);
    }
    for (const [property, value] of Object.entries(type.defaults ?? {})) {
        if (checked[property] === undefined) {
            checked[property] = value;
            defaulted.push(property);
        }
    }
    return defaulted;
}

function allTags(tags: Plain | undefined, defaultTags: Readonly<Record<string, string>>): Plain {
    return isObject(tags) ? { ...defaultTags, ...tags } : (tags ?? { ...defaultTags });
}

function without(values: Properties, ...names: readonly string[]): Properties {
    return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}
