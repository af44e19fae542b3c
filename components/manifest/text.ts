import { Problem } from "./problem";

/** Bytes that a manifest, a Dockerfile or a settings file may have; far above any real one. */
export const MAXIMUM_FILE_BYTES = 1_000_000;

/**
 * Characters that reorder or hide what a reader sees (Unicode annex 9 controls, tags, zero width).
 * A file with them can show a reviewer something else than what the program reads (CVE-2021-42574).
 */
const HIDDEN = /[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/;

export interface ReadText {
    /** Absent when the bytes cannot be read as text. */
    readonly text?: string;
    readonly problems: readonly Problem[];
}

/** UTF-8 text without byte order mark; line ends are left alone. Never throws. */
export function decodeText(file: string, bytes: Uint8Array): ReadText {
    if (bytes.length > MAXIMUM_FILE_BYTES) {
        return refuse({
            file,
            value: bytes.length,
            rule: `the file has more bytes than ${MAXIMUM_FILE_BYTES.toLocaleString("en-US")} (limit of this project)`,
            fix: "keep data out of this file",
        });
    }
    let text: string;
    try {
        text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
        return refuse({ file, rule: "the file is not UTF-8 text", fix: "save it as UTF-8" });
    }
    const problems: Problem[] = [];
    text.split("\n").forEach((line, index) => {
        const found = CONTROL.exec(line.replace(/\r$/, "")) ?? HIDDEN.exec(line);
        if (found !== null) {
            problems.push({
                file,
                line: index + 1,
                column: found.index + 1,
                rule: `contains the invisible character ${codePoint(found[0])}`,
                fix: "delete the character; inside a string write it as an escape",
            });
        }
    });
    return problems.some((problem) => problem.rule.includes("U+0000")) ? { problems } : { text, problems };
}

/** `U+00EF` for `ï`. */
export function codePoint(character: string): string {
    return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function refuse(problem: Problem): ReadText {
    return { problems: [problem] };
}
