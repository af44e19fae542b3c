/** Bundles the stand-in providers and writes the executables that Pulumi's engine finds on PATH. */
import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

/** Packages for which there is a stand-in. */
export const STAND_INS = ["aws", "command", "docker"] as const;

export interface BuiltProviders {
    /** Names that were bundled now, sorted. */
    readonly built: string[];
    /** Names whose bundle of the same sources was there, sorted. */
    readonly reused: string[];
}

/** Node 22.8 and later keep compiled code. By call, because a variable would also reach the commands that a provider runs. */
const START = `import * as node from "node:module";
import { fileURLToPath } from "node:url";
node.enableCompileCache?.(fileURLToPath(new URL("../compile-cache", import.meta.url)));
await import("./main.js");
`;
/** Part of the hash: raise it when what this file writes changes. */
const FORMAT = 1;
/** Everything a bundle is made of, besides packages, whose versions the lock file pins. */
const SOURCES = path.join("local", "providers");

/**
 * Bundles `local/providers/NAME/main.ts` into `lib/providers/NAME-HASH` beside `binDirectory` and writes
 * `pulumi-resource-NAME` into `binDirectory`. The hash is over the sources and the lock file, so unchanged sources cost
 * only reading them; two checkouts or two runs at the same time do not disturb each other.
 */
export async function buildProviders(root: string, binDirectory: string): Promise<BuiltProviders> {
    const library = path.join(path.dirname(path.resolve(binDirectory)), "lib", "providers");
    fs.mkdirSync(binDirectory, { recursive: true });
    fs.mkdirSync(library, { recursive: true });
    const hash = sourceHash(root);
    const built: string[] = [];
    const reused: string[] = [];
    for (const name of STAND_INS) {
        if (!fs.existsSync(path.join(root, SOURCES, name, "main.ts"))) {
            continue;
        }
        const bundle = path.join(library, `${name}-${hash}`);
        if (fs.existsSync(path.join(bundle, "main.js"))) {
            reused.push(name);
        } else {
            await bundleProvider(root, name, bundle);
            built.push(name);
        }
        writeExecutable(path.join(binDirectory, `pulumi-resource-${name}`), launcher(bundle));
        removeOthers(library, name, bundle);
    }
    return { built, reused };
}

async function bundleProvider(root: string, name: string, target: string): Promise<void> {
    const temporary = `${target}.${randomBytes(6).toString("hex")}`;
    // Loaded here and not at the top: who only reuses bundles does not wait for it.
    const { build } = await import("esbuild");
    try {
        await build({
            absWorkingDir: root,
            entryPoints: { main: path.join(SOURCES, name, "main.ts") },
            outdir: temporary,
            bundle: true,
            platform: "node",
            target: "node20",
            // Modules in parts: a client library that is imported when first used is a file of its own and costs nothing before.
            format: "esm",
            splitting: true,
            chunkNames: "chunks/[name]-[hash]",
            minifySyntax: true,
            minifyWhitespace: true,
            keepNames: true,
            legalComments: "none",
            logLevel: "silent",
            // Bundled CommonJS packages call require for Node's own modules, which modules do not have.
            banner: { js: 'import{createRequire as __r}from"node:module";const require=__r(import.meta.url);' },
            conditions: ["node"],
            // Client libraries as modules: imported from CommonJS their names would all hide under `default`.
            mainFields: ["module", "main"],
            tsconfigRaw: "{}",
        });
        fs.writeFileSync(path.join(temporary, "package.json"), '{"type":"module"}\n');
        fs.writeFileSync(path.join(temporary, "start.js"), START);
        fs.renameSync(temporary, target);
    } catch (error) {
        fs.rmSync(temporary, { recursive: true, force: true });
        if (fs.existsSync(path.join(target, "main.js"))) {
            return; // another run was faster
        }
        throw error;
    }
}

/** The very Node that runs this: another one on PATH may be too old, and the engine's PATH may have none. */
function launcher(bundle: string): string {
    return `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(path.join(bundle, "start.js"))} "$@"\n`;
}

/** A rename is atomic, and leaves a running engine with the file it has opened. */
function writeExecutable(file: string, content: string): void {
    if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === content) {
        return;
    }
    const temporary = `${file}.${randomBytes(6).toString("hex")}`;
    fs.writeFileSync(temporary, content, { mode: 0o755 });
    fs.renameSync(temporary, file);
}

/** Bundles of older sources. One that is still in use was read into memory, but for parts that are loaded later: a day's grace. */
function removeOthers(library: string, name: string, current: string): void {
    const day = 24 * 60 * 60 * 1_000;
    for (const entry of fs.readdirSync(library)) {
        const directory = path.join(library, entry);
        if (entry.startsWith(`${name}-`) && directory !== current && Date.now() - fs.statSync(directory).mtimeMs > day) {
            fs.rmSync(directory, { recursive: true, force: true });
        }
    }
}

function sourceHash(root: string): string {
    const hash = createHash("sha256").update(`${FORMAT}\0`);
    const files = fs
        .readdirSync(path.join(root, SOURCES), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(ts|json)$/.test(file))
        .sort()
        .map((file) => path.join(SOURCES, file));
    for (const file of [...files, "package-lock.json"]) {
        hash.update(`${file}\0`).update(fs.readFileSync(path.join(root, file))).update("\0");
    }
    return hash.digest("hex").slice(0, 16);
}

function quote(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
