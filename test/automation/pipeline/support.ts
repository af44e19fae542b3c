import type { ActionExecutionDetail, GetPipelineStateOutput, PipelineExecutionSummary, StageState } from "@aws-sdk/client-codepipeline";
import type { PipelineClient, Verdict } from "../../../automation/pipeline/client";
import type { ActionRun, PipelineState, Run, RunSummary, StageRun } from "../../../automation/pipeline/run";

/** A moment of the test day, by seconds. */
export const second = (seconds: number): Date => new Date(Date.UTC(2026, 0, 31, 12) + seconds * 1000);
export const at = (seconds: number): number => second(seconds).getTime();

export const runId = (digit: string): string => `${digit.repeat(8)}-0000-4000-8000-000000000000`;
export const commitId = (digit: string): string => digit.repeat(40);

export function action(name: string, from: number, to: number | undefined, more: Partial<ActionRun> = {}): ActionRun {
    return { name, status: to === undefined ? "InProgress" : "Succeeded", provider: "CodeBuild", started: at(from), ended: to === undefined ? undefined : at(to), outputs: {}, ...more };
}

export function stage(name: string, actions: readonly ActionRun[] = [], more: Partial<StageRun> = {}): StageRun {
    const running = actions.some(({ status }) => status === "InProgress");
    return { name, status: actions.length === 0 ? "Pending" : running ? "InProgress" : "Succeeded", actions, ...more };
}

export function run(digit: string, more: Partial<Run> = {}): Run {
    return {
        id: runId(digit), status: "InProgress", commit: commitId(digit), message: `Change ${digit}`, trigger: "a push",
        started: at(0), version: 1, generation: 0, stages: [], ...more,
    };
}

export const noState: PipelineState = { version: 1, stages: [], waits: [] };

/** An entry of ListActionExecutions as CodePipeline answers it. */
export function detail(stageName: string, actionName: string, from: number, to: number | undefined, more: Partial<ActionExecutionDetail> = {}): ActionExecutionDetail {
    return {
        stageName, actionName, startTime: second(from), lastUpdateTime: second(to ?? from), status: to === undefined ? "InProgress" : "Succeeded",
        input: { actionTypeId: { category: "Build", owner: "AWS", provider: "CodeBuild", version: "1" } }, ...more,
    };
}

export function summary(digit: string, more: Partial<PipelineExecutionSummary> = {}): PipelineExecutionSummary {
    return {
        pipelineExecutionId: runId(digit), status: "InProgress", startTime: second(0), lastUpdateTime: second(5),
        sourceRevisions: [{ actionName: "Source", revisionId: commitId(digit), revisionSummary: JSON.stringify({ ProviderType: "GitHub", CommitMessage: "Quote CSV\n\nbody" }) }],
        trigger: { triggerType: "WebhookV2", triggerDetail: "{}" }, ...more,
    };
}

export function stateAnswer(...stageStates: StageState[]): GetPipelineStateOutput {
    return { pipelineName: "p-local-dev", pipelineVersion: 3, stageStates };
}

/** A pipeline that shows one prepared picture a look, and keeps the last one. */
export class FakePipelines implements PipelineClient {
    readonly answers: Verdict[] = [];
    looks = 0;
    missing = false;
    log: readonly string[] = [];

    /** @param pictures Runs by look, oldest first. */
    constructor(
        private readonly pictures: readonly (readonly Run[])[],
        private readonly position: PipelineState = noState,
    ) {}

    get now(): readonly Run[] {
        return this.pictures[Math.min(Math.max(this.looks, 1), this.pictures.length) - 1] ?? [];
    }

    async state(): Promise<PipelineState | undefined> {
        this.looks++;
        return this.missing ? undefined : this.position;
    }

    async runs(_: string, limit: number): Promise<readonly RunSummary[]> {
        return [...this.now].reverse().slice(0, limit);
    }

    async run(_: string, { id }: RunSummary): Promise<Run | undefined> {
        return this.now.find((candidate) => candidate.id === id);
    }

    async answer(_: string, verdict: Verdict): Promise<void> {
        this.answers.push(verdict);
    }

    async buildLog(): Promise<undefined> {
        return undefined;
    }

    async logTail(): Promise<readonly string[]> {
        return this.log;
    }
}
