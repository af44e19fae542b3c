import { looksSecret } from "./secretText";
import { quote } from "./problem";

/** Where a value stands in a document: keys of maps and indexes of lists. */
export type KeyPath = readonly (string | number)[];

/** `triggers[0].batchSize`; keys that are not plain words are quoted: `environment["A-B"]`. */
export function renderPath(path: KeyPath): string {
    let text = "";
    for (const part of path) {
        if (typeof part === "number") {
            text += `[${part}]`;
        } else if (/^[A-Za-z_][A-Za-z0-9_:-]*$/.test(part) && part.length <= 60 && !looksSecret(part)) {
            text += text === "" ? part : `.${part}`;
        } else {
            text += `[${looksSecret(part) ? '"(hidden)"' : quote(part)}]`;
        }
    }
    return text;
}

/** The value at a path inside plain maps and lists; undefined where there is none. */
export function valueAt(value: unknown, path: KeyPath): unknown {
    let current = value;
    for (const part of path) {
        if (typeof current !== "object" || current === null || !Object.hasOwn(current, part)) {
            return undefined;
        }
        current = (current as Record<string | number, unknown>)[part];
    }
    return current;
}
