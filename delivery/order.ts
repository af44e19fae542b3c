import { UnknownCommitError, type GitPort } from "./ports";

/**
 * Whether `commit` must not follow `reference` into the environment: it is part of the other's history. Of two commits
 * on different lines the one with the shorter history counts as older. What git has forgotten bars nothing.
 */
export async function isOlder(git: GitPort, commit: string, reference: string): Promise<boolean> {
    if (commit === reference) {
        return false;
    }
    try {
        if (await git.isAncestor(commit, reference)) {
            return true;
        }
        if (await git.isAncestor(reference, commit)) {
            return false;
        }
        return (await git.sequence(commit)) < (await git.sequence(reference));
    } catch (error) {
        if (error instanceof UnknownCommitError) {
            return false;
        }
        throw error;
    }
}

/** The newest of some commits; of two that cannot be told apart the first. */
export async function newestOf(git: GitPort, commits: readonly [string, ...string[]]): Promise<string> {
    let newest = commits[0];
    for (const commit of new Set(commits)) {
        if (await isOlder(git, newest, commit)) {
            newest = commit;
        }
    }
    return newest;
}
