import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { JsonObject } from "../../../../local/endpoint/call";
import { CodePipelineApi } from "../../../../local/endpoint/codepipeline/api";
import { CodePipelineService } from "../../../../local/endpoint/codepipeline/model/service";
import { INPUTS } from "../../../../local/endpoint/codepipeline/model/shapes";
import { AwsError } from "../../../../local/endpoint/own/error";
import { emulatorPython } from "../own/model";
import { approval, BRANCH, build, condition, NAME, pipeline, source, stage } from "./fixtures";

interface Exchange {
    readonly action: string;
    readonly input: JsonObject;
    readonly output?: unknown;
    readonly error?: string;
}

/** The API with everything allowed; every call and answer is written down as it goes over the wire. */
class Recorder {
    readonly exchanges: Exchange[] = [];
    readonly service = new CodePipelineService({ now: Date.now, newId: () => crypto.randomUUID(), cancelled: "older-runs" });
    private readonly api = new CodePipelineApi({ service: this.service, account: "000000000000", region: "us-east-1", changed: () => undefined, trusts: () => Promise.resolve() });

    async call(action: string, input: JsonObject): Promise<Readonly<Record<string, unknown>>> {
        try {
            const output: unknown = JSON.parse(JSON.stringify(await this.api.handle(action, input, { principalArn: "arn:aws:iam::000000000000:root", authorise: () => Promise.resolve() })));
            this.exchanges.push({ action, input, output });
            return output as Readonly<Record<string, unknown>>;
        } catch (error) {
            assert.ok(error instanceof AwsError, String(error));
            this.exchanges.push({ action, input, error: error.code });
            return {};
        }
    }

    /** Does every job; a source and a build say all that they can say. */
    work(ok = true): void {
        for (const job of this.service.takeJobs()) {
            const said = { externalExecutionId: "build:1", externalExecutionUrl: "https://example.com/", summary: "done", outputVariables: { CommitId: "abc", RESULT: "unchanged" } };
            const revision = job.actionTypeId.category === "Source" ? { revision: { revisionId: "abc", revisionSummary: "a change", revisionUrl: "https://example.com/" } } : {};
            this.service.completeJob(job.jobId, ok ? { ok, ...said, ...revision } : { ok, code: "JobFailed", message: "it failed", ...said });
        }
    }

    token(): string {
        return this.service.getPipelineState({ name: NAME }).stageStates.flatMap((state) => state.actionStates).flatMap((state) => state.latestExecution?.token ?? [])[0] ?? crypto.randomUUID();
    }
}

/** One story that uses every operation and meets most of their exceptions. */
async function story(): Promise<Recorder> {
    const recorder = new Recorder();
    const { call } = { call: recorder.call.bind(recorder) };
    const look = async (id: unknown): Promise<void> => {
        await call("GetPipelineState", { name: NAME });
        await call("GetPipelineExecution", { pipelineName: NAME, pipelineExecutionId: id });
        await call("ListPipelineExecutions", { pipelineName: NAME, maxResults: 1, filter: { succeededInStage: { stageName: "Source" } } });
        await call("ListActionExecutions", { pipelineName: NAME, filter: { latestInPipelineExecution: { pipelineExecutionId: id, startTimeRange: "Latest" } } });
    };
    const declaration = pipeline({
        triggers: [BRANCH],
        stages: [
            stage("Source", source()),
            stage("One", build("A", { namespace: "Update", outputArtifacts: [{ name: "Built" }] })),
            { ...stage("Approve", approval("Human", { configuration: { CustomData: "#{Update.RESULT}" }, timeoutInMinutes: 60 })), beforeEntry: { conditions: [condition("SKIP", "#{Update.RESULT}", "EQ", "unchanged")] } },
            stage("Two", build("B", { roleArn: "arn:aws:iam::000000000000:role/own" })),
        ],
    });
    await call("CreatePipeline", { pipeline: declaration, tags: [{ key: "a", value: "b" }] });
    await call("CreatePipeline", { pipeline: declaration });
    await call("CreatePipeline", { pipeline: { ...declaration, stages: [] } });
    const { metadata } = (await call("GetPipeline", { name: NAME })) as { metadata: { pipelineArn: string } };
    await call("GetPipeline", { name: NAME, version: 7 });
    await call("ListPipelines", { maxResults: 10 });
    const resourceArn = metadata.pipelineArn;
    await call("TagResource", { resourceArn, tags: [{ key: "c", value: "" }] });
    await call("TagResource", { resourceArn, tags: [{ key: "aws:c", value: "" }] });
    await call("ListTagsForResource", { resourceArn, maxResults: 1 });
    await call("UntagResource", { resourceArn, tagKeys: ["c"] });
    await call("TagResource", { resourceArn: `${resourceArn}x`, tags: [] });
    const start = { name: NAME, clientRequestToken: "token-1", variables: [{ name: "GENERATION", value: "1" }], sourceRevisions: [{ actionName: "Checkout", revisionType: "COMMIT_ID", revisionValue: "abc" }] };
    recorder.work();
    recorder.work(false);
    const { pipelineExecutionId: id } = await call("StartPipelineExecution", start);
    await look(id);
    recorder.work();
    recorder.work(false);
    await look(id);
    const retry = { pipelineName: NAME, stageName: "One", pipelineExecutionId: id, retryMode: "FAILED_ACTIONS" };
    await call("RetryStageExecution", { ...retry, stageName: "Two" });
    await call("RetryStageExecution", retry);
    await call("DisableStageTransition", { pipelineName: NAME, stageName: "Two", transitionType: "Inbound", reason: "freeze" });
    recorder.work();
    await look(id);
    const answer = { pipelineName: NAME, stageName: "Approve", actionName: "Human", result: { summary: "yes", status: "Approved" }, token: recorder.token() };
    await call("PutApprovalResult", { ...answer, token: crypto.randomUUID() });
    await call("PutApprovalResult", answer);
    await call("PutApprovalResult", answer);
    await look(id);
    await call("EnableStageTransition", { pipelineName: NAME, stageName: "Two", transitionType: "Inbound" });
    await call("EnableStageTransition", { pipelineName: NAME, stageName: "Nine", transitionType: "Inbound" });
    const stop = { pipelineName: NAME, pipelineExecutionId: id, reason: "enough" };
    recorder.service.takeJobs();
    await call("StopPipelineExecution", stop);
    await call("StopPipelineExecution", stop);
    await call("StopPipelineExecution", { ...stop, abandon: true });
    await call("StopPipelineExecution", stop);
    await look(id);
    const other = (await call("StartPipelineExecution", { name: NAME })).pipelineExecutionId;
    recorder.work();
    await call("UpdatePipeline", { pipeline: declaration });
    await call("UpdatePipeline", { pipeline: { ...declaration, name: "other" } });
    await look(other);
    for (const action of ["GetPipeline", "StartPipelineExecution", "GetPipelineState"]) {
        await call(action, { name: "none" });
    }
    for (const action of ["GetPipelineExecution", "ListPipelineExecutions", "ListActionExecutions"]) {
        await call(action, { pipelineName: "none", pipelineExecutionId: id });
    }
    await call("GetPipelineExecution", { pipelineName: NAME, pipelineExecutionId: crypto.randomUUID() });
    await call("ListPipelineExecutions", { pipelineName: NAME, nextToken: "none" });
    await call("DeletePipeline", { name: NAME });
    return recorder;
}

describe("emulated CodePipeline: its API's model", () => {
    it("has every constraint, and every call and answer the shape, that botocore's model of it has", async function () {
        // The emulator's Python is made where it is missing; where that cannot be, this test fails and says why.
        this.timeout(180_000);
        const python = await emulatorPython();
        const { exchanges } = await story();
        const input = JSON.stringify({ shapes: INPUTS, exchanges });
        const run = spawnSync(python, ["-B", join(__dirname, "check_wire.py")], { input, encoding: "utf8" });
        assert.equal(run.status, 0, `botocore's model could not be asked by ${python}: ${run.error?.message ?? run.stderr}`);
        assert.deepEqual(run.stdout.split("\n").filter((line) => line !== ""), []);
        assert.ok(exchanges.filter((exchange) => exchange.error !== undefined).length > 15);
    });
});
