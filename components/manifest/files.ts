import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, join, relative, sep } from "node:path";
import { nearest } from "./nearest";
import { Problem } from "./problem";
import { MAXIMUM_FILE_BYTES } from "./text";

export interface ReadFile {
    readonly bytes?: Uint8Array;
    readonly problems: readonly Problem[];
}

/** Reads a file that must exist, be a plain file inside `within`, and hold something. `file` is project-relative. Never throws. */
export function readRequiredFile(root: string, file: string, within: string, hint: string): ReadFile {
    const path = join(root, file);
    const refuse = (rule: string, fix: string): ReadFile => ({ problems: [{ file, rule, fix }] });
    const kind = kindOfPath(path);
    if (kind === "missing") {
        const similar = nearest(file.slice(file.lastIndexOf("/") + 1), namesIn(join(path, "..")));
        const rename = similar === undefined ? hint : `rename ${JSON.stringify(similar)}; the name must be exact`;
        return refuse("the file is missing", rename);
    }
    if (kind !== "file") {
        return refuse(`is a ${kind} where a file is needed`, hint);
    }
    const escape = escapeFault(path, join(root, within));
    if (escape !== undefined) {
        return refuse(escape, `keep everything under ${within}`);
    }
    try {
        const size = statSync(path).size;
        if (size === 0) {
            return refuse("the file is empty", hint);
        }
        if (size > MAXIMUM_FILE_BYTES) {
            return refuse(
                `the file has ${size.toLocaleString("en-US")} bytes (limit: ${MAXIMUM_FILE_BYTES.toLocaleString("en-US")}; source: this project)`,
                "keep data out of this file",
            );
        }
        return { bytes: readFileSync(path), problems: [] };
    } catch (error) {
        return refuse(`cannot be read: ${errorCode(error)}`, "correct the permissions of the file");
    }
}

/** Whether a path's real place is outside a folder; undefined when it is inside. */
export function escapeFault(path: string, folder: string): string | undefined {
    try {
        const inside = relative(realpathSync(folder), realpathSync(path));
        return inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)
            ? "is a link that leads outside its folder"
            : undefined;
    } catch (error) {
        return `cannot be resolved: ${errorCode(error)}`;
    }
}

/** What stands at a path; links are followed. */
export function kindOfPath(path: string): "file" | "directory" | "missing" | "broken link" | "special file" {
    try {
        const stats = statSync(path);
        return stats.isFile() ? "file" : stats.isDirectory() ? "directory" : "special file";
    } catch {
        try {
            return lstatSync(path).isSymbolicLink() ? "broken link" : "special file";
        } catch {
            return "missing";
        }
    }
}

/** Names in a folder, sorted by code units; none when it cannot be read. */
export function namesIn(folder: string): readonly string[] {
    try {
        return readdirSync(folder).sort();
    } catch {
        return [];
    }
}

/**
 * What is wrong with a path that someone wrote: it must be relative to the project, with forward slashes, and stay inside.
 * Checked before it touches the disk.
 */
export function writtenPathFault(path: string): { readonly rule: string; readonly fix: string } | undefined {
    const fix = "write a path inside the project, relative to it, with forward slashes";
    if (path === "" || path.trim() !== path) {
        return { rule: path === "" ? "the path is empty" : "the path begins or ends with a space", fix };
    }
    if (/[\x00-\x1f\x7f]/.test(path)) {
        return { rule: "the path contains a control character", fix };
    }
    if (path.includes("\\")) {
        return { rule: "the path contains a backslash", fix };
    }
    if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) {
        return { rule: "the path is absolute", fix };
    }
    if (/^[a-z][a-z0-9+.-]*:/i.test(path)) {
        return { rule: "is an address, not a path", fix };
    }
    if (path.startsWith("~")) {
        return { rule: "the path begins with ~, which only a shell replaces", fix };
    }
    if (/[$`;|&<>*?"']/.test(path)) {
        return { rule: "the path contains characters that shells treat specially", fix };
    }
    return path.split("/").includes("..") ? { rule: "the path has a part `..`", fix } : undefined;
}

function errorCode(error: unknown): string {
    return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown error";
}
