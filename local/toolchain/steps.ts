import { performance } from "node:perf_hooks";

/** One piece of news about one step of the set-up. */
export interface StepEvent {
    readonly step: string;
    readonly state: "started" | "progress" | "done" | "reused";
    readonly detail?: string;
    /** Since the step began; absent on `started`. */
    readonly seconds?: number;
}

/** What a running step can say. */
export interface Step {
    /** Something to show while it runs. */
    progress(detail: string): void;
    /** Marks the outcome as found rather than made; `detail` tells what was found. */
    reused(detail?: string): void;
    /** What to show at the end. */
    detail(detail: string): void;
}

/** Runs `work` as a named step: `started`, then `done` or `reused` with the seconds it took. Nothing is reported after a failure. */
export async function runStep<T>(report: (event: StepEvent) => void, name: string, work: (step: Step) => Promise<T>): Promise<T> {
    const begun = performance.now();
    const seconds = (): number => Math.round((performance.now() - begun) / 100) / 10;
    let state: "done" | "reused" = "done";
    let last: string | undefined;
    report({ step: name, state: "started" });
    const result = await work({
        progress: (detail) => report({ step: name, state: "progress", detail, seconds: seconds() }),
        reused: (detail) => {
            state = "reused";
            last = detail ?? last;
        },
        detail: (detail) => {
            last = detail;
        },
    });
    report({ step: name, state, ...(last === undefined ? {} : { detail: last }), seconds: seconds() });
    return result;
}
