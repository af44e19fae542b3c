import { hasEnded, type Run, type RunSummary } from "./run";

/** The step that restarts the pipeline on its new definition; what it exports tells so. */
const updater = "SelfUpdate";

/** Whether this run updated its own pipeline and handed over to a run on the new definition. */
export function hasRestarted(run: Run): boolean {
    return run.stages.some(({ name, actions }) => name === updater && actions.some(({ outputs }) => outputs.RESULT === "restarted"));
}

/**
 * Whether a run that ended may still be followed by one on a new definition: it was stopped or cancelled while or after it
 * updated the pipeline. Before the new run exists there is a moment in which only this can be known.
 */
export function mayRestart(run: Run): boolean {
    const updating = run.stages.find(({ name }) => name === updater)?.actions.some(({ status }) => status === "InProgress" || status === "Abandoned") === true;
    return hasRestarted(run) || (updating && (run.status === "Cancelled" || run.status === "Stopped"));
}

/**
 * The run that goes on where this one ended, among all runs of the pipeline: the restart of the same commit, else the
 * newest run that began later, because a restart takes the newest revision.
 */
export function successorOf(run: Run, runs: readonly RunSummary[]): RunSummary | undefined {
    if (!hasEnded(run) || !mayRestart(run)) {
        return undefined;
    }
    const later = runs.filter(({ id, started }) => id !== run.id && started >= run.started).sort((a, b) => b.started - a.started);
    return later.find(({ commit }) => commit !== undefined && commit === run.commit) ?? later[0];
}

/** The run that took the place of a superseded one: the first that began after it, or that its summary names. */
export function supersededBy(run: RunSummary, runs: readonly RunSummary[]): RunSummary | undefined {
    const later = runs.filter(({ id, started }) => id !== run.id && started >= run.started).sort((a, b) => a.started - b.started);
    return later.find(({ id }) => run.statusSummary?.includes(id) === true) ?? later[0];
}
