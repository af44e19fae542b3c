import { quote } from "../../components/manifest/problem";
import type { Ports } from "../context";
import { ExitCode } from "../exitCodes";
import { badInput, CommandFailure, didYouMean } from "../failure";
import { cleanLines, cut } from "../text";

/** What a push needs to know of this checkout's git repository. */
export class Repository {
    constructor(
        private readonly root: string,
        private readonly capture: Ports["capture"],
    ) {}

    /** The full id of the commit that a person means. Throws a failure with exit status 2 that says what names one. */
    async resolve(revision: string): Promise<string> {
        const { status, output } = await this.git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
        if (status === 0) {
            return output.trim();
        }
        if ((await this.git("rev-parse", "--git-dir")).status !== 0) {
            throw badInput({
                given: `${this.root} is no git repository, and a pipeline runs on a commit.`,
                next: 'run "git init", commit the project, and start again.',
            });
        }
        const names = await this.lines("for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/tags");
        throw badInput({
            given: `${quote(revision)} names no commit of this repository.${didYouMean(revision, names)}`,
            allowed: `Allowed: a branch or a tag (${cut(names.join(", "), 200) || "there is none yet"}), the id of a commit, or an expression like HEAD~1.`,
            next: "use one of these, or commit first.",
        });
    }

    /** First line of the commit's message. */
    async subject(commit: string): Promise<string> {
        return (await this.must("log", "-1", "--format=%s", commit)).trim();
    }

    /** Files that differ from the last commit, untracked ones included; none of them is part of a push. */
    async uncommitted(): Promise<readonly string[]> {
        return this.lines("status", "--porcelain");
    }

    /** Files of `commit` that differ from `since`; all files where that is no commit of this repository. Sorted. */
    async changedPaths(since: string | undefined, commit: string): Promise<readonly string[]> {
        const known = since !== undefined && (await this.git("cat-file", "-e", `${since}^{commit}`)).status === 0;
        const found = known
            ? await this.must("-c", "core.quotePath=false", "diff", "--name-only", "--no-renames", since, commit)
            : await this.must("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", commit);
        return found.split("\n").filter((path) => path !== "").sort();
    }

    /** The commit of an existing tag. */
    async tagged(tag: string): Promise<string | undefined> {
        const { status, output } = await this.git("rev-parse", "--verify", "--quiet", "--end-of-options", `refs/tags/${tag}^{commit}`);
        return status === 0 ? output.trim() : undefined;
    }

    private git(...args: readonly string[]): Promise<{ readonly status: number; readonly output: string }> {
        return this.capture("git", ["-C", this.root, ...args]);
    }

    private async must(...args: readonly string[]): Promise<string> {
        const { status, output } = await this.git(...args);
        if (status !== 0) {
            throw new CommandFailure(ExitCode.failed, {
                given: `git ${args.join(" ")} ended with status ${status}: ${cleanLines(output).join(" ")}`,
                next: "mend what git says and start again.",
            });
        }
        return output;
    }

    private async lines(...args: readonly string[]): Promise<readonly string[]> {
        return cleanLines(await this.must(...args)).filter((line) => line !== "");
    }
}
