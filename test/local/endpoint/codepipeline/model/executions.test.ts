import assert from "node:assert/strict";
import { approval, Bench, build, NAME, pipeline, refusal, source, stage } from "../fixtures";

describe("emulated CodePipeline: executions", () => {
    it("CreatePipeline starts a run by itself", () => {
        const bench = new Bench();
        const id = bench.create();
        const { trigger, pipelineVersion } = bench.service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id }).pipelineExecution;
        assert.deepEqual([trigger, pipelineVersion], [{ triggerType: "CreatePipeline" }, 1]);
        assert.deepEqual(bench.jobs(), ["Checkout"]);
    });

    it("a run goes through the stages in order and succeeds behind the last one", () => {
        const bench = new Bench();
        const id = bench.create();
        for (const action of ["Checkout", "First", "Second"]) {
            assert.equal(bench.status(id), "InProgress");
            assert.deepEqual(bench.jobs(), [action]);
            bench.done(action);
        }
        assert.equal(bench.status(id), "Succeeded");
        assert.deepEqual(["Source", "One", "Two"].map((name) => bench.stage(name)), ["Succeeded", "Succeeded", "Succeeded"]);
    });

    it("actions of one run order start together, and the next order waits for all of them", () => {
        const bench = new Bench();
        bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("C", { runOrder: 5 }), build("A", { runOrder: 2 }), build("B", { runOrder: 2 }))] }));
        bench.done("Checkout");
        assert.deepEqual(bench.jobs(), ["A", "B"]);
        bench.done("B");
        assert.deepEqual(bench.jobs(), ["A"]);
        bench.done("A");
        assert.deepEqual(bench.jobs(), ["C"]);
    });

    it("a failed action fails its stage and its run, after the actions beside it have ended", () => {
        const bench = new Bench();
        const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A"), build("B")), stage("Two", build("C"))] }));
        bench.done("Checkout");
        bench.jobs();
        bench.fail("A");
        assert.deepEqual([bench.status(id), bench.stage("One")], ["InProgress", "InProgress"]);
        bench.done("B");
        assert.deepEqual([bench.status(id), bench.stage("One"), bench.stage("Two")], ["Failed", "Failed", undefined]);
        assert.deepEqual(bench.state("One").actionStates[0]?.latestExecution?.errorDetails, { code: "JobFailed", message: "A failed" });
        assert.deepEqual(bench.jobs(), []);
    });

    it("every job is handed out once", () => {
        const bench = new Bench();
        bench.create();
        assert.equal(bench.service.takeJobs().length, 1);
        assert.equal(bench.service.takeJobs().length, 0);
    });

    it("a job says what a provider needs: configuration, roles, artifacts with their revision", () => {
        const bench = new Bench();
        bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A", { roleArn: "arn:aws:iam::000000000000:role/own" }), build("B"))] }));
        bench.start("c1");
        bench.done("Checkout", { revision: { revisionId: "abc", revisionSummary: "a change" } });
        const [a, b] = [bench.job("A"), bench.job("B")];
        assert.deepEqual(a.inputArtifacts, [{ name: "Sources", revision: { revisionId: "abc", revisionSummary: "a change", source: "Checkout", created: bench.time } }]);
        assert.deepEqual([a.roleArn, b.roleArn], ["arn:aws:iam::000000000000:role/own", "arn:aws:iam::000000000000:role/pipeline"]);
        assert.deepEqual([a.configuration, a.artifactBucket, a.stage, a.pipelineName], [{ ProjectName: "project-a" }, "artifacts", "One", NAME]);
    });

    it("a build's output artifact carries the revision that it was built from", () => {
        const bench = new Bench();
        const stages = [stage("Source", source()), stage("One", build("A", { outputArtifacts: [{ name: "Built" }] })), stage("Two", build("B", { inputArtifacts: [{ name: "Built" }] }))];
        bench.create(pipeline({ stages }));
        bench.done("Checkout", { revision: { revisionId: "abc" } });
        bench.done("A");
        assert.equal(bench.job("B").inputArtifacts[0]?.revision?.revisionId, "abc");
    });

    it("lists runs newest first, with their source revisions", () => {
        const bench = new Bench();
        const first = bench.create();
        bench.done("Checkout", { revision: { revisionId: "abc", revisionSummary: "a change" } });
        bench.time += 5000;
        const second = bench.start();
        const { pipelineExecutionSummaries: found } = bench.service.listPipelineExecutions({ pipelineName: NAME });
        assert.deepEqual(found.map((execution) => execution.pipelineExecutionId), [second, first]);
        assert.deepEqual(found[1]?.sourceRevisions, [{ actionName: "Checkout", revisionId: "abc", revisionSummary: "a change" }]);
        assert.deepEqual([found[0]?.startTime, found[1]?.startTime], [1_700_000_005, 1_700_000_000]);
    });

    it("lists runs that succeeded in a stage", () => {
        const bench = new Bench();
        const first = bench.create();
        bench.done("Checkout");
        bench.start();
        const filter = { succeededInStage: { stageName: "Source" } };
        assert.deepEqual(bench.service.listPipelineExecutions({ pipelineName: NAME, filter }).pipelineExecutionSummaries.map((execution) => execution.pipelineExecutionId), [first]);
    });

    it("lists actions newest first, and what came of them", () => {
        const bench = new Bench();
        const id = bench.create();
        bench.done("Checkout", { outputVariables: { CommitId: "abc" } });
        bench.job("First");
        bench.service.noteExternal(bench.job("First").jobId, { externalExecutionId: "build:1" });
        const { actionExecutionDetails: found } = bench.service.listActionExecutions({ pipelineName: NAME, filter: { pipelineExecutionId: id } });
        assert.deepEqual(found.map(({ actionName, status }) => [actionName, status]), [["First", "InProgress"], ["Checkout", "Succeeded"]]);
        assert.equal(found[0]?.output.executionResult.externalExecutionId, "build:1");
        assert.deepEqual(found[1]?.output.outputVariables, { CommitId: "abc" });
    });

    it("pages by the token of the last answer and refuses another one", () => {
        const bench = new Bench();
        bench.create();
        for (const commit of ["a", "b", "c"]) {
            bench.start(commit);
        }
        const first = bench.service.listPipelineExecutions({ pipelineName: NAME, maxResults: 3 });
        const rest = bench.service.listPipelineExecutions({ pipelineName: NAME, maxResults: 3, nextToken: first.nextToken ?? "" });
        assert.deepEqual([first.pipelineExecutionSummaries.length, rest.pipelineExecutionSummaries.length, rest.nextToken], [3, 1, undefined]);
        assert.equal(refusal(() => bench.service.listPipelineExecutions({ pipelineName: NAME, nextToken: "x" })), "InvalidNextTokenException");
    });

    it("names the exception of whatever is not there", () => {
        const bench = new Bench();
        bench.create();
        const { service } = bench;
        assert.equal(refusal(() => service.getPipeline({ name: "other" })), "PipelineNotFoundException");
        assert.equal(refusal(() => service.getPipeline({ name: NAME, version: 2 })), "PipelineVersionNotFoundException");
        assert.equal(refusal(() => service.startPipelineExecution({ name: "other" })), "PipelineNotFoundException");
        assert.equal(refusal(() => service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId: "x" })), "PipelineExecutionNotFoundException");
        assert.equal(refusal(() => service.createPipeline({ pipeline: pipeline() })), "PipelineNameInUseException");
        assert.equal(refusal(() => service.enableStageTransition({ pipelineName: NAME, stageName: "Three", transitionType: "Inbound" })), "StageNotFoundException");
    });

    it("deleting a pipeline ends its runs, and deleting none is no error", () => {
        const bench = new Bench();
        bench.create();
        const [job] = bench.service.takeJobs();
        bench.service.deletePipeline({ name: NAME });
        bench.service.deletePipeline({ name: NAME });
        assert.deepEqual(bench.service.stopRequests(), [job?.jobId]);
        bench.service.completeJob(job?.jobId ?? "", { ok: true });
        assert.deepEqual(bench.service.listPipelines().pipelines, []);
    });

    it("lists pipelines by name", () => {
        const bench = new Bench();
        for (const name of ["b", "a"]) {
            bench.service.createPipeline({ pipeline: pipeline({ name }) });
        }
        assert.deepEqual(bench.service.listPipelines({ maxResults: 1 }), {
            pipelines: [{ name: "a", version: 1, pipelineType: "V2", executionMode: "SUPERSEDED", created: 1_700_000_000, updated: 1_700_000_000 }],
            nextToken: "1",
        });
    });

    it("tells of every change, in order", () => {
        const told: string[] = [];
        const bench = new Bench({ tell: ({ state, stage: at, action }) => void told.push([action?.name ?? at ?? "run", state].join(" ")) });
        bench.create(pipeline({ stages: [stage("Source", source()), stage("Approve", approval("Human"))] }));
        bench.done("Checkout");
        bench.start();
        bench.done("Checkout");
        assert.deepEqual(told, [
            "run STARTED", "Source STARTED", "Checkout STARTED", "Checkout SUCCEEDED", "Source SUCCEEDED", "Approve STARTED", "Human STARTED",
            "run STARTED", "Source STARTED", "Checkout STARTED", "Checkout SUCCEEDED", "Source SUCCEEDED",
        ]);
    });
});
