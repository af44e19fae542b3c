import type { ExecutionSummary, Ports } from "../ports";
import { newestOf } from "../order";
import type { Follows } from "./run";
import { poll } from "./wait";

/** Milliseconds for Source actions under way to say which commit they carry. */
const SOURCE_BUDGET = 60_000;

export interface Choice {
    /** The revision to go on with. */
    readonly commit: string;
    /** Version of the definition now. */
    readonly version: number;
    /** A run that carries this revision on this version already. */
    readonly carrier?: string;
}

/**
 * Step 10 a and b: which revision the pipeline goes on with, and whether a run does so already. Never blindly the own
 * one: an update may have cancelled newer runs, and nobody else would start them again.
 * @param from the run whose place is to be taken, and its commit.
 * @param started commits of runs that were started a moment ago and have not said them yet.
 */
export async function chooseNewest(
    { pipeline, git, clock }: Pick<Ports, "pipeline" | "git" | "clock">,
    follows: Follows,
    from: { readonly executionId: string; readonly commit: string },
    started: ReadonlyMap<string, string> = new Map(),
): Promise<Choice> {
    const list = async (): Promise<readonly ExecutionSummary[]> =>
        laterRuns(from.executionId, await pipeline.executions()).map((run) => ({ ...run, commit: run.commit ?? started.get(run.id) }));
    const known = await poll(clock, SOURCE_BUDGET, async () => {
        const runs = await list();
        return runs.some(({ commit, status }) => commit === undefined && status === "InProgress") ? undefined : runs;
    });
    const later = known ?? (await list());
    const commit =
        follows.kind === "branch"
            ? await git.head(follows.branch)
            : await newestOf(git, [from.commit, ...candidates(later), ...(await unnamed(git, follows.pattern, later))]);
    const version = await pipeline.currentVersion();
    let overtaker = false;
    for (const run of later) {
        const inProgress = run.status === "InProgress";
        if (run.commit !== commit) {
            overtaker ||= inProgress;
        } else if (carries(run) && (await pipeline.execution(run.id)).version === version) {
            // Where the last start wins, one for an older revision overtakes whatever was started before it and has not ended.
            const lost = inProgress && overtaker && (await pipeline.definition())["executionMode"] === "SUPERSEDED";
            return lost ? { commit, version } : { commit, version, carrier: run.id };
        }
    }
    return { commit, version };
}

/** Runs that were started after this one, from a list that begins with the newest. */
function laterRuns(id: string, runs: readonly ExecutionSummary[]): readonly ExecutionSummary[] {
    const own = runs.findIndex((run) => run.id === id);
    return own < 0 ? runs : runs.slice(0, own);
}

/** Commits of later runs, also of those that an update has cancelled or a restart has overtaken; but not what a person has stopped. */
function candidates(later: readonly ExecutionSummary[]): string[] {
    return later.flatMap(({ status, commit }) => (commit !== undefined && status !== "Stopped" && status !== "Stopping" ? [commit] : []));
}

/** A run that has not fetched anything, and perhaps never will, does not say which tag it is for: any of the last ones. */
async function unnamed(git: Ports["git"], pattern: string, later: readonly ExecutionSummary[]): Promise<readonly string[]> {
    return later.some(({ commit, status }) => commit === undefined && status !== "Stopped" && status !== "Stopping") ? git.tagged(pattern) : [];
}

/** Whether a run brings its commit to an end by itself, or has; a failure counts, since another run would fail the same way. */
function carries({ status }: ExecutionSummary): boolean {
    return status !== "Cancelled" && status !== "Superseded";
}
