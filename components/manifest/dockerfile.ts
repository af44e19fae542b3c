import { decodeText } from "./text";
import { Problem } from "./problem";

export interface Instruction {
    /** In capitals, like `COPY`. */
    readonly name: string;
    /** What follows on all its lines, without comments and continuation characters. */
    readonly text: string;
    /** 1-based, of its first line. */
    readonly line: number;
    /** Options in front, like `from` → `layer` of `--from=layer`. */
    readonly flags: ReadonlyMap<string, string>;
}

export interface Stage {
    /** As written behind FROM. */
    readonly from: string;
    /** Lower-case name behind AS, or its index. */
    readonly name: string;
    readonly instruction: Instruction;
    readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
    readonly file: string;
    /** The value of a `# syntax=` line, which names an image that reads the file. */
    readonly syntax?: { readonly value: string; readonly line: number };
    /** ARG before the first FROM: name → default, undefined without one. */
    readonly globalArguments: ReadonlyMap<string, string | undefined>;
    /** All, in order. */
    readonly instructions: readonly Instruction[];
    readonly stages: readonly Stage[];
}

const DIRECTIVE = /^#\s*([a-z]+)\s*=\s*(\S+)\s*$/i;

/** Takes a Dockerfile apart: directives, continuation lines, here-documents, stages. Says nothing about meaning; never throws. */
export function parseDockerfile(
    file: string,
    bytes: Uint8Array,
): { readonly dockerfile?: Dockerfile; readonly problems: readonly Problem[] } {
    const { text, problems } = decodeText(file, bytes);
    if (text === undefined) {
        return { problems };
    }
    const lines = text.split(/\r?\n/);
    let escape = "\\";
    let syntax: Dockerfile["syntax"];
    let at = 0;
    for (; at < lines.length; at++) {
        const directive = DIRECTIVE.exec(lines[at] ?? "");
        if (directive === null) {
            break;
        }
        if (directive[1]?.toLowerCase() === "escape" && directive[2] === "`") {
            escape = "`";
        } else if (directive[1]?.toLowerCase() === "syntax") {
            syntax = { value: directive[2] ?? "", line: at + 1 };
        }
    }
    const instructions: Instruction[] = [];
    while (at < lines.length) {
        const line = at;
        const { text: whole, next } = joinLines(lines, at, escape);
        at = next;
        const form = /^\s*([A-Za-z]+)(?:\s+([\s\S]*))?$/.exec(whole);
        if (form !== null) {
            const { flags, rest } = takeFlags(form[2] ?? "");
            const { body, after } = hereDocuments(rest, lines, at);
            at = after;
            instructions.push({ name: (form[1] ?? "").toUpperCase(), text: (rest + body).trim(), line: line + 1, flags });
        }
    }
    return { dockerfile: { file, ...(syntax === undefined ? {} : { syntax }), instructions, ...stagesOf(instructions) }, problems };
}

/** `NAME=value` pairs of an ARG or ENV instruction, and the old `ENV NAME value`. Quotes are taken off. */
export function assignments(instruction: Instruction): readonly { readonly name: string; readonly value?: string }[] {
    const words = instruction.text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"?|'[^']*'?)+/g) ?? [];
    const first = words[0];
    if (first === undefined) {
        return [];
    }
    if (instruction.name === "ENV" && !first.includes("=")) {
        return [{ name: first, value: instruction.text.slice(first.length).trim() }];
    }
    return words.map((word) => {
        const at = word.indexOf("=");
        return at < 0 ? { name: word } : { name: word.slice(0, at), value: word.slice(at + 1).replace(/^(["'])(.*)\1$/s, "$2") };
    });
}

function joinLines(lines: readonly string[], start: number, escape: string): { readonly text: string; readonly next: number } {
    let text = "";
    let at = start;
    while (at < lines.length) {
        const line = lines[at] ?? "";
        at++;
        // Comment and empty lines inside an instruction are skipped, as Docker does.
        if (/^\s*#/.test(line) || (text !== "" && line.trim() === "")) {
            if (text === "") {
                break;
            }
            continue;
        }
        const trimmed = line.trimEnd();
        if (trimmed.endsWith(escape)) {
            text += `${trimmed.slice(0, -1)} `;
            continue;
        }
        text += line;
        break;
    }
    return { text, next: at };
}

function takeFlags(text: string): { readonly flags: ReadonlyMap<string, string>; readonly rest: string } {
    const flags = new Map<string, string>();
    let rest = text.trimStart();
    for (let match = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest); match !== null; match = /^--([a-z-]+)(?:=(\S*))?(?:\s+|$)/.exec(rest)) {
        const name = match[1] ?? "";
        // RUN may have several --mount.
        flags.set(flags.has(name) ? `${name}#${flags.size}` : name, match[2] ?? "");
        rest = rest.slice(match[0].length);
    }
    return { flags, rest };
}

function hereDocuments(text: string, lines: readonly string[], start: number): { readonly body: string; readonly after: number } {
    let body = "";
    let after = start;
    for (const match of text.matchAll(/<<-?\s*(["']?)([A-Za-z_][A-Za-z0-9_]*)\1/g)) {
        while (after < lines.length) {
            const line = lines[after] ?? "";
            after++;
            if (line.trim() === match[2]) {
                break;
            }
            body += `\n${line}`;
        }
    }
    return { body, after };
}

function stagesOf(instructions: readonly Instruction[]): Pick<Dockerfile, "stages" | "globalArguments"> {
    const globalArguments = new Map<string, string | undefined>();
    const stages: { from: string; name: string; instruction: Instruction; instructions: Instruction[] }[] = [];
    for (const instruction of instructions) {
        const current = stages.at(-1);
        if (instruction.name === "FROM") {
            const [from = "", as, name] = instruction.text.split(/\s+/);
            const named = as?.toUpperCase() === "AS" && name !== undefined;
            stages.push({ from, name: named ? name.toLowerCase() : String(stages.length), instruction, instructions: [] });
        } else if (current !== undefined) {
            current.instructions.push(instruction);
        } else if (instruction.name === "ARG") {
            assignments(instruction).forEach(({ name, value }) => globalArguments.set(name, value));
        }
    }
    return { globalArguments, stages };
}
