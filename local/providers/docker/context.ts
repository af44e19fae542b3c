/** The build context: which files belong to it, its digest, and the archive that goes to the Docker engine. */
import ignore, { type Ignore } from "@balena/dockerignore";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { pack, type Pack } from "tar-stream";
import { UserError } from "../host/errors";

export interface ContextEntry {
    /** Relative to the context, with forward slashes. */
    readonly name: string;
    readonly kind: "file" | "directory" | "symlink";
    readonly stats: fs.Stats;
}

/** Name that a Dockerfile from outside the context gets inside the archive. Constant, so that caches hold (Docker's own client makes one up each time). */
const OUTSIDE_DOCKERFILE = ".dockerfile.outside-of-context";

/**
 * Digest over the Dockerfile's bytes and, for every path that is not ignored, its name, mode and content; symbolic
 * links count by the path they resolve to. Same bytes as the real provider hashes (pulumi-docker, provider.go,
 * hashContext), so that changing between the two reports no difference.
 */
export async function contextDigest(context: string, dockerfile: string): Promise<string> {
    const total = createHash("sha256");
    const add = (name: string, mode: string, content: Buffer): void => {
        total.update(name).update(mode).update(content).update("\0");
    };
    // Under a fixed name: renaming a Dockerfile outside the context changes nothing for the builder.
    add("Dockerfile", "----------", await fileHash(dockerfile));
    for (const entry of listContext(context, dockerfile)) {
        const file = path.join(context, entry.name);
        if (entry.kind === "symlink") {
            add(entry.name, modeText(entry.stats), sha256(resolvedLink(context, file)));
        } else if (entry.kind === "file") {
            add(entry.name, modeText(entry.stats), await fileHash(file));
        }
    }
    return total.digest("hex");
}

/** Everything that is not ignored, each directory's entries sorted by name, a directory before what is in it. */
export function listContext(context: string, dockerfile: string): ContextEntry[] {
    const rules = ignoreRules(context, dockerfile);
    const entries: ContextEntry[] = [];
    const walk = (directory: string): void => {
        for (const base of fs.readdirSync(path.join(context, directory)).sort(byteOrder)) {
            const name = directory === "" ? base : `${directory}/${base}`;
            const ignored = rules.ignores(name);
            const stats = fs.lstatSync(path.join(context, name));
            const kind = kindOf(stats);
            if (!ignored && kind === undefined && !stats.isSocket()) {
                throw new UserError(
                    `build context "${context}": "${name}" is neither a file, a directory nor a symbolic link: remove it, or name it in .dockerignore`,
                );
            }
            if (!ignored && kind !== undefined) {
                entries.push({ name, kind, stats });
            }
            // Below an ignored directory there can be files that a later rule takes in again.
            if (kind === "directory" && (!ignored || rules.takesIn)) {
                walk(name);
            }
        }
    };
    walk("");
    return entries;
}

/** The archive as Docker's own client makes it: owner 0:0, modes and times kept, Dockerfile and ignore file always in it. */
export function contextArchive(context: string, dockerfile: string): { archive: Pack; dockerfile: string } {
    const inside = relativeInside(context, dockerfile);
    const archive = pack();
    const fill = async (): Promise<void> => {
        const written = new Set<string>();
        for (const entry of listContext(context, dockerfile)) {
            written.add(entry.name);
            await writeEntry(archive, context, entry);
        }
        const needed = inside === undefined ? [] : [inside, ".dockerignore"];
        for (const name of needed.filter((name) => !written.has(name) && fs.existsSync(path.join(context, name)))) {
            const stats = fs.statSync(path.join(context, name));
            await writeEntry(archive, context, { name, kind: "file", stats });
        }
        if (inside === undefined) {
            archive.entry({ name: OUTSIDE_DOCKERFILE, mode: 0o600, uid: 0, gid: 0, mtime: new Date(0) }, fs.readFileSync(dockerfile));
        }
        archive.finalize();
    };
    fill().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
    return { archive, dockerfile: inside ?? OUTSIDE_DOCKERFILE };
}

/** `<Dockerfile>.dockerignore` wins over the context's `.dockerignore`. */
function ignoreRules(context: string, dockerfile: string): Ignore & { readonly takesIn: boolean } {
    const text = readIfPresent(`${dockerfile}.dockerignore`) ?? readIfPresent(path.join(context, ".dockerignore")) ?? "";
    const rules = ignore().add(text);
    return Object.assign(rules, { takesIn: /^\s*!/m.test(text) });
}

async function writeEntry(archive: Pack, context: string, entry: ContextEntry): Promise<void> {
    const file = path.join(context, entry.name);
    const header = { uid: 0, gid: 0, mode: entry.stats.mode & 0o7777, mtime: entry.stats.mtime };
    if (entry.kind === "directory") {
        archive.entry({ ...header, name: `${entry.name}/`, type: "directory" });
    } else if (entry.kind === "symlink") {
        archive.entry({ ...header, name: entry.name, type: "symlink", linkname: fs.readlinkSync(file) });
    } else {
        await pipeline(fs.createReadStream(file), archive.entry({ ...header, name: entry.name, size: entry.stats.size }));
    }
}

/** The Dockerfile's path inside the context, or undefined when it lies outside. */
function relativeInside(context: string, dockerfile: string): string | undefined {
    const relative = path.relative(path.resolve(context), path.resolve(dockerfile));
    return relative.startsWith("..") || path.isAbsolute(relative) ? undefined : relative.split(path.sep).join("/");
}

/** Relative to the working folder where the context is, so that the same project elsewhere has the same digest. */
function resolvedLink(context: string, link: string): string {
    let target: string;
    try {
        target = fs.realpathSync(link);
    } catch (error) {
        const told = error instanceof Error ? error.message : String(error);
        throw new UserError(`build context "${context}": the symbolic link "${link}" leads nowhere (${told}): correct it, or name it in .dockerignore`);
    }
    const relative = path.relative(fs.realpathSync("."), target);
    return path.isAbsolute(context) || relative.startsWith("..") ? target : relative.split(path.sep).join("/");
}

function kindOf(stats: fs.Stats): ContextEntry["kind"] | undefined {
    return stats.isFile() ? "file" : stats.isDirectory() ? "directory" : stats.isSymbolicLink() ? "symlink" : undefined;
}

/** The form in which Go writes a file mode, which is part of the digest: `-rw-r--r--`, `Lrwxrwxrwx`, `u-rwxr-xr-x` without its dash. */
function modeText(stats: fs.Stats): string {
    const flags = [
        stats.isSymbolicLink() ? "L" : "",
        stats.mode & 0o4000 ? "u" : "",
        stats.mode & 0o2000 ? "g" : "",
        stats.mode & 0o1000 ? "t" : "",
    ].join("");
    const bits = [..."rwxrwxrwx"].map((letter, index) => (stats.mode & (1 << (8 - index)) ? letter : "-")).join("");
    return `${flags === "" ? "-" : flags}${bits}`;
}

async function fileHash(file: string): Promise<Buffer> {
    const hash = createHash("sha256");
    await pipeline(fs.createReadStream(file), hash);
    return hash.digest();
}

function sha256(text: string): Buffer {
    return createHash("sha256").update(text).digest();
}

function readIfPresent(file: string): string | undefined {
    try {
        return fs.readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}

function byteOrder(a: string, b: string): number {
    return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
