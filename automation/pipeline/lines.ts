import { formatDuration } from "../duration";
import type { Colors } from "../terminal";
import { cleanText, clip, cut } from "../text";
import { type ActionRun, actionTitle, hasEnded, type Run, secondsOf, shortCommit, shortRun, spanOf, type StageRun, type Wait } from "./run";

/** Characters of a message, an error or a value in a line. */
const detailWidth = 120;

/** `run 1a2b3c4d: commit 3ad9f01c2 "Quote CSV", on version 4 of the pipeline`. */
export function runLine(run: Run): string {
    const message = run.message === undefined ? "" : ` "${cut(cleanText(run.message), 60)}"`;
    const restarted = run.generation > 0 ? ", restarted after a self-update" : "";
    return `run ${shortRun(run.id)}: commit ${shortCommit(run.commit)}${message}, on version ${run.version} of the pipeline${restarted}`;
}

export function actionEndedLine(stage: string, action: ActionRun, colors: Colors): string {
    const title = actionTitle(stage, action.name);
    const took = formatDuration(secondsOf(action, action.started));
    if (action.status === "Failed") {
        return `${colors.red("✗")} ${title}  failed after ${took}${detail(action.error ?? action.summary)}`;
    }
    if (action.status === "Abandoned") {
        return `${colors.yellow("!")} ${title}  abandoned after ${took}${detail(action.summary)}`;
    }
    return `${colors.green("✓")} ${title}  ${took}${detail(outcome(action))}`;
}

/** A line for a stage that says something its actions do not; undefined for all others. */
export function stageEndedLine(stage: StageRun, colors: Colors): string | undefined {
    const span = spanOf(stage);
    if (stage.status === "Skipped") {
        return `${colors.cyan("·")} ${stage.name}  skipped${reason(stage.reason)}`;
    }
    if (stage.status === "Failed" && !stage.actions.some(({ status }) => status === "Failed")) {
        return `${colors.red("✗")} ${stage.name}  its condition failed${reason(stage.reason)}`;
    }
    if (stage.status === "Succeeded" && stage.actions.length > 1 && span?.ended !== undefined) {
        return `${colors.green("✓")} ${stage.name}  ${formatDuration(secondsOf(span, span.ended))} in all`;
    }
    return undefined;
}

/** What waits, and what to do about it. */
export function waitLine(wait: Wait, stack: string, runs: readonly Run[]): string {
    switch (wait.kind) {
        case "approval": {
            const run = runs.find(({ id }) => id === wait.run);
            const whose = run === undefined && wait.run !== undefined ? ` of run ${shortRun(wait.run)}` : "";
            const action = run?.stages.find(({ name }) => name === wait.stage)?.actions.find(({ name }) => name === wait.action);
            return `${actionTitle(wait.stage, wait.action)}${whose} waits for approval${detail(action?.summary, ": ")}${detail(action?.link)}  npm run local:approve -- ${stack}`;
        }
        case "stage":
            return `run ${shortRun(wait.run)} waits in front of ${wait.stage}: ${wait.occupant === undefined ? "the stage takes it next" : `run ${shortRun(wait.occupant)} is in it`}`;
        case "transition": {
            const who = wait.by === undefined ? "" : ` by ${wait.by}`;
            return `the way into ${wait.stage} is closed${who}${reason(wait.reason)}${wait.run === undefined ? "" : `; run ${shortRun(wait.run)} waits`}`;
        }
    }
}

/** How a run ended; `by` is the run that took its place. */
export function runEndedLine(run: Run, by: { readonly id: string; readonly commit?: string } | undefined, colors: Colors): string {
    const took = `after ${formatDuration(secondsOf(run, run.ended ?? run.started))}`;
    const name = `run ${shortRun(run.id)}`;
    switch (run.status) {
        case "Succeeded":
            return `${colors.green("✓")} ${name} succeeded ${took}`;
        case "Failed":
            return `${colors.red("✗")} ${name} failed ${took}${detail(run.statusSummary)}`;
        case "Superseded":
            return `${colors.yellow("!")} ${name} was superseded ${took}${by === undefined ? "" : ` by run ${shortRun(by.id)} of commit ${shortCommit(by.commit)}`}`;
        default:
            return `${colors.yellow("!")} ${name} was ${run.status.toLowerCase()} ${took}${detail(run.statusSummary, ": ")}${by === undefined ? "" : `; run ${shortRun(by.id)} of commit ${shortCommit(by.commit)} goes on`}`;
    }
}

/** The live region: a line a run that goes on, then what it does or waits for. */
export function pipelineLines(runs: readonly Run[], waits: readonly Wait[], stack: string, now: number, width: number, height: number): string[] {
    const going = runs.filter((run) => !hasEnded(run));
    const lines = going.flatMap((run) => {
        const passed = run.stages.filter(({ status }) => status === "Succeeded" || status === "Skipped").length;
        const head = `… run ${shortRun(run.id)}  ${formatDuration(secondsOf(run, now))}  ${passed} of ${run.stages.length} stages done`;
        return [head, ...inProgress(run).map((row) => `  ${row.title}  ${formatDuration(secondsOf(row.action, now))}`)];
    });
    const all = [...lines, ...waits.map((wait) => `  ${waitLine(wait, stack, runs)}`)];
    const room = Math.max(1, height - 3);
    const shown = all.length > room ? [...all.slice(0, room - 1), `  … and ${all.length - room + 1} more`] : all;
    return shown.map((line) => clip(cleanText(line), width - 1));
}

/** A sign of life for logs, where no live region can be drawn. */
export function pipelineHeartbeat(runs: readonly Run[], waits: readonly Wait[], stack: string, now: number): string | undefined {
    const [first, ...others] = runs.filter((run) => !hasEnded(run)).flatMap(inProgress);
    if (first !== undefined && first.action.provider !== "Manual") {
        return `… ${first.title}  ${formatDuration(secondsOf(first.action, now))}${others.length > 0 ? `; ${others.length} more in progress` : ""}`;
    }
    return waits.length === 0 ? undefined : `… ${waitLine(waits[0], stack, runs)}`;
}

function inProgress(run: Run): { readonly title: string; readonly action: ActionRun }[] {
    return run.stages.flatMap(({ name, actions }) =>
        actions.filter(({ status }) => status === "InProgress").map((action) => ({ title: actionTitle(name, action.name), action })),
    );
}

// What an action exported says most; a source's summary is its commit's message, which stands in the run's own line.
function outcome({ outputs, provider, summary }: ActionRun): string | undefined {
    if (provider === "CodeBuild") {
        const exported = Object.entries(outputs).filter(([, value]) => value !== "");
        return exported.length === 0 ? undefined : exported.map(([name, value]) => `${name}=${value}`).join(" ");
    }
    return provider === "Manual" ? summary : undefined;
}

function detail(text: string | undefined, separator = "  "): string {
    return text === undefined || text === "" ? "" : `${separator}${cut(cleanText(text), detailWidth)}`;
}

function reason(text: string | undefined): string {
    return detail(text, ": ");
}
