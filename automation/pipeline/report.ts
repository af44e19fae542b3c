import { describeOwner, type LockOwner } from "../lock";
import { formatDuration } from "../duration";
import { formatTable } from "../table";
import { cleanText, cut } from "../text";
import { waitLine } from "./lines";
import { type PipelineState, type Run, secondsOf, shortCommit, shortRun, spanOf, type StagePosition } from "./run";

export interface PipelineReport {
    readonly stack: string;
    readonly pipeline: string;
    readonly state: PipelineState;
    /** Newest first. */
    readonly runs: readonly Run[];
    readonly locks: readonly LockOwner[];
}

/** What a pipeline does and waits for, for people. `now`: milliseconds since 1970. */
export function reportLines({ stack, pipeline, state, runs, locks }: PipelineReport, now: number): string[] {
    const waits = [...state.waits.map((wait) => waitLine(wait, stack, runs)), ...locks.map((owner) => `the state of ${stack} is locked by ${describeOwner(owner)}`)];
    return [
        `Pipeline ${pipeline}, version ${state.version} of its definition.`,
        "",
        ...stageTable(state, runs, now),
        "",
        ...(runs.length === 0 ? ["It has not run yet."] : runTable(runs, now)),
        "",
        ...(waits.length === 0 ? ["Nothing waits."] : ["Waiting:", ...waits.map((line) => `  ${line}`)]),
    ].map(cleanText);
}

function stageTable(state: PipelineState, runs: readonly Run[], now: number): string[] {
    return formatTable(
        [
            { title: "stage", value: ({ name }: StagePosition) => name },
            { title: "status", value: ({ status }) => status },
            { title: "run", value: ({ run }) => (run === undefined ? "" : shortRun(run)) },
            { title: "took", value: (position) => took(position, runs, now), align: "right" },
            { title: "actions", value: (position) => cut(actionsText(position), 100) },
        ],
        state.stages,
    );
}

function took({ name, run }: StagePosition, runs: readonly Run[], now: number): string {
    const stage = runs.find(({ id }) => id === run)?.stages.find((candidate) => candidate.name === name);
    const span = stage === undefined ? undefined : spanOf(stage);
    return span === undefined ? "" : formatDuration(secondsOf(span, now));
}

function actionsText({ actions, status, reason }: StagePosition): string {
    const own = actions.flatMap((action) => (action.status === undefined ? [] : [`${action.name} ${words[action.status]}`])).join(", ");
    return reason !== undefined && (status === "Failed" || status === "Skipped") ? [own, reason].filter((text) => text !== "").join("; ") : own;
}

const words = { InProgress: "in progress", Succeeded: "succeeded", Failed: "failed", Abandoned: "abandoned" } as const;

function runTable(runs: readonly Run[], now: number): string[] {
    return formatTable(
        [
            { title: "run", value: ({ id }: Run) => shortRun(id) },
            { title: "commit", value: ({ commit }) => shortCommit(commit) },
            { title: "message", value: ({ message }) => cut(message ?? "", 40) },
            { title: "version", value: ({ version }) => version, align: "right" },
            { title: "started by", value: ({ trigger, generation }) => cut(generation > 0 ? "self-update" : trigger, 40) },
            { title: "began", value: ({ started }) => new Date(started).toISOString().slice(0, 19).replace("T", " ") },
            { title: "status", value: ({ status }) => status },
            { title: "took", value: (run) => formatDuration(secondsOf(run, now)), align: "right" },
        ],
        runs,
    );
}
