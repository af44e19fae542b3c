import type { ActionDeclaration, ConditionDeclaration, PipelineDeclaration, StageDeclaration, TriggerDeclaration } from "../../../../local/endpoint/codepipeline/model/declaration";
import type { CodePipelineOptions } from "../../../../local/endpoint/codepipeline/model/options";
import type { ActionJob, JobSuccess } from "../../../../local/endpoint/codepipeline/model/results";
import { CodePipelineService } from "../../../../local/endpoint/codepipeline/model/service";
import type { SerializedState } from "../../../../local/endpoint/codepipeline/model/state";

export const NAME = "demo";
export const REPOSITORY = "me/checkout";

export function source(configuration: Readonly<Record<string, string>> = {}): ActionDeclaration {
    return {
        name: "Checkout",
        actionTypeId: { category: "Source", owner: "AWS", provider: "CodeStarSourceConnection", version: "1" },
        configuration: { ConnectionArn: "arn:aws:codeconnections:us-east-1:000000000000:connection/c", FullRepositoryId: REPOSITORY, BranchName: "main", DetectChanges: "false", ...configuration },
        outputArtifacts: [{ name: "Sources" }],
        namespace: "SourceVariables",
    };
}

export function build(name: string, more: Partial<ActionDeclaration> = {}): ActionDeclaration {
    return {
        name,
        actionTypeId: { category: "Build", owner: "AWS", provider: "CodeBuild", version: "1" },
        inputArtifacts: [{ name: "Sources" }],
        ...more,
        configuration: { ProjectName: `project-${name.toLowerCase()}`, ...more.configuration },
    };
}

export function approval(name: string, more: Partial<ActionDeclaration> = {}): ActionDeclaration {
    return { name, actionTypeId: { category: "Approval", owner: "AWS", provider: "Manual", version: "1" }, ...more };
}

export function condition(result: "FAIL" | "SKIP", variable: string, operator: string, value: string): ConditionDeclaration {
    const ruleTypeId = { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" } as const;
    return { result, rules: [{ name: "Rule", ruleTypeId, configuration: { Variable: variable, Operator: operator, Value: value } }] };
}

export function stage(name: string, ...actions: readonly ActionDeclaration[]): StageDeclaration {
    return { name, actions };
}

export const BRANCH: TriggerDeclaration = {
    providerType: "CodeStarSourceConnection",
    gitConfiguration: { sourceActionName: "Checkout", push: [{ branches: { includes: ["main"] }, filePaths: { excludes: ["docs/**"] } }] },
};

/** Source → One → Two, each with one build. */
export function pipeline(more: Partial<PipelineDeclaration> = {}): PipelineDeclaration {
    return {
        name: NAME,
        roleArn: "arn:aws:iam::000000000000:role/pipeline",
        artifactStore: { type: "S3", location: "artifacts" },
        pipelineType: "V2",
        executionMode: "SUPERSEDED",
        variables: [{ name: "GENERATION", defaultValue: "0" }],
        stages: [stage("Source", source()), stage("One", build("First")), stage("Two", build("Second"))],
        ...more,
    };
}

/** The model with a clock and ids that a test can foretell, and a hand for its jobs. */
export class Bench {
    readonly service: CodePipelineService;
    time = 1_700_000_000_000;
    readonly held: ActionJob[] = [];
    private ids = 0;

    constructor(private readonly options: Partial<Pick<CodePipelineOptions, "cancelled" | "clientTokens" | "state" | "tell">> = {}) {
        const now = (): number => this.time;
        this.service = new CodePipelineService({ now, newId: () => this.id(), cancelled: "older-runs", ...options });
    }

    /** The same, from its saved state. */
    reload(): Bench {
        const other = new Bench({ ...this.options, state: JSON.parse(JSON.stringify(this.service)) as SerializedState });
        other.time = this.time;
        other.ids = this.ids;
        other.held.push(...this.held);
        return other;
    }

    private id(): string {
        return `00000000-0000-4000-8000-${String(this.ids++).padStart(12, "0")}`;
    }

    /** Creates a pipeline; the id of the execution that starts by itself. */
    create(declaration = pipeline()): string {
        this.service.createPipeline({ pipeline: declaration });
        return this.executions()[0] ?? "";
    }

    start(commit?: string, more: object = {}): string {
        const sourceRevisions = commit === undefined ? {} : { sourceRevisions: [{ actionName: "Checkout", revisionType: "COMMIT_ID", revisionValue: commit }] };
        return this.service.startPipelineExecution({ name: NAME, ...sourceRevisions, ...more }).pipelineExecutionId;
    }

    /** Names of the jobs at work, oldest first. */
    jobs(): readonly string[] {
        this.held.push(...this.service.takeJobs());
        return this.held.map((job) => job.action);
    }

    job(action: string, execution?: string): ActionJob {
        this.jobs();
        const found = this.held.find((job) => job.action === action && (execution === undefined || job.executionId === execution));
        if (found === undefined) {
            throw new Error(`no job of "${action}"; there are ${this.held.map((job) => job.action).join(", ")}`);
        }
        return found;
    }

    done(action: string, result: Partial<JobSuccess> = {}, execution?: string): void {
        const job = this.job(action, execution);
        this.held.splice(this.held.indexOf(job), 1);
        const revision = job.actionTypeId.category === "Source" ? { revision: { revisionId: job.sourceRevision?.revisionValue ?? "head" } } : {};
        this.service.completeJob(job.jobId, { ok: true, ...revision, ...result });
    }

    fail(action: string, execution?: string): void {
        const job = this.job(action, execution);
        this.held.splice(this.held.indexOf(job), 1);
        this.service.completeJob(job.jobId, { ok: false, code: "JobFailed", message: `${action} failed` });
    }

    /** Newest first. */
    executions(): readonly string[] {
        return this.service.listPipelineExecutions({ pipelineName: NAME }).pipelineExecutionSummaries.map((execution) => execution.pipelineExecutionId);
    }

    status(id: string): string {
        return this.service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id }).pipelineExecution.status;
    }

    version(id: string): number {
        return this.service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id }).pipelineExecution.pipelineVersion;
    }

    /** Status of a stage's last execution. */
    stage(name: string): string | undefined {
        return this.state(name).latestExecution?.status;
    }

    state(name: string): ReturnType<CodePipelineService["getPipelineState"]>["stageStates"][number] {
        const found = this.service.getPipelineState({ name: NAME }).stageStates.find((state) => state.stageName === name);
        if (found === undefined) {
            throw new Error(`no stage "${name}"`);
        }
        return found;
    }
}

/** Name of the exception that a call raises; "" when it raises none. */
export function refusal(call: () => unknown): string {
    try {
        call();
        return "";
    } catch (error) {
        return (error as Error).name;
    }
}
