import { roundSeconds } from "../duration";
import { logPlace } from "./logs";
import { type ActionRun, type Run, type RunSummary, secondsOf, spanOf, type StageRun, type Wait } from "./run";

export interface ActionDocument {
    readonly name: string;
    readonly status: ActionRun["status"];
    readonly seconds: number;
    readonly outputs: ActionRun["outputs"];
    readonly error?: string;
    readonly log?: { readonly group: string; readonly stream: string };
}

export interface StageDocument {
    readonly name: string;
    readonly status: StageRun["status"];
    /** 0 for a stage that the run did not enter. */
    readonly seconds: number;
    readonly actions: readonly ActionDocument[];
    readonly reason?: string;
}

/** A run as it stands in JSON results. */
export interface RunDocument {
    readonly id: string;
    readonly status: Run["status"];
    readonly reason?: string;
    readonly commit?: string;
    readonly version: number;
    readonly generation: number;
    readonly trigger: string;
    readonly seconds: number;
    readonly stages: readonly StageDocument[];
}

/** @param now Milliseconds since 1970, for what still goes on. */
export function runDocument(run: Run, now: number): RunDocument {
    const { id, status, commit, version, generation, trigger } = run;
    return { id, status, reason: run.statusSummary, commit, version, generation, trigger, seconds: seconds(run, now), stages: run.stages.map((stage) => stageDocument(stage, now)) };
}

function stageDocument(stage: StageRun, now: number): StageDocument {
    const span = spanOf(stage);
    const actions = stage.actions.map((action) => ({
        name: action.name,
        status: action.status,
        seconds: seconds(action, now),
        outputs: action.outputs,
        error: action.error,
        log: logPlace(action),
    }));
    return { name: stage.name, status: stage.status, seconds: span === undefined ? 0 : seconds(span, now), actions, reason: stage.reason };
}

/** What waits, without the tokens of approvals: who has one can approve. */
export function waitDocument(wait: Wait): Record<string, unknown> {
    return Object.fromEntries(Object.entries(wait).filter(([name]) => name !== "token"));
}

function seconds(of: Pick<RunSummary, "started" | "ended">, now: number): number {
    return roundSeconds(secondsOf(of, now));
}
