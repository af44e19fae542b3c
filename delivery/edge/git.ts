import { execFile } from "node:child_process";
import { type GitPort, UnknownCommitError } from "../ports";

/** Runs git and answers what it printed; `status` of a program that answers by its exit status. */
type Git = (...args: readonly string[]) => Promise<{ readonly status: number; readonly output: string; readonly error: string }>;

const REMOTE = "origin";
/** Newest tags that are looked at. */
const TAGS = 10;

/** The repository of this checkout. Fetches from its remote what the clone lacks. */
export function gitPort(root: string): GitPort {
    const git: Git = (...args) =>
        new Promise((resolve, reject) => {
            execFile("git", args, { cwd: root, encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, GIT_TERMINAL_PROMPT: "0" } }, (error, output, errors) => {
                if (error !== null && typeof error.code !== "number") {
                    reject(error);
                } else {
                    resolve({ status: typeof error?.code === "number" ? error.code : 0, output: output.trim(), error: errors.trim() });
                }
            });
        });
    return {
        sequence: async (commit) => {
            await requireHistory(git, commit);
            return Number((await must(git, "rev-list", "--count", commit)).output);
        },
        isAncestor: async (ancestor, commit) => {
            await requireHistory(git, commit);
            await requireHistory(git, ancestor);
            const { status, error } = await git("merge-base", "--is-ancestor", ancestor, commit);
            if (status > 1) {
                throw new Error(`git merge-base failed: ${error}`);
            }
            return status === 0;
        },
        head: async (branch) => {
            const remote = await hasRemote(git);
            const reference = `refs/heads/${branch}`;
            const line = remote ? (await must(git, "ls-remote", REMOTE, reference)).output : (await must(git, "rev-parse", "--verify", reference)).output;
            const commit = /^[0-9a-f]{40}/.exec(line)?.[0];
            if (commit === undefined) {
                throw new Error(`There is no branch "${branch}"${remote ? ` at the remote ${REMOTE}` : ""}.`);
            }
            return commit;
        },
        tagged: async (pattern) => {
            if (await hasRemote(git)) {
                await must(git, "fetch", "--quiet", "--tags", "--force", REMOTE);
            }
            // An annotated tag is an object of its own that points at the commit.
            const format = "--format=%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
            const { output } = await must(git, "for-each-ref", "--sort=-creatordate", `--count=${TAGS}`, format, `refs/tags/${pattern}`);
            return output.split("\n").filter((line) => line !== "");
        },
    };
}

/** Content of a tree: a line `mode type hash\tpath` for each file of a commit. */
export async function listTree(root: string, commit: string): Promise<readonly string[]> {
    return (await run(root, "ls-tree", "-r", "-z", "--full-tree", commit)).split("\0").filter((line) => line !== "");
}

/** Whether files differ from what is committed, or are not committed and not ignored. */
export async function isClean(root: string): Promise<boolean> {
    return (await run(root, "status", "--porcelain", "--untracked-files=normal")) === "";
}

/** The commit that is checked out. */
export async function checkedOut(root: string): Promise<string> {
    return (await run(root, "rev-parse", "HEAD")).trim();
}

function run(cwd: string, ...args: readonly string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        execFile("git", args, { cwd, encoding: "utf8", maxBuffer: 1 << 26 }, (error, output) => (error === null ? resolve(output) : reject(error)));
    });
}

/** A commit with all its ancestors. */
async function requireHistory(git: Git, commit: string): Promise<void> {
    const known = async (): Promise<boolean> => (await git("cat-file", "-e", `${commit}^{commit}`)).status === 0;
    const shallow = (await git("rev-parse", "--is-shallow-repository")).output === "true";
    if ((await hasRemote(git)) && (shallow || !(await known()))) {
        // Servers need not give a commit by its name (git-config, uploadpack.allowAnySHA1InWant): then by branches and tags.
        await git("fetch", "--quiet", "--tags", ...(shallow ? ["--unshallow"] : []), REMOTE);
        if (!(await known())) {
            await git("fetch", "--quiet", REMOTE, commit);
        }
    }
    if (!(await known())) {
        throw new UnknownCommitError(`The repository has no commit ${commit}.`);
    }
}

async function hasRemote(git: Git): Promise<boolean> {
    return (await git("remote")).output.split("\n").includes(REMOTE);
}

async function must(git: Git, ...args: readonly string[]): Promise<{ readonly output: string }> {
    const answer = await git(...args);
    if (answer.status !== 0) {
        throw new Error(`git ${args.join(" ")} failed: ${answer.error}`);
    }
    return answer;
}
