import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import type * as esbuild from "esbuild";

import { hashOf, readIfPresent, writeAtomically } from "./files";

/** A program in one file, and what it was made of. */
interface Bundled {
    /** Sources below the program's folder, relative, sorted. */
    readonly sources: readonly string[];
    /** Over the sources' texts and the names in their folders. */
    readonly key: string;
    readonly file: string;
}

const RECORD = "program.json";

/**
 * The program of a folder as one JavaScript file in `keep`: compiling and loading its modules one by one takes a quarter
 * of an update that changes nothing. Unchanged sources cost only reading them. Undefined where it cannot be done and the
 * SDK has to compile the sources itself, which also says best what is wrong with them: no esbuild among the program's
 * packages, no entry, an error in the sources, or `keep` outside the folder, from where its packages would not be found.
 */
export async function bundleProgram(folder: string, keep: string): Promise<string | undefined> {
    const entry = entryOf(folder);
    if (entry === undefined || !isBelow(folder, keep)) {
        return undefined;
    }
    const kept = readRecord(path.join(keep, RECORD));
    if (kept !== undefined && fs.existsSync(kept.file) && kept.sources.includes(entry) && keyOf(folder, kept.sources) === kept.key) {
        return kept.file;
    }
    try {
        return await bundle(folder, entry, keep);
    } catch {
        return undefined;
    }
}

async function bundle(folder: string, entry: string, keep: string): Promise<string> {
    const { build } = createRequire(path.join(folder, "package.json"))("esbuild") as typeof esbuild;
    const { outputFiles, metafile } = await build({
        absWorkingDir: folder,
        entryPoints: [entry],
        bundle: true,
        metafile: true,
        write: false,
        platform: "node",
        target: "node20",
        packages: "external",
        // Read by the SDK, so that errors name the sources; Node's own reading of it would do that work a second time.
        sourcemap: "linked",
        outdir: keep,
        entryNames: "program-[hash]",
        outExtension: { ".js": ".cjs" },
        logLevel: "silent",
    });
    const sources = Object.keys(metafile.inputs).sort();
    // Under names of their own, so that a program that is being loaded is never changed; the map, which stands first, before the program.
    outputFiles.forEach(({ path: name, contents }) => writeAtomically(name, contents));
    const file = outputFiles.map(({ path: name }) => name).find((name) => name.endsWith(".cjs")) ?? "";
    writeAtomically(path.join(keep, RECORD), JSON.stringify({ sources, key: keyOf(folder, sources), file } satisfies Bundled));
    removeOthers(keep, file);
    return file;
}

function entryOf(folder: string): string | undefined {
    const description = parse(readIfPresent(path.join(folder, "package.json")));
    const main = description["main"];
    return typeof main === "string" && main.endsWith(".ts") && fs.existsSync(path.join(folder, main)) ? path.normalize(main) : undefined;
}

/** A new file beside a source can take its place in a resolution, so the folders' names count as well. */
function keyOf(folder: string, sources: readonly string[]): string {
    const texts = sources.flatMap((source) => [source, readIfPresent(path.join(folder, source)) ?? "missing"]);
    const folders = [...new Set(sources.flatMap(foldersAbove))].sort();
    const names = folders.flatMap((name) => [name, namesIn(path.join(folder, name)).join("\n")]);
    return hashOf([...texts, ...names, readIfPresent(path.join(folder, "package-lock.json")) ?? "", readIfPresent(path.join(folder, "tsconfig.json")) ?? ""], 16);
}

/** From the program's folder down: `a/b/c.ts` is below ".", "a" and "a/b". */
function foldersAbove(source: string): string[] {
    const parts = path.dirname(source).split(path.sep).filter((part) => part !== ".");
    return parts.reduce<string[]>((above, part) => [...above, path.join(above.at(-1) ?? "", part)], ["."]);
}

function namesIn(folder: string): string[] {
    return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => /\.(ts|js|json|mjs|cjs)$/.test(name)).sort() : [];
}

function isBelow(folder: string, inner: string): boolean {
    const relative = path.relative(fs.realpathSync(folder), fs.existsSync(inner) ? fs.realpathSync(inner) : inner);
    return relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative);
}

/** Bundles of older sources, but for those that an engine which runs now may still load: an hour's grace. */
function removeOthers(keep: string, current: string): void {
    const hour = 60 * 60 * 1_000;
    for (const name of fs.readdirSync(keep).filter((one) => /^program-.*\.cjs(\.map)?$/.test(one))) {
        const file = path.join(keep, name);
        if (!file.startsWith(current) && Date.now() - fs.statSync(file).mtimeMs > hour) {
            fs.rmSync(file, { force: true });
        }
    }
}

function readRecord(file: string): Bundled | undefined {
    const { sources, key, file: made } = parse(readIfPresent(file));
    return Array.isArray(sources) && sources.every((one) => typeof one === "string") && typeof key === "string" && typeof made === "string"
        ? { sources, key, file: made }
        : undefined;
}

function parse(text: string | undefined): Readonly<Record<string, unknown>> {
    try {
        const value: unknown = JSON.parse(text ?? "{}");
        return typeof value === "object" && value !== null ? { ...value } : {};
    } catch {
        return {};
    }
}
