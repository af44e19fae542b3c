import assert from "node:assert/strict";
import { Bench, build, NAME, pipeline, refusal, source, stage } from "../fixtures";

function stop(bench: Bench, id: string, abandon?: boolean): void {
    bench.service.stopPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id, reason: "enough", ...(abandon === undefined ? {} : { abandon }) });
}

describe("emulated CodePipeline: stopping", () => {
    it("waits for the action at work, keeps the stage until then, and starts nothing more", () => {
        const bench = new Bench();
        const id = bench.create();
        bench.done("Checkout");
        bench.job("First");
        stop(bench, id);
        const next = bench.start();
        bench.done("Checkout");
        assert.deepEqual([bench.status(id), bench.stage("One"), bench.jobs()], ["Stopping", "Stopping", ["First"]]);
        bench.done("First");
        assert.deepEqual([bench.status(id), bench.job("First").executionId], ["Stopped", next]);
        const summary = bench.service.listPipelineExecutions({ pipelineName: NAME }).pipelineExecutionSummaries[1];
        assert.deepEqual(summary?.stopTrigger, { reason: "enough" });
    });

    it("stopped is stopped also when the action that was waited for was the last one, or failed", () => {
        const bench = new Bench();
        const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("First"))] }));
        bench.done("Checkout");
        bench.job("First");
        stop(bench, id);
        bench.fail("First");
        assert.deepEqual([bench.status(id), bench.stage("One")], ["Stopped", "Stopped"]);
    });

    it("with abandon ends at once, frees the stage, and asks nobody to be waited for", () => {
        const bench = new Bench();
        const id = bench.create();
        bench.done("Checkout");
        const { jobId } = bench.job("First");
        stop(bench, id, true);
        assert.deepEqual([bench.status(id), bench.stage("One"), bench.service.stopRequests()], ["Stopped", "Stopped", [jobId]]);
        assert.deepEqual(bench.service.stopRequests(), []);
        bench.service.completeJob(jobId, { ok: true });
        assert.equal(bench.state("One").actionStates[0]?.latestExecution?.status, "Abandoned");
    });

    it("an action that was abandoned before it was handed out is not handed out", () => {
        const bench = new Bench();
        stop(bench, bench.create(), true);
        assert.deepEqual([bench.jobs(), bench.service.stopRequests()], [[], []]);
    });

    it("a run between two stages stops at once", () => {
        const bench = new Bench();
        bench.create();
        bench.done("Checkout");
        const waiting = bench.start();
        bench.done("Checkout");
        stop(bench, waiting);
        assert.deepEqual([bench.status(waiting), bench.state("One").inboundExecutions], ["Stopped", []]);
    });

    it("a second request is a duplicate, unless it abandons", () => {
        const bench = new Bench();
        const id = bench.create();
        bench.job("Checkout");
        stop(bench, id);
        assert.equal(refusal(() => stop(bench, id)), "DuplicatedStopRequestException");
        stop(bench, id, true);
        assert.equal(bench.status(id), "Stopped");
    });

    it("what has ended cannot be stopped, and neither can what is not there", () => {
        const bench = new Bench();
        const id = bench.create();
        bench.fail("Checkout");
        assert.equal(refusal(() => stop(bench, id)), "PipelineExecutionNotStoppableException");
        assert.equal(refusal(() => stop(bench, "none")), "PipelineExecutionNotStoppableException");
        const cancelled = bench.start();
        bench.job("Checkout");
        bench.service.updatePipeline({ pipeline: pipeline() });
        assert.equal(refusal(() => stop(bench, cancelled)), "PipelineExecutionNotStoppableException");
    });
});
