import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import ignore from "@balena/dockerignore";
import { Problem } from "../manifest/problem";

/** One path of a staged context, as it enters the input key. */
export interface StagedEntry {
    /** Relative to the context, with forward slashes. */
    readonly path: string;
    readonly type: "file" | "executable" | "link";
    /** SHA-256 of a file's bytes in hex, or a link's text. */
    readonly content: string;
}

export interface StagedContext {
    /** Project-relative folder that holds only what the build may see. */
    readonly directory: string;
    /** Sorted by path. */
    readonly entries: readonly StagedEntry[];
    /** Text of the Dockerfile. */
    readonly dockerfile: string;
}

/** 1980-01-01: constant, and the earliest time that zip files can hold, which Python wheels need. Seconds. */
export const SOURCE_DATE_EPOCH = 315_532_800;

const DOCKERFILE = "Dockerfile";
const IGNORE_FILES = [".dockerignore", "Dockerfile.dockerignore"];

/**
 * Copies the files of a build context that are not ignored into a folder of ours, with fixed times and modes, so that
 * neither the clock, the owner, the umask nor the place of the checkout can reach an image.
 * @returns the staged context, or the problems that forbid it; nothing is written then.
 */
export function stageContext(root: string, source: string, target: string): StagedContext | Problem[] {
    const absolute = path.join(root, source);
    const isIgnored = ignoreRules(absolute);
    const problems: Problem[] = [];
    const found: { entry: StagedEntry; bytes?: Buffer }[] = [];
    for (const file of walk(absolute)) {
        if (IGNORE_FILES.includes(file) || (file !== DOCKERFILE && isIgnored(file))) {
            continue;
        }
        const full = path.join(absolute, file);
        const status = fs.lstatSync(full);
        if (status.isSymbolicLink()) {
            const text = fs.readlinkSync(full);
            const problem = linkProblem(absolute, full, text);
            if (problem === undefined) {
                found.push({ entry: { path: file, type: "link", content: text.split(path.sep).join("/") } });
            } else {
                problems.push({ file: `${source}/${file}`, value: text, ...problem });
            }
            continue;
        }
        const bytes = fs.readFileSync(full);
        found.push({
            entry: {
                path: file,
                type: (status.mode & 0o100) === 0 ? "file" : "executable",
                content: createHash("sha256").update(bytes).digest("hex"),
            },
            bytes,
        });
    }
    if (problems.length > 0) {
        return problems;
    }
    writeStaged(path.join(root, target), found);
    return {
        directory: target,
        entries: found.map(({ entry }) => entry),
        dockerfile: found.find(({ entry }) => entry.path === DOCKERFILE)?.bytes?.toString("utf8") ?? "",
    };
}

/** Removes what was staged for images that are no longer there. */
export function removeOthers(root: string, directory: string, names: readonly string[]): void {
    const folder = path.join(root, directory);
    for (const name of fs.existsSync(folder) ? fs.readdirSync(folder) : []) {
        if (!names.includes(name)) {
            fs.rmSync(path.join(folder, name), { recursive: true, force: true });
        }
    }
}

/** Every path below `directory` that is not a directory, sorted, with forward slashes. */
function walk(directory: string, prefix = ""): string[] {
    return fs
        .readdirSync(path.join(directory, prefix), { withFileTypes: true })
        .flatMap((entry) => {
            const name = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
            if (entry.isDirectory()) {
                return walk(directory, name);
            }
            // Sockets, pipes and devices cannot be sent to a builder, and Docker's own client leaves them out.
            return entry.isFile() || entry.isSymbolicLink() ? [name] : [];
        })
        .sort();
}

/** `Dockerfile.dockerignore` wins over `.dockerignore`, as with BuildKit. */
function ignoreRules(directory: string): (file: string) => boolean {
    const file = [...IGNORE_FILES].reverse().find((name) => fs.existsSync(path.join(directory, name)));
    if (file === undefined) {
        return () => false;
    }
    const rules = ignore().add(fs.readFileSync(path.join(directory, file), "utf8"));
    return (name) => rules.ignores(name);
}

function linkProblem(context: string, link: string, text: string): { rule: string; fix: string } | undefined {
    const target = path.resolve(path.dirname(link), text);
    if (path.isAbsolute(text) || path.relative(context, target).startsWith("..")) {
        return {
            rule: "a symbolic link must stay inside its build context",
            fix: "copy the file into the directory, or move what is shared into the common layer.",
        };
    }
    if (!fs.existsSync(target)) {
        return { rule: "a symbolic link must lead to something that exists", fix: "mend or remove the link." };
    }
    return undefined;
}

function writeStaged(directory: string, files: readonly { entry: StagedEntry; bytes?: Buffer }[]): void {
    fs.mkdirSync(directory, { recursive: true });
    const wanted = new Set(files.map(({ entry }) => entry.path));
    for (const present of walk(directory)) {
        if (!wanted.has(present)) {
            fs.rmSync(path.join(directory, present));
        }
    }
    for (const { entry, bytes } of files) {
        const target = path.join(directory, entry.path);
        makeParents(directory, target);
        if (entry.type === "link") {
            replaceLink(target, entry.content);
            continue;
        }
        if (!sameFile(target, bytes ?? Buffer.alloc(0))) {
            fs.rmSync(target, { recursive: true, force: true });
            fs.writeFileSync(target, bytes ?? Buffer.alloc(0));
        }
        fs.chmodSync(target, entry.type === "executable" ? 0o755 : 0o644);
        fs.utimesSync(target, SOURCE_DATE_EPOCH, SOURCE_DATE_EPOCH);
    }
    normaliseDirectories(directory);
}

/** A parent that used to be a file is replaced by a directory. */
function makeParents(directory: string, target: string): void {
    const parent = path.dirname(target);
    if (parent !== directory && fs.existsSync(parent) && !fs.lstatSync(parent).isDirectory()) {
        fs.rmSync(parent);
    }
    fs.mkdirSync(parent, { recursive: true });
}

function replaceLink(target: string, text: string): void {
    fs.rmSync(target, { recursive: true, force: true });
    fs.symlinkSync(text, target);
    fs.lutimesSync(target, SOURCE_DATE_EPOCH, SOURCE_DATE_EPOCH);
}

function sameFile(file: string, bytes: Buffer): boolean {
    const status = fs.lstatSync(file, { throwIfNoEntry: false });
    return status?.isFile() === true && status.size === bytes.length && fs.readFileSync(file).equals(bytes);
}

/** Removes directories that became empty and fixes mode and time of the others, deepest first. */
function normaliseDirectories(directory: string): void {
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
        if (entry.isDirectory()) {
            normaliseDirectories(path.join(directory, entry.name));
        }
    }
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
        const child = path.join(directory, entry.name);
        if (entry.isDirectory() && fs.readdirSync(child).length === 0) {
            fs.rmdirSync(child);
        }
    }
    fs.chmodSync(directory, 0o755);
    fs.utimesSync(directory, SOURCE_DATE_EPOCH, SOURCE_DATE_EPOCH);
}
