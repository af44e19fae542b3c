import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { hashOf, readIfPresent } from "../../toolchain/files";
import { quoted } from "./shell";

const run = promisify(execFile);

/**
 * Folders that a build leaves for the next one, by the list of paths in its buildspec, for all projects of a checkout.
 *
 * Files are hard links, so that tens of thousands take a second. A tool that rewrites a file in place would change it in the cache as well:
 * hidden entries at the top of a folder (npm's record of what is installed, tools' caches) are therefore copied, and a cache whose files
 * have another size or time than when it was saved is thrown away.
 */
export class BuildCache {
    private queue: Promise<unknown> = Promise.resolve();

    constructor(private readonly folder: string) {}

    /** @returns whether there was something to restore */
    restore(patterns: readonly string[], source: string): Promise<boolean> {
        return this.inTurn(async () => {
            const [kept, note] = this.places(patterns);
            const folders = foldersOf(patterns);
            const wanted = readIfPresent(note);
            if (wanted === undefined) {
                return false;
            }
            if ((await fingerprint(kept, folders)) !== wanted) {
                fs.rmSync(note);
                return false;
            }
            await linkFolders(kept, source, folders);
            return true;
        });
    }

    /** Replaces what was kept, unless nothing changed. */
    save(patterns: readonly string[], source: string): Promise<void> {
        return this.inTurn(async () => {
            const [kept, note] = this.places(patterns);
            const folders = foldersOf(patterns);
            const content = await fingerprint(source, folders);
            if (content === readIfPresent(note)) {
                return;
            }
            const unique = randomBytes(4).toString("hex");
            const [fresh, old] = [`${kept}.${unique}.new`, `${kept}.${unique}.old`];
            try {
                await linkFolders(source, fresh, folders);
                fs.rmSync(note, { force: true });
                if (fs.existsSync(kept)) {
                    fs.renameSync(kept, old);
                }
                fs.renameSync(fresh, kept);
                fs.writeFileSync(note, await fingerprint(kept, folders));
            } finally {
                // Removing tens of thousands of files takes longer than all else, and nobody waits for it.
                execFile("rm", ["-rf", fresh, old], () => undefined);
            }
        });
    }

    private places(patterns: readonly string[]): [string, string] {
        const kept = path.join(this.folder, hashOf([...patterns].sort()));
        return [kept, `${kept}.txt`];
    }

    /** One after the other: a build must not link from what another one is replacing. */
    private inTurn<T>(work: () => Promise<T>): Promise<T> {
        const result = this.queue.then(work);
        this.queue = result.catch(() => undefined);
        return result;
    }
}

/** The folders that patterns lie in: their parts before the first wildcard. */
export function foldersOf(patterns: readonly string[]): string[] {
    const folders = patterns.map((pattern) => {
        const parts = pattern.split("/");
        const wild = parts.findIndex((part) => /[*?[]/.test(part));
        return path.posix.normalize(parts.slice(0, wild < 0 ? undefined : wild).join("/") || ".");
    });
    return [...new Set(folders)].sort();
}

async function linkFolders(from: string, to: string, folders: readonly string[]): Promise<void> {
    const script = folders
        .filter((folder) => fs.existsSync(path.join(from, folder)))
        .map((folder) => {
            const [source, target] = [path.join(from, folder), path.join(to, folder)].map(quoted);
            const hidden = `find . -mindepth 1 -maxdepth 1 -name '.*' -exec rm -rf ${target}/{} \\; -exec cp -a {} ${target}/{} \\;`;
            return `mkdir -p ${quoted(path.dirname(path.join(to, folder)))} && rm -rf ${target} && cp -al ${source} ${target} && if [ -d ${source} ]; then cd ${source} && ${hidden}; fi`;
        });
    fs.mkdirSync(to, { recursive: true });
    await run("bash", ["-c", ["set -e", ...script].join("\n")]);
}

/** Names, sizes and times of all files. */
async function fingerprint(base: string, folders: readonly string[]): Promise<string> {
    const there = folders.filter((folder) => fs.existsSync(path.join(base, folder)));
    if (there.length === 0) {
        return "nothing";
    }
    const print = process.platform === "linux" ? "-printf '%p %s %T@\\n'" : "-exec stat -f '%N %z %Fm' {} +";
    const { stdout } = await run("bash", ["-c", `cd ${quoted(base)} && find ${there.map((folder) => quoted(`./${folder}`)).join(" ")} -type f ${print} | LC_ALL=C sort | cksum`]);
    return stdout.trim();
}
