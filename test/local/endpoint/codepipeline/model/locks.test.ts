import assert from "node:assert/strict";
import { Bench, NAME, pipeline, refusal } from "../fixtures";

describe("emulated CodePipeline: stage locks and modes", () => {
    it("a stage holds one run; another stage holds another one at the same time", () => {
        const bench = new Bench();
        const first = bench.create();
        bench.done("Checkout");
        const second = bench.start();
        assert.deepEqual(bench.jobs(), ["First", "Checkout"]);
        bench.done("Checkout", {}, second);
        assert.deepEqual(bench.jobs(), ["First"]);
        assert.equal(bench.state("One").inboundExecution?.pipelineExecutionId, second);
        bench.done("First", {}, first);
        assert.deepEqual(bench.jobs(), ["Second", "First"]);
    });

    it("SUPERSEDED: a newer run overtakes the one that waits, not the one at work", () => {
        const bench = new Bench();
        const first = bench.create();
        bench.done("Checkout");
        const second = bench.start();
        bench.done("Checkout");
        const third = bench.start();
        bench.done("Checkout");
        assert.deepEqual([first, second, third].map((id) => bench.status(id)), ["InProgress", "Superseded", "InProgress"]);
        assert.deepEqual(bench.state("One").inboundExecutions.map((execution) => execution.pipelineExecutionId), [third]);
    });

    it("SUPERSEDED: a run that waits before the first stage is overtaken as well", () => {
        const bench = new Bench();
        bench.create();
        const [second, third] = [bench.start(), bench.start()];
        assert.deepEqual([second, third].map((id) => bench.status(id)), ["Superseded", "InProgress"]);
    });

    it("QUEUED: runs enter a stage in the order of their start and none is overtaken", () => {
        const bench = new Bench();
        const first = bench.create(pipeline({ executionMode: "QUEUED" }));
        const rest = [bench.start("a"), bench.start("b"), bench.start("c")];
        assert.deepEqual(bench.state("Source").inboundExecutions.map((execution) => execution.pipelineExecutionId), rest);
        const order: string[] = [];
        while (bench.jobs().includes("Checkout")) {
            order.push(bench.job("Checkout").executionId);
            bench.done("Checkout");
        }
        assert.deepEqual(order, [first, ...rest]);
        assert.deepEqual(bench.state("One").inboundExecutions.map((execution) => execution.pipelineExecutionId), rest);
    });

    it("QUEUED: the fifty-first run is refused until one has ended", () => {
        const bench = new Bench();
        const first = bench.create(pipeline({ executionMode: "QUEUED" }));
        for (let count = 1; count < 50; count++) {
            bench.start();
        }
        assert.equal(refusal(() => bench.start()), "ConcurrentPipelineExecutionsLimitExceededException");
        bench.fail("Checkout", first);
        assert.equal(refusal(() => bench.start()), "");
    });

    it("a failed run frees its stage", () => {
        const bench = new Bench();
        bench.create();
        bench.done("Checkout");
        const second = bench.start();
        bench.done("Checkout");
        bench.fail("First");
        assert.equal(bench.job("First").executionId, second);
    });

    it("PARALLEL is refused as not emulated, and as AWS does for a V1 pipeline", () => {
        const bench = new Bench();
        assert.equal(refusal(() => bench.create(pipeline({ executionMode: "PARALLEL" }))), "NotEmulatedException");
        assert.equal(refusal(() => bench.create(pipeline({ executionMode: "PARALLEL", pipelineType: "V1", variables: [] }))), "InvalidStructureException");
    });

    it("a closed transition keeps a run out, and lets the waiting one in when it is opened", () => {
        const bench = new Bench();
        const { service } = bench;
        const id = bench.create();
        service.disableStageTransition({ pipelineName: NAME, stageName: "One", transitionType: "Inbound", reason: "freeze" }, "me");
        bench.done("Checkout");
        assert.deepEqual(bench.jobs(), []);
        assert.deepEqual(bench.state("One").inboundTransitionState, { enabled: false, lastChangedBy: "me", lastChangedAt: 1_700_000_000, disabledReason: "freeze" });
        assert.equal(bench.state("One").inboundExecution?.pipelineExecutionId, id);
        service.enableStageTransition({ pipelineName: NAME, stageName: "One", transitionType: "Inbound" });
        assert.deepEqual(bench.jobs(), ["First"]);
        assert.equal(bench.state("One").inboundTransitionState.enabled, true);
    });

    it("a closed outbound transition keeps a run in front of the next stage", () => {
        const bench = new Bench();
        bench.create();
        bench.service.disableStageTransition({ pipelineName: NAME, stageName: "Source", transitionType: "Outbound", reason: "freeze" });
        bench.done("Checkout");
        assert.deepEqual(bench.jobs(), []);
        bench.service.enableStageTransition({ pipelineName: NAME, stageName: "Source", transitionType: "Outbound" });
        assert.deepEqual(bench.jobs(), ["First"]);
    });
});
