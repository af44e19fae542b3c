import * as fs from "node:fs";
import * as path from "node:path";

/** Files below a folder that a pattern of a buildspec matches (`**`, `*`, `?`), sorted, relative to the folder. */
export function matchingFiles(folder: string, patterns: readonly string[]): string[] {
    const found = patterns.flatMap((pattern) => {
        const wild = pattern.search(/[*?]/);
        const base = wild < 0 ? path.posix.dirname(pattern) : pattern.slice(0, wild).replace(/[^/]*$/, "");
        const expression = expressionOf(pattern);
        return filesBelow(path.join(folder, base), !pattern.includes("**"), expression.depth)
            .map((file) => path.posix.join(base === "." ? "" : base, file))
            .filter((file) => expression.matches.test(file));
    });
    return [...new Set(found)].sort();
}

function expressionOf(pattern: string): { readonly matches: RegExp; readonly depth: number } {
    const normal = path.posix.normalize(pattern);
    const source = normal
        .split(/(\*\*\/|\*\*|\*|\?)/)
        .map((part) => ({ "**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]" })[part] ?? part.replace(/[.+^${}()|[\]\\]/g, "\\$&"))
        .join("");
    return { matches: new RegExp(`^${source}$`), depth: normal.split("/").length };
}

/** Links are not followed: they could lead out of the source. */
function filesBelow(folder: string, shallow: boolean, depth: number, prefix = ""): string[] {
    if (!fs.existsSync(folder)) {
        return [];
    }
    return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
        if (entry.isDirectory()) {
            return shallow && depth <= 0 ? [] : filesBelow(path.join(folder, entry.name), shallow, depth - 1, `${prefix}${entry.name}/`);
        }
        return entry.isFile() ? [`${prefix}${entry.name}`] : [];
    });
}
