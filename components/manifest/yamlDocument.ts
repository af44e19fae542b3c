import { Lexer, LineCounter, parseDocument, Parser } from "yaml";
import { KeyPath, renderPath, valueAt } from "./keyPath";
import { Problem } from "./problem";
import { decodeText } from "./text";
import { hidden, MAXIMUM_DEPTH, pathId, Position, YamlWalk } from "./yamlWalk";

export type { Position } from "./yamlWalk";

/** Syntax errors shown of one file; a file that is no YAML at all has as many as it has characters. */
const SHOWN_SYNTAX_ERRORS = 10;

export interface ProblemOptions {
    /** What was given; by default the value at the path. */
    readonly value?: unknown;
    /** Leaves the value out of the message. Values that look secret are left out anyway. */
    readonly hideValue?: boolean;
    /** Points at the key instead of its value. */
    readonly atKey?: boolean;
}

/** A parsed YAML (or JSON) file that knows where each of its values stands. */
export class YamlDocument {
    constructor(
        readonly file: string,
        readonly value: unknown,
        private readonly keys: ReadonlyMap<string, Position>,
        private readonly values: ReadonlyMap<string, Position>,
        private readonly original: (path: KeyPath) => KeyPath = (path) => path,
    ) {}

    /** The same document, asked with other paths, which the function leads to those of the file. */
    withPaths(original: (path: KeyPath) => KeyPath): YamlDocument {
        return new YamlDocument(this.file, this.value, this.keys, this.values, original);
    }

    /** Where the value at a path stands; of a missing one, where its nearest ancestor stands. */
    locate(given: KeyPath, atKey = false): Position | undefined {
        const path = this.original(given);
        for (let length = path.length; length >= 0; length--) {
            const id = pathId(path.slice(0, length));
            const found = atKey && length === path.length ? (this.keys.get(id) ?? this.values.get(id)) : this.values.get(id);
            if (found !== undefined) {
                return found;
            }
        }
        return undefined;
    }

    /** A problem at a path, with its position. */
    problem(given: KeyPath, rule: string, fix: string, options: ProblemOptions = {}): Problem {
        const path = this.original(given);
        const value = "value" in options ? options.value : valueAt(this.value, path);
        const shown = options.hideValue || value === undefined || hidden(path, value) ? {} : { value };
        const key = path.length === 0 ? {} : { key: renderPath(path) };
        return { file: this.file, ...this.locate(given, options.atKey), ...key, ...shown, rule, fix };
    }
}

export interface ParsedYaml {
    /** Absent when the file cannot be understood as a whole. */
    readonly document?: YamlDocument;
    readonly problems: readonly Problem[];
}

/**
 * Reads YAML 1.2 (core schema) strictly: one document, string keys, each once, no anchors, aliases, tags, directives or tabs, and no
 * scalar that another YAML version reads differently (`yes`, `0123`). JSON is read too, being YAML; there tabs are usual. Never throws.
 */
export function parseYaml(file: string, bytes: Uint8Array, tabs: "refused" | "allowed" = "refused"): ParsedYaml {
    const { text, problems: textProblems } = decodeText(file, bytes);
    if (text === undefined) {
        return { problems: textProblems };
    }
    const problems: Problem[] = [...textProblems, ...(tabs === "refused" ? tabProblems(file, text) : [])];
    const lines = new LineCounter();
    const position = (offset: number): Position => {
        const { line, col } = lines.linePos(offset);
        return { line: Math.max(line, 1), column: Math.max(col, 1) };
    };
    if (nestsTooDeep(text)) {
        return { problems: [...problems, tooDeep(file)] };
    }
    // Uniqueness is checked below: the parser's own check takes quadratic time.
    const parsed = parseDocument(text, { version: "1.2", schema: "core", uniqueKeys: false, prettyErrors: false, lineCounter: lines });
    if (parsed.directives.yaml.explicit === true) {
        problems.push({ file, line: 1, column: 1, rule: "has a %YAML directive", fix: "remove it: files are read as YAML 1.2" });
    }
    // Tabs in front of lines are reported above, once a line and in our words.
    const errors = parsed.errors.filter((error) => error.code !== "TAB_AS_INDENT" || problems.length === 0);
    for (const error of errors.slice(0, SHOWN_SYNTAX_ERRORS)) {
        const more =
            error === errors[SHOWN_SYNTAX_ERRORS - 1] && errors.length > SHOWN_SYNTAX_ERRORS
                ? ` (and ${errors.length - SHOWN_SYNTAX_ERRORS} more places)`
                : "";
        problems.push({
            file,
            ...position(error.pos[0]),
            rule: `is not valid YAML: ${firstLine(error.message)}${more}`,
            fix: "correct the syntax",
        });
    }
    if (parsed.errors.length > 0) {
        return { problems };
    }
    const walk = new YamlWalk(file, position, problems);
    const value = walk.read(parsed.contents, [], 0);
    if (walk.tooDeep) {
        return { problems: [...problems, tooDeep(file)] };
    }
    return { document: new YamlDocument(file, value, walk.keys, walk.values), problems };
}

function tabProblems(file: string, text: string): Problem[] {
    const problems: Problem[] = [];
    text.split("\n").forEach((line, index) => {
        const column = /^ *\t/.exec(line)?.[0].length;
        if (column !== undefined && line.trim() !== "") {
            problems.push({ file, line: index + 1, column, rule: "is indented with a tab", fix: "indent with spaces" });
        }
    });
    return problems;
}

/**
 * Whether the text nests so deep that composing it, which recurses, could end the process: a megabyte of `[` does (seen with
 * yaml 2.9.1 on Node 20). The concrete syntax parser used here keeps a stack of its own, two entries a level at most.
 */
function nestsTooDeep(text: string): boolean {
    const parser = new Parser();
    for (const lexeme of new Lexer().lex(text)) {
        for (const _ of parser.next(lexeme)) {
            // Only the depth is wanted.
        }
        if (parser.stack.length > 3 * MAXIMUM_DEPTH) {
            return true;
        }
    }
    return false;
}

function tooDeep(file: string): Problem {
    return { file, rule: `is nested more than ${MAXIMUM_DEPTH} levels deep (limit of this project)`, fix: "flatten the structure" };
}

function firstLine(message: string): string {
    return (message.split("\n")[0] ?? "").slice(0, 120);
}
