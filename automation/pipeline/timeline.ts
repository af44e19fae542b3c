import { type ActionRun, actionTitle, type Run, type StageRun, type StageStatus, secondsOf, shortCommit, shortRun, spanOf } from "./run";

/** A bar of the drawing; times are seconds since the first run of the drawing began. */
export interface Bar {
    readonly label: string;
    readonly status: StageStatus | "Waiting";
    readonly from: number;
    readonly to: number;
}

export interface TimelineRow {
    readonly title: string;
    readonly subtitle: string;
    readonly status: Run["status"];
    /** Seconds from the run's own begin; every row starts at the left, so that runs can be compared. */
    readonly stages: readonly Bar[];
    /** Lanes of thin bars: actions at the same time stand one below the other. */
    readonly lanes: readonly (readonly Bar[])[];
    readonly seconds: number;
}

export interface Timeline {
    readonly title: string;
    readonly rows: readonly TimelineRow[];
    /** Seconds that the axis shows. */
    readonly length: number;
    /** Seconds between two marks of the axis. */
    readonly step: number;
}

/** Gaps shorter than this are the service's own pace, not a wait. Seconds. */
const shortestWait = 0.5;
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 172_800, 604_800];
const mostMarks = 9;

/** Lays runs out, in the given order. Runs that go on are drawn up to `now` (milliseconds since 1970). */
export function layOutTimeline(pipeline: string, runs: readonly Run[], now: number): Timeline {
    const rows = runs.map((run) => layOutRow(run, now));
    const longest = Math.max(1, ...rows.map(({ seconds }) => seconds));
    const step = steps.find((candidate) => longest / candidate <= mostMarks) ?? Math.ceil(longest / mostMarks / 86_400) * 86_400;
    return { title: `${pipeline}: last ${runs.length === 1 ? "run" : `${runs.length} runs`}`, rows, length: Math.ceil(longest / step) * step, step };
}

function layOutRow(run: Run, now: number): TimelineRow {
    const at = (time: number): number => Math.max(0, (time - run.started) / 1000);
    const bars = run.stages
        .flatMap((stage) => {
            const span = spanOf(stage);
            return span === undefined ? [] : [{ stage, from: at(span.started), to: at(span.ended ?? Math.max(now, span.started)) }];
        })
        .sort((a, b) => a.from - b.from);
    const stages: Bar[] = [];
    let reached = 0;
    for (const { stage, from, to } of bars) {
        if (from - reached >= shortestWait) {
            stages.push({ label: `waits for ${stage.name}`, status: "Waiting", from: reached, to: from });
        }
        stages.push({ label: stage.name, status: approvalOnly(stage) ? "Waiting" : stage.status, from, to });
        reached = Math.max(reached, to);
    }
    const end = at(run.ended ?? Math.max(now, run.started));
    // Superseded in front of a stage, or still there.
    if (end - reached >= shortestWait) {
        stages.push({ label: run.ended === undefined ? "waits" : `waited, ${run.status.toLowerCase()}`, status: "Waiting", from: reached, to: end });
    }
    const actions = run.stages.flatMap((stage) => stage.actions.map((action) => actionBar(stage, action, at, now)));
    const seconds = Math.max(reached, end, secondsOf(run, now));
    const restarted = run.generation > 0 ? ", restarted" : "";
    return {
        title: `${shortCommit(run.commit)}  ${run.message ?? ""}`.trim(),
        subtitle: `run ${shortRun(run.id)}, version ${run.version}${restarted}`,
        status: run.status,
        stages,
        lanes: inLanes(actions),
        seconds,
    };
}

function actionBar(stage: StageRun, action: ActionRun, at: (time: number) => number, now: number): Bar {
    const status = action.status === "Abandoned" ? "Stopped" : action.status;
    const from = at(action.started);
    return { label: actionTitle(stage.name, action.name), status: isApproval(action) ? "Waiting" : status, from, to: Math.max(from, at(action.ended ?? now)) };
}

/** First lane that is free at the bar's begin. */
function inLanes(bars: readonly Bar[]): Bar[][] {
    const lanes: Bar[][] = [];
    for (const bar of [...bars].sort((a, b) => a.from - b.from || (a.label < b.label ? -1 : 1))) {
        const free = lanes.find((lane) => (lane.at(-1)?.to ?? 0) <= bar.from);
        if (free === undefined) {
            lanes.push([bar]);
        } else {
            free.push(bar);
        }
    }
    return lanes;
}

function approvalOnly({ actions, status }: StageRun): boolean {
    return status !== "Failed" && actions.every(isApproval);
}

// While it runs and after it was given, the time of an approval is a wait; one that was refused failed.
function isApproval({ provider, status }: ActionRun): boolean {
    return provider === "Manual" && status !== "Failed";
}
