import { isAlias, isMap, isScalar, isSeq, Node, Scalar, YAMLMap } from "yaml";
import { KeyPath, renderPath } from "./keyPath";
import { Problem } from "./problem";
import { holdsSecret, nameSaysSecret } from "./secretText";

/** Levels of maps and lists inside each other; our deepest key needs 6, free-form payloads the rest. */
export const MAXIMUM_DEPTH = 32;

export interface Position {
    readonly line: number;
    readonly column: number;
}

/** Turns parsed nodes into plain values, refuses what is not read, and notes where each key and value stands. */
export class YamlWalk {
    readonly keys = new Map<string, Position>();
    readonly values = new Map<string, Position>();
    tooDeep = false;

    constructor(
        private readonly file: string,
        private readonly position: (offset: number) => Position,
        private readonly problems: Problem[],
    ) {}

    read(node: unknown, path: KeyPath, depth: number): unknown {
        if (depth > MAXIMUM_DEPTH) {
            this.tooDeep = true;
            return undefined;
        }
        if (isAlias(node)) {
            this.refuse(node, path, "is an alias (*); a file of aliases can unfold to gigabytes", "write the value out");
            return undefined;
        }
        if (!isScalar(node) && !isMap(node) && !isSeq(node)) {
            return null;
        }
        this.values.set(pathId(path), this.place(node));
        if (node.anchor !== undefined) {
            this.refuse(
                node,
                path,
                "has an anchor (&); anchors and aliases are not read",
                "remove it and write the value where it is needed",
            );
        }
        if (node.tag !== undefined) {
            this.refuse(node, path, "has a tag (!)", "remove the tag; types follow from the form of the value");
        }
        if (isScalar(node)) {
            return this.scalar(node, path);
        }
        if (isSeq(node)) {
            return node.items.map((item, index) => this.read(item, [...path, index], depth + 1));
        }
        return this.map(node, path, depth);
    }

    private map(node: YAMLMap, path: KeyPath, depth: number): Record<string, unknown> {
        const result: Record<string, unknown> = {};
        for (const { key, value } of node.items) {
            if (!isScalar(key)) {
                this.refuse(node, path, "has a key that is not a plain text", "use text as keys");
                continue;
            }
            const name = key.source ?? String(key.value);
            const child = [...path, name];
            const id = pathId(child);
            const place = this.place(key);
            const first = this.keys.get(id);
            if (name === "__proto__") {
                this.refuse(key, child, "is a key that JavaScript treats specially", "choose another name");
                continue;
            }
            if (key.anchor !== undefined) {
                this.refuse(
                    key,
                    child,
                    "has an anchor (&); anchors and aliases are not read",
                    "remove it and write the value where it is needed",
                );
            }
            if (first !== undefined) {
                this.refuse(key, child, `is given twice; first in line ${first.line}`, "keep one of the two");
                continue;
            }
            this.keys.set(id, place);
            this.values.set(id, place);
            result[name] = this.read(value, child, depth + 1);
        }
        return result;
    }

    private scalar(node: Scalar, path: KeyPath): unknown {
        const source = node.source ?? "";
        const inQuotes = hidden(path, source) ? "the text in quotes" : `"${source}" in quotes`;
        if (node.type !== "PLAIN") {
            return node.value;
        }
        if (/^(?:yes|no|on|off)$/i.test(source)) {
            this.refuse(
                node,
                path,
                "means true or false in YAML 1.1 and a text in YAML 1.2",
                `write true or false, or ${inQuotes}`,
                source,
            );
        } else if (/^[-+]?0(?:[0-9_]+|o[0-7]+|x[0-9a-f]+|b[01_]+)$/i.test(source)) {
            this.refuse(
                node,
                path,
                "is a number that YAML versions read differently (octal, or its leading zero is lost)",
                `write a plain decimal number, or ${inQuotes}`,
                source,
            );
        } else if (/^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+$|^[-+]?[0-9]+_[0-9_]*$/.test(source)) {
            this.refuse(node, path, "is a number in YAML 1.1 and a text in YAML 1.2", `write ${inQuotes}`, source);
        } else if (typeof node.value === "number" && !Number.isFinite(node.value)) {
            this.refuse(node, path, "is no finite number", "write a finite number", source);
        }
        return node.value;
    }

    private refuse(node: Node, path: KeyPath, rule: string, fix: string, value?: unknown): void {
        const shown = value === undefined || hidden(path, value) ? {} : { value };
        const key = path.length === 0 ? {} : { key: renderPath(path) };
        this.problems.push({ file: this.file, ...this.place(node), ...key, ...shown, rule, fix });
    }

    private place(node: Node): Position {
        return this.position(node.range?.[0] ?? 0);
    }
}

/** Whether a value must not be shown: it looks like a credential, or its key says that it is one. */
export function hidden(path: KeyPath, value: unknown): boolean {
    return holdsSecret(value) || path.some((part) => typeof part === "string" && nameSaysSecret(part));
}

export function pathId(path: KeyPath): string {
    return JSON.stringify(path);
}
