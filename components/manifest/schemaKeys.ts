import { z } from "zod";
import { KeyPath, renderPath, valueAt } from "./keyPath";

/** The keys that a closed map allows at a path. Of alternatives, the one whose required keys the value has. */
export function knownKeys(schema: z.ZodType, path: KeyPath, root: unknown): readonly string[] {
    let current: unknown = schema;
    path.forEach((part, index) => {
        current = child(settle(current, valueAt(root, path.slice(0, index))), part);
    });
    const found = settle(current, valueAt(root, path));
    return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

/** Where in the schema a key is known, like `triggers[]`; sorted, the top of the file as `the top of the file`. */
export function levelsOf(schema: z.ZodType, key: string): readonly string[] {
    const levels = new Set<string>();
    collect(schema, "", key, levels);
    return [...levels].sort();
}

function collect(schema: unknown, place: string, key: string, levels: Set<string>): void {
    const inner = unwrap(schema);
    if (inner instanceof z.ZodObject) {
        for (const [name, member] of Object.entries(inner.shape)) {
            if (name === key) {
                levels.add(place === "" ? "the top of the file" : place);
            }
            collect(member, place === "" ? renderPath([name]) : `${place}.${name}`, key, levels);
        }
    } else if (inner instanceof z.ZodArray) {
        collect(inner.element, `${place}[]`, key, levels);
    } else if (inner instanceof z.ZodRecord) {
        // Below `handlers` stands what stands at the top as well; naming both would only confuse.
        const nested = new Set<string>();
        collect(inner.valueType, `${place}.NAME`, key, nested);
        if (levels.size === 0) {
            nested.forEach((level) => levels.add(level));
        }
    } else if (inner instanceof z.ZodUnion) {
        inner.options.forEach((option) => collect(option, place, key, levels));
    }
}

function child(schema: unknown, part: string | number): unknown {
    if (schema instanceof z.ZodObject) {
        return typeof part === "string" && Object.hasOwn(schema.shape, part) ? schema.shape[part] : undefined;
    }
    if (schema instanceof z.ZodArray) {
        return schema.element;
    }
    return schema instanceof z.ZodRecord ? schema.valueType : undefined;
}

/** Without wrappers, and of a union the alternative that the value is meant to be. */
function settle(schema: unknown, value: unknown): unknown {
    const inner = unwrap(schema);
    if (!(inner instanceof z.ZodUnion)) {
        return inner;
    }
    return inner.options.map(unwrap).find((option) => fits(option, value));
}

function fits(schema: unknown, value: unknown): boolean {
    if (Array.isArray(value)) {
        return schema instanceof z.ZodArray;
    }
    return (
        schema instanceof z.ZodObject &&
        Object.entries(schema.shape).every(([key, member]) => member instanceof z.ZodOptional || valueAt(value, [key]) !== undefined)
    );
}

function unwrap(schema: unknown): unknown {
    let current = schema;
    while (current instanceof z.ZodOptional) {
        current = current.unwrap();
    }
    return current;
}
