import { strict as assert } from "node:assert";
import type { ActionExecutionDetail, GetPipelineStateOutput, PipelineExecution, PipelineExecutionSummary } from "@aws-sdk/client-codepipeline";
import { readRun, readState, readSummary } from "../../../automation/pipeline/answers";
import type { PipelineClient } from "../../../automation/pipeline/client";
import { followRuns } from "../../../automation/pipeline/follow";
import type { PipelineState, Run, RunSummary } from "../../../automation/pipeline/run";
import type { PipelineDeclaration, StageDeclaration } from "../../../local/endpoint/codepipeline/model/declaration";
import { CodePipelineService } from "../../../local/endpoint/codepipeline/model/service";
import { commitId } from "./support";

const name = "p-local-dev";
const roleArn = "arn:aws:iam::000000000000:role/p";
const condition = { result: "FAIL", rules: [{ name: "Own", ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" }, configuration: { Variable: "#{SelfUpdate.RESULT}", Value: "unchanged", Operator: "EQ" } }] } as const;

function buildStage(stage: string, more: Partial<StageDeclaration> = {}, namespace?: string): StageDeclaration {
    const actionTypeId = { category: "Build", owner: "AWS", provider: "CodeBuild", version: "1" };
    return { name: stage, actions: [{ name: stage, actionTypeId, configuration: { ProjectName: `p-${stage}` }, inputArtifacts: [{ name: "Code" }], ...(namespace === undefined ? {} : { namespace }) }], ...more };
}

function declaration(stages: readonly StageDeclaration[]): PipelineDeclaration {
    const source = {
        name: "Source",
        actionTypeId: { category: "Source", owner: "AWS", provider: "CodeStarSourceConnection", version: "1" },
        configuration: { ConnectionArn: "arn:aws:codeconnections:us-east-1:000000000000:connection/1", FullRepositoryId: "o/n", BranchName: "main", DetectChanges: "false" },
        outputArtifacts: [{ name: "Code" }],
        namespace: "SourceVariables",
    };
    return {
        name, roleArn, pipelineType: "V2", executionMode: "SUPERSEDED",
        artifactStore: { type: "S3", location: "artifacts" },
        variables: [{ name: "GENERATION", defaultValue: "0" }],
        triggers: [{ providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Source", push: [{ branches: { includes: ["main"] } }] } }],
        stages: [{ name: "Source", actions: [source] }, ...stages],
    };
}

/** Times as the SDK gives them: dates, where the wire has seconds. */
function dated<Value>(value: unknown): Value {
    const revive = (key: string, member: unknown): unknown =>
        typeof member === "number" && /^(?:startTime|lastUpdateTime|lastStatusChange|lastChangedAt|created|updated)$/.test(key) ? new Date(member * 1000) : member;
    return JSON.parse(JSON.stringify(value), revive) as Value;
}

/** The pipeline of the emulator's model, with a second between any two looks at its clock. */
class Modelled implements Pick<PipelineClient, "state" | "runs" | "run"> {
    private seconds = 1_800_000_000;
    private ids = 0;
    readonly service: CodePipelineService;

    constructor(cancelled: "older-runs" | "none", stages: readonly StageDeclaration[]) {
        this.service = new CodePipelineService({ now: () => ++this.seconds * 1000, newId: () => `${String(++this.ids).padStart(8, "0")}-0000-4000-8000-000000000000`, cancelled });
        this.service.createPipeline({ pipeline: declaration(stages) });
        this.work(() => ({}));
    }

    push(digit: string): string {
        const [id] = this.service.push({ repository: "o/n", branch: "main", commit: commitId(digit), message: `Change ${digit}`, paths: ["a"] });
        return id;
    }

    /** Does all jobs that there are; `undefined` leaves one in progress, a text fails it. */
    work(outcome: (action: string, execution: string) => Record<string, string> | string | undefined): void {
        for (let jobs = this.service.takeJobs(); jobs.length > 0; jobs = this.service.takeJobs()) {
            for (const { jobId, action, executionId, sourceRevision } of jobs) {
                this.service.noteExternal(jobId, action === "Source" ? {} : { externalExecutionId: `p-${action}:${jobId}` });
                const revision = { revisionId: sourceRevision?.revisionValue ?? commitId("0"), revisionSummary: "Change" };
                const result = action === "Source" ? { CommitId: revision.revisionId } : outcome(action, executionId);
                if (typeof result === "string") {
                    this.service.completeJob(jobId, { ok: false, code: "JobFailed", message: result });
                } else if (result !== undefined) {
                    this.service.completeJob(jobId, { ok: true, outputVariables: result, ...(action === "Source" ? { revision } : {}) });
                }
            }
        }
    }

    async state(): Promise<PipelineState> {
        return readState(dated<GetPipelineStateOutput>(this.service.getPipelineState({ name })));
    }

    async runs(): Promise<RunSummary[]> {
        return this.service.listPipelineExecutions({ pipelineName: name }).pipelineExecutionSummaries.map((entry) => readSummary(dated<PipelineExecutionSummary>(entry)));
    }

    async run(_: string, summary: RunSummary, state: PipelineState): Promise<Run> {
        const { pipelineExecution } = this.service.getPipelineExecution({ pipelineName: name, pipelineExecutionId: summary.id });
        const { actionExecutionDetails } = this.service.listActionExecutions({ pipelineName: name, filter: { pipelineExecutionId: summary.id } });
        return readRun(summary, dated<PipelineExecution>(pipelineExecution), actionExecutionDetails.map((entry) => dated<ActionExecutionDetail>(entry)), state);
    }
}

const stages = [buildStage("SelfUpdate", {}, "SelfUpdate"), buildStage("Verify", { beforeEntry: { conditions: [condition] } }), buildStage("Deploy")];
const unchanged = (): Record<string, string> => ({ RESULT: "unchanged" });
const told = (runs: readonly Run[]): string[] => runs.map(({ status, version, stages: all }) => `${status} on ${version}: ${all.map((stage) => `${stage.name} ${stage.status}`).join(", ")}`);

async function follow(client: Modelled, id: string, onLook: (look: number) => void = () => undefined): Promise<readonly Run[]> {
    let looks = 0;
    return followRuns({ client, pipeline: name, ids: [id], signal: new AbortController().signal, onLook: () => onLook(++looks), interval: 1, patience: 5 });
}

describe("the runs of the embedded CodePipeline, followed", () => {
    for (const cancelled of ["older-runs", "none"] as const) {
        describe(`where an update cancels ${cancelled}`, () => {
            it("go on after a self-update in the run on the new definition", async () => {
                const client = new Modelled(cancelled, stages);
                const first = client.push("a");
                client.work((action) => (action === "SelfUpdate" ? undefined : unchanged()));
                // What a self-update does: update, start the commit again, stop its own run, end.
                const runs = await follow(client, first, (look) => {
                    if (look !== 2) {
                        return;
                    }
                    client.service.updatePipeline({ pipeline: declaration([...stages, buildStage("Record")]) });
                    const { pipelineExecutionId: next } = client.service.startPipelineExecution({
                        name, variables: [{ name: "GENERATION", value: "1" }], sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commitId("a") }],
                    });
                    if (cancelled === "none") {
                        client.service.stopPipelineExecution({ pipelineName: name, pipelineExecutionId: first, reason: "restarted" });
                    }
                    for (const { actionExecutionId } of client.service.listActionExecutions({ pipelineName: name, filter: { pipelineExecutionId: first } }).actionExecutionDetails) {
                        client.service.completeJob(actionExecutionId, { ok: true, outputVariables: { RESULT: "restarted" } });
                    }
                    client.work(unchanged);
                    assert.notEqual(next, first);
                });
                assert.deepEqual(runs.map(({ status, version, generation }) => [status, version, generation]), [[cancelled === "none" ? "Stopped" : "Cancelled", 1, 0], ["Succeeded", 2, 1]]);
                assert.match(told(runs)[1], /Deploy Succeeded, Record Succeeded$/);
            });

            it("tell why a condition stopped one", async () => {
                const client = new Modelled(cancelled, stages);
                const id = client.push("a");
                client.work(() => ({ RESULT: "stale" }));
                const runs = await follow(client, id);
                assert.deepEqual(told(runs), ["Failed on 1: Source Succeeded, SelfUpdate Succeeded, Verify Failed, Deploy Pending"]);
                assert.match(runs[0].stages[2].reason ?? "", /stale/);
            });
        });
    }

    it("show where a build failed, with what it said, and where its log is", async () => {
        const client = new Modelled("none", stages);
        const id = client.push("a");
        client.work((action) => (action === "Verify" ? "Build terminated with state: FAILED" : unchanged()));
        const [{ stages: [, , verify] }] = await follow(client, id);
        assert.deepEqual([verify.status, verify.actions[0].status, verify.actions[0].error], ["Failed", "Failed", "Build terminated with state: FAILED"]);
        assert.match(verify.actions[0].externalId ?? "", /^p-Verify:/);
    });

    it("wait in front of a stage that another occupies, and are superseded by the next push", async () => {
        const client = new Modelled("none", stages);
        const hold = (held: string) => (action: string, execution: string) => (action === "Deploy" && execution === held ? undefined : unchanged());
        const first = client.push("a");
        client.work(hold(first));
        const second = client.push("b");
        client.work(hold(first));
        const { waits } = await client.state();
        assert.deepEqual(waits, [{ kind: "stage", stage: "Deploy", run: second, occupant: first }]);
        client.push("c");
        client.work(hold(first));
        const [run] = await follow(client, second);
        assert.deepEqual([run.status, run.commit], ["Superseded", commitId("b")]);
    });
});
