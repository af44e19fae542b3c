/** How a run of a pipeline stands (CodePipeline API, PipelineExecution). */
export type RunStatus = "InProgress" | "Stopping" | "Stopped" | "Succeeded" | "Failed" | "Superseded" | "Cancelled";

export type ActionStatus = "InProgress" | "Succeeded" | "Failed" | "Abandoned";

/** `Pending`: the run has not entered it. `Skipped`: its entry condition said so. */
export type StageStatus = "Pending" | "InProgress" | "Succeeded" | "Failed" | "Skipped" | "Stopped" | "Cancelled";

export interface ActionRun {
    readonly name: string;
    readonly status: ActionStatus;
    /** `CodeBuild`, `Manual`, `CodeStarSourceConnection`, … */
    readonly provider: string;
    /** Milliseconds since 1970. */
    readonly started: number;
    /** Absent while it runs. */
    readonly ended?: number;
    /** What a running approval asks, what a source found, what a build said. */
    readonly summary?: string;
    /** Where the summary's subject can be seen. */
    readonly link?: string;
    readonly error?: string;
    /** Of CodeBuild: `PROJECT:UUID`. */
    readonly externalId?: string;
    readonly outputs: Readonly<Record<string, string>>;
}

export interface StageRun {
    readonly name: string;
    readonly status: StageStatus;
    /** By start, the latest attempt of each. */
    readonly actions: readonly ActionRun[];
    /** What its condition said, where it stopped the run or left the stage out. */
    readonly reason?: string;
}

/** One run without its stages, as a list of runs shows it. */
export interface RunSummary {
    readonly id: string;
    readonly status: RunStatus;
    /** By whom or why it was stopped, superseded or cancelled. */
    readonly statusSummary?: string;
    /** Commit id of its source. */
    readonly commit?: string;
    /** First line of the commit's message. */
    readonly message?: string;
    /** What started it, in words. */
    readonly trigger: string;
    readonly started: number;
    readonly ended?: number;
}

export interface Run extends RunSummary {
    /** Version of the pipeline's definition that it runs on. */
    readonly version: number;
    /** How many self-updates of this commit came before; 0 for a push. */
    readonly generation: number;
    readonly stages: readonly StageRun[];
}

/** What does not go on by itself, and why. */
export type Wait =
    | { readonly kind: "approval"; readonly stage: string; readonly action: string; readonly run?: string; readonly token: string; readonly since?: number }
    /** In front of a stage that another run occupies. */
    | { readonly kind: "stage"; readonly stage: string; readonly run: string; readonly occupant?: string }
    | { readonly kind: "transition"; readonly stage: string; readonly run?: string; readonly by?: string; readonly reason?: string };

/** A pipeline as it stands: its stages in order, which run is where, and what waits. */
export interface PipelineState {
    readonly version: number;
    readonly stages: readonly StagePosition[];
    readonly waits: readonly Wait[];
}

/** What a stage of the pipeline shows: the last run that entered it. */
export interface StagePosition {
    readonly name: string;
    readonly status: StageStatus;
    readonly run?: string;
    readonly actions: readonly { readonly name: string; readonly status?: ActionStatus; readonly changed?: number }[];
    readonly reason?: string;
}

export function hasEnded({ status }: Pick<RunSummary, "status">): boolean {
    return status !== "InProgress" && status !== "Stopping";
}

/** The first group of a run's id, which tells the few runs of a pipeline apart. */
export function shortRun(id: string): string {
    return id.split("-", 1)[0];
}

export function shortCommit(commit: string | undefined): string {
    return commit === undefined ? "unknown" : commit.slice(0, 9);
}

/** `Verify`, or `Verify / Lint` where the action's name says more. */
export function actionTitle(stage: string, action: string): string {
    return stage === action ? stage : `${stage} / ${action}`;
}

/** Begin and end of a stage from its actions; the end is absent while one of them runs. */
export function spanOf({ actions }: Pick<StageRun, "actions">): { readonly started: number; readonly ended?: number } | undefined {
    if (actions.length === 0) {
        return undefined;
    }
    const ends = actions.map(({ ended }) => ended);
    const last = ends.includes(undefined) ? undefined : Math.max(...ends.filter((end) => end !== undefined));
    return { started: Math.min(...actions.map(({ started }) => started)), ended: last };
}

/** Seconds of anything with a begin, up to `now` while it has no end. */
export function secondsOf({ started, ended }: { readonly started: number; readonly ended?: number }, now: number): number {
    return Math.max(0, ((ended ?? now) - started) / 1000);
}
