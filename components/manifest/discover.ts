import { existsSync } from "node:fs";
import { join } from "node:path";
import { escapeFault, kindOfPath, namesIn, readRequiredFile, writtenPathFault } from "./files";
import { nearest } from "./nearest";
import { Problem } from "./problem";

export interface FunctionDirectory {
    readonly name: string;
    /** Project-relative, with forward slashes. */
    readonly directory: string;
    readonly manifest?: Uint8Array;
    readonly dockerfile?: Uint8Array;
}

export interface Discovery {
    /** Sorted by name; also those with problems. */
    readonly directories: readonly FunctionDirectory[];
    readonly problems: readonly Problem[];
}

/** Left behind by tools, never functions. */
const IGNORED = new Set(["__pycache__", "node_modules"]);

/** Finds the directories of functions and reads what each must have. Never throws. */
export function discoverFunctions(root: string, functionsDirectory: string): Discovery {
    const fault = writtenPathFault(functionsDirectory) ?? directoryFault(root, functionsDirectory);
    if (fault !== undefined) {
        return { directories: [], problems: [{ file: functionsDirectory, ...fault }] };
    }
    const directories: FunctionDirectory[] = [];
    const problems: Problem[] = [];
    for (const name of namesIn(join(root, functionsDirectory))) {
        const directory = `${functionsDirectory}/${name}`;
        const path = join(root, directory);
        const kind = kindOfPath(path);
        if (name.startsWith(".") || IGNORED.has(name) || kind === "file" || kind === "missing") {
            continue;
        }
        if (kind !== "directory") {
            problems.push({ file: directory, rule: `is a ${kind} where a function's directory is expected`, fix: "remove it" });
            continue;
        }
        const escape = escapeFault(path, join(root, functionsDirectory));
        if (escape !== undefined) {
            problems.push({ file: directory, rule: escape, fix: `put the function's files under ${functionsDirectory}` });
            continue;
        }
        const manifest = readRequiredFile(
            root,
            `${directory}/function.yaml`,
            directory,
            "write a manifest; `{}` is enough, every key has a default",
        );
        const dockerfile = readRequiredFile(
            root,
            `${directory}/Dockerfile`,
            directory,
            "write a Dockerfile; copy the one of a similar function",
        );
        problems.push(...manifest.problems, ...dockerfile.problems);
        directories.push({
            name,
            directory,
            ...(manifest.bytes === undefined ? {} : { manifest: manifest.bytes }),
            ...(dockerfile.bytes === undefined ? {} : { dockerfile: dockerfile.bytes }),
        });
    }
    if (directories.length === 0 && problems.length === 0) {
        problems.push({
            file: functionsDirectory,
            rule: "has no function: every directory in it is one",
            fix: `make ${functionsDirectory}/NAME with a Dockerfile and a function.yaml`,
        });
    }
    return { directories, problems };
}

/** What is wrong with a directory that must exist inside the project, or undefined. */
export function directoryFault(root: string, directory: string): { readonly rule: string; readonly fix: string } | undefined {
    const path = join(root, directory);
    const kind = kindOfPath(path);
    if (kind === "missing") {
        const parent = directory.includes("/") ? directory.slice(0, directory.lastIndexOf("/")) : ".";
        const similar = existsSync(join(root, parent))
            ? nearest(directory.slice(directory.lastIndexOf("/") + 1), namesIn(join(root, parent)))
            : undefined;
        return {
            rule: `the directory is missing${similar === undefined ? "" : `; nearest: ${JSON.stringify(similar)}`}`,
            fix: "make it, or correct the path",
        };
    }
    if (kind !== "directory") {
        return { rule: `is a ${kind} where a directory is needed`, fix: "replace it by a directory" };
    }
    const escape = escapeFault(path, root);
    return escape === undefined ? undefined : { rule: escape, fix: "keep it inside the project" };
}
