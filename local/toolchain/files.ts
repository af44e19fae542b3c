import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Writes a file so that a reader sees the old or the new content, never a part. */
export function writeAtomically(file: string, content: string | Uint8Array, mode = 0o644): void {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
    fs.writeFileSync(temporary, content, { mode });
    fs.renameSync(temporary, file);
}

/** The file's text, or `undefined` when there is none. */
export function readIfPresent(file: string): string | undefined {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}

/** First `length` hex digits of the SHA-256 over the parts, each with its length in front so that borders matter. */
export function hashOf(parts: readonly string[], length = 12): string {
    const hash = createHash("sha256");
    for (const part of parts) {
        hash.update(`${Buffer.byteLength(part)}\n${part}`);
    }
    return hash.digest("hex").slice(0, length);
}

/** Names and texts of the files below a folder whose names end so, in order; for hashes. */
export function sourceTexts(folder: string, ending: string): string[] {
    const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(ending));
    return names.sort().flatMap((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]);
}

/** Makes `link` point at `target`, replacing what is there in one move. */
export function placeLink(link: string, target: string): void {
    const temporary = `${link}.${randomBytes(4).toString("hex")}.tmp`;
    fs.symlinkSync(target, temporary);
    fs.renameSync(temporary, link);
}

/** Absolute path of the first executable called `name` on the given PATH, or `undefined`. */
export function findExecutable(name: string, searchPath: string): string | undefined {
    for (const folder of searchPath.split(path.delimiter)) {
        const candidate = path.join(folder, name);
        if (path.isAbsolute(folder) && isExecutable(candidate)) {
            return candidate;
        }
    }
    return undefined;
}

function isExecutable(file: string): boolean {
    try {
        fs.accessSync(file, fs.constants.X_OK);
        return fs.statSync(file).isFile();
    } catch {
        return false;
    }
}
