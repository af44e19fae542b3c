import assert from "node:assert/strict";
import { Bench, build, condition, NAME, pipeline, refusal, source, stage } from "../fixtures";

function retry(bench: Bench, id: string, retryMode: "FAILED_ACTIONS" | "ALL_ACTIONS", stageName = "One"): void {
    bench.service.retryStageExecution({ pipelineName: NAME, pipelineExecutionId: id, stageName, retryMode });
}

/** A run that failed in stage One, where A succeeded and B failed. */
function failed(): { bench: Bench; id: string } {
    const bench = new Bench();
    const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A"), build("B")), stage("Two", build("C"))] }));
    bench.done("Checkout");
    bench.done("A");
    bench.fail("B");
    return { bench, id };
}

describe("emulated CodePipeline: retrying a stage", () => {
    it("starts the failed actions again, in the same run", () => {
        const { bench, id } = failed();
        retry(bench, id, "FAILED_ACTIONS");
        assert.deepEqual([bench.status(id), bench.jobs()], ["InProgress", ["B"]]);
        bench.done("B");
        assert.deepEqual(bench.jobs(), ["C"]);
        assert.deepEqual(bench.state("One").retryStageMetadata, { manualStageRetryAttempt: 1, latestRetryTrigger: "ManualStageRetry" });
    });

    it("or all of them", () => {
        const { bench, id } = failed();
        retry(bench, id, "ALL_ACTIONS");
        assert.deepEqual(bench.jobs(), ["A", "B"]);
    });

    it("all of them means from the first run order on", () => {
        const bench = new Bench();
        const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A"), build("B", { runOrder: 2 }))] }));
        bench.done("Checkout");
        bench.done("A");
        bench.fail("B");
        retry(bench, id, "ALL_ACTIONS");
        assert.deepEqual(bench.jobs(), ["A"]);
        bench.done("A");
        assert.deepEqual(bench.jobs(), ["B"]);
    });

    it("of the actions of a stage that still runs only the failed ones start again", () => {
        const bench = new Bench();
        const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A"), build("B"))] }));
        bench.done("Checkout");
        bench.fail("A");
        assert.equal(refusal(() => retry(bench, id, "ALL_ACTIONS")), "StageNotRetryableException");
        retry(bench, id, "FAILED_ACTIONS");
        assert.deepEqual(bench.jobs(), ["B", "A"]);
    });

    it("of a stopped run as well", () => {
        const bench = new Bench();
        const id = bench.create();
        bench.done("Checkout");
        bench.job("First");
        bench.service.stopPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id, abandon: true });
        bench.held.length = 0;
        retry(bench, id, "FAILED_ACTIONS");
        assert.deepEqual([bench.status(id), bench.jobs()], ["InProgress", ["First"]]);
    });

    it("is refused after the structure has changed", () => {
        const { bench, id } = failed();
        bench.service.updatePipeline({ pipeline: pipeline() });
        assert.equal(refusal(() => retry(bench, id, "FAILED_ACTIONS")), "StageNotRetryableException");
    });

    it("is refused when nothing failed there", () => {
        const { bench, id } = failed();
        assert.equal(refusal(() => retry(bench, id, "FAILED_ACTIONS", "Source")), "StageNotRetryableException");
        assert.equal(refusal(() => retry(bench, id, "FAILED_ACTIONS", "Two")), "StageNotRetryableException");
        assert.equal(refusal(() => retry(bench, "none", "FAILED_ACTIONS")), "StageNotRetryableException");
    });

    it("is refused when a later run has entered the stage", () => {
        const { bench, id } = failed();
        bench.start();
        bench.done("Checkout");
        assert.equal(refusal(() => retry(bench, id, "FAILED_ACTIONS")), "NotLatestPipelineExecutionException");
    });

    it("is refused for a stage that its entry condition failed: no action of it has run", () => {
        const bench = new Bench();
        const entry = { conditions: [condition("FAIL", "#{variables.GENERATION}", "EQ", "1")] };
        const id = bench.create(pipeline({ stages: [stage("Source", source()), { ...stage("One", build("A")), beforeEntry: entry }] }));
        bench.done("Checkout");
        assert.equal(refusal(() => retry(bench, id, "ALL_ACTIONS")), "StageNotRetryableException");
    });
});
