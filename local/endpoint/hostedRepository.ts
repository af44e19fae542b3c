import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Git decides by the folder alone, not by what a hook or an outer git left in the environment. */
export async function gitIn(folder: string, args: readonly string[]): Promise<string> {
    return (await run("git", ["-C", folder, ...args], { env: withoutGit(), maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** A commit's files as a zip. */
export async function archiveIn(folder: string, commit: string): Promise<Buffer> {
    return (await run("git", ["-C", folder, "archive", "--format=zip", commit], { env: withoutGit(), encoding: "buffer", maxBuffer: 1024 * 1024 * 1024 })).stdout;
}

function withoutGit(): NodeJS.ProcessEnv {
    return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_")));
}

export interface PushedReference {
    readonly branch?: string;
    readonly tag?: string;
    readonly commit: string;
}

/**
 * The repository as a Git host has it: its branches and tags stand where the last push put them, whatever the checkout
 * goes on to do with its own. It has no objects itself and borrows the checkout's, so a push copies nothing.
 */
export class HostedRepository {
    readonly folder: string;

    /** @param root the checkout */
    constructor(private readonly root: string) {
        this.folder = path.join(root, ".local", "endpoint", "repository.git");
    }

    async push({ branch, tag, commit }: PushedReference): Promise<void> {
        await this.prepare();
        await gitIn(this.folder, ["update-ref", branch === undefined ? `refs/tags/${tag}` : `refs/heads/${branch}`, commit]);
    }

    /** A commit by its id, or by a tag. @returns `undefined` when there is none */
    async commit(revision: string): Promise<string | undefined> {
        await this.prepare();
        return (await resolved(this.folder, revision)) ?? resolved(this.root, revision);
    }

    /** The head of a branch; one that was never pushed counts as pushed now. @returns `undefined` when there is none */
    async head(branch: string): Promise<string | undefined> {
        const reference = `refs/heads/${branch}`;
        await this.prepare();
        const pushed = await resolved(this.folder, reference);
        const own = pushed === undefined ? await resolved(this.root, reference) : undefined;
        if (own !== undefined) {
            await this.push({ branch, commit: own });
        }
        return pushed ?? own;
    }

    private async prepare(): Promise<void> {
        if (!fs.existsSync(path.join(this.folder, "HEAD"))) {
            fs.mkdirSync(this.folder, { recursive: true });
            await gitIn(this.folder, ["init", "--quiet", "--bare", "--initial-branch", "main"]);
        }
        const objects = (await gitIn(this.root, ["rev-parse", "--path-format=absolute", "--git-path", "objects"])).trim();
        fs.writeFileSync(path.join(this.folder, "objects", "info", "alternates"), `${objects}\n`);
    }
}

function resolved(folder: string, revision: string): Promise<string | undefined> {
    return gitIn(folder, ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`]).then(
        (output) => output.trim(),
        () => undefined,
    );
}
