import { isEmpty, type Meaning, meaningOf, sameMeaning } from "./equal";
import type { AnyResourceType } from "./resource";
import { DEFAULTS, hasUnknown, isObject, type Plain, type Properties } from "./values";

export type DiffKind = "add" | "delete" | "update";

export interface PropertyDifference {
    /** Path in the engine's notation, like `environment.variables["A.B"]`. */
    readonly path: string;
    readonly kind: DiffKind;
    readonly replace: boolean;
}

export interface Difference {
    /** Top-level properties, sorted. */
    readonly changed: readonly string[];
    readonly replaces: readonly string[];
    readonly details: readonly PropertyDifference[];
    readonly deleteBeforeReplace: boolean;
}

/** Nothing moves from one region to another. */
const REGION = "region";

/**
 * Compares recorded inputs with new ones. `ignored` are property paths that the program asked to ignore, `state` is what
 * the resource shows: a first wish for what the service chose by itself is no difference where it has just that, as
 * after an import.
 */
export function diffResource<S>(type: AnyResourceType<S>, recorded: Properties, news: Properties, ignored: readonly string[] = [], state: Properties = {}): Difference {
    const chosen = (type.computed ?? []).flatMap((property) => (recorded[property] === undefined && state[property] !== undefined ? [[property, state[property]] as const] : []));
    const old = { ...Object.fromEntries(chosen), ...recorded };
    const meaning = meaningOf(type);
    const replacing = new Set([...type.replaceOn, REGION]);
    const changed: string[] = [];
    const details: PropertyDifference[] = [];
    for (const property of [...new Set([...Object.keys(old), ...Object.keys(news)])].sort()) {
        if (property === DEFAULTS || ignored.includes(property) || !differs(type, property, old, news, meaning)) {
            continue;
        }
        const before = details.length;
        collect(old[property], news[property], property, property, replacing.has(property), meaning, details);
        const kept = details.slice(before).filter(({ path }) => !ignored.some((ignore) => covers(ignore, path)));
        details.splice(before, details.length - before, ...kept);
        if (kept.length > 0) {
            changed.push(property);
        }
    }
    const replaces = changed.filter((property) => replacing.has(property));
    return { changed, replaces, details, deleteBeforeReplace: replaces.length > 0 && mustDeleteFirst(type, old, news) };
}

function differs<S>(type: AnyResourceType<S>, property: string, old: Properties, news: Properties, meaning: Meaning): boolean {
    const before = old[property];
    const after = news[property];
    if (after === undefined && type.computed?.includes(property) === true) {
        return false; // no wish: what the service chose stays
    }
    return hasUnknown(after) || !sameMeaning(before, after, property, meaning);
}

/** A name that stays the same while the resource is replaced is still taken by the old one. */
function mustDeleteFirst<S>(type: AnyResourceType<S>, old: Properties, news: Properties): boolean {
    if (type.deleteBeforeReplace === true) {
        return true;
    }
    const property = type.autoName?.property;
    const defaults = news[DEFAULTS];
    const generated = property !== undefined && Array.isArray(defaults) && defaults.includes(property);
    return property !== undefined && !generated && !hasUnknown(news[property]) && old[property] === news[property];
}

function collect(
    old: Plain | undefined,
    news: Plain | undefined,
    path: string,
    place: string,
    replace: boolean,
    meaning: Meaning,
    details: PropertyDifference[],
): void {
    if (!hasUnknown(news) && sameMeaning(old, news, place, meaning)) {
        return;
    }
    if (isObject(old) && isObject(news)) {
        for (const key of [...new Set([...Object.keys(old), ...Object.keys(news)])].sort()) {
            collect(old[key], news[key], member(path, key), `${place}.${key}`, replace, meaning, details);
        }
        return;
    }
    if (Array.isArray(old) && Array.isArray(news) && !meaning.sets.has(place)) {
        for (let index = 0; index < Math.max(old.length, news.length); index++) {
            collect(old[index] as Plain | undefined, news[index] as Plain | undefined, `${path}[${index}]`, place, replace, meaning, details);
        }
        return;
    }
    const kind = isEmpty(old) && old === undefined ? "add" : news === undefined ? "delete" : "update";
    details.push({ path, kind, replace });
}

function member(path: string, key: string): string {
    return /^[A-Za-z_$][\w$]*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

/** `ignoreChanges: ["tags"]` covers `tags.owner`; a `*` stands for one index or key. */
function covers(ignored: string, path: string): boolean {
    const pattern = ignored.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^.\\[\\]]+");
    return new RegExp(`^${pattern}($|[.\\[])`).test(path);
}
