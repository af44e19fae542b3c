import assert from "node:assert/strict";
import { approval, Bench, build, NAME, pipeline, source, stage } from "../fixtures";

const OTHER = pipeline({ stages: [stage("Source", source()), stage("One", build("First")), stage("Three", build("Third"))] });

describe("emulated CodePipeline: versions", () => {
    it("UpdatePipeline raises the version by one, whatever changed, and keeps the old ones", () => {
        const bench = new Bench();
        bench.create();
        assert.equal(bench.service.updatePipeline({ pipeline: pipeline() }).pipeline.version, 2);
        assert.equal(bench.service.updatePipeline({ pipeline: OTHER }).pipeline.version, 3);
        assert.equal(bench.service.getPipeline({ name: NAME }).pipeline.version, 3);
        assert.equal(bench.service.getPipeline({ name: NAME, version: 2 }).pipeline.stages[2]?.name, "Two");
    });

    it("tags are no part of the definition and leave the version alone", () => {
        const bench = new Bench();
        bench.create();
        const resourceArn = bench.service.getPipeline({ name: NAME }).metadata.pipelineArn;
        bench.service.tagResource({ resourceArn, tags: [{ key: "b", value: "1" }, { key: "a", value: "2" }] });
        bench.service.untagResource({ resourceArn, tagKeys: ["b"] });
        assert.deepEqual(bench.service.listTagsForResource({ resourceArn }).tags, [{ key: "a", value: "2" }]);
        assert.equal(bench.service.getPipeline({ name: NAME }).pipeline.version, 1);
    });

    it("UpdatePipeline starts nothing", () => {
        const bench = new Bench();
        bench.create();
        bench.service.updatePipeline({ pipeline: OTHER });
        assert.equal(bench.executions().length, 1);
    });

    describe("when an update cancels no run", () => {
        it("a run goes on under the definition that it was started with", () => {
            const bench = new Bench({ cancelled: "none" });
            const id = bench.create();
            bench.done("Checkout");
            bench.service.updatePipeline({ pipeline: OTHER });
            bench.done("First");
            assert.deepEqual([bench.jobs(), bench.version(id)], [["Second"], 1]);
            bench.done("Second");
            assert.equal(bench.status(id), "Succeeded");
            const next = bench.start();
            bench.done("Checkout");
            bench.done("First");
            assert.deepEqual([bench.jobs(), bench.version(next)], [["Third"], 2]);
        });

        it("opening a transition lets an old run into the stage that is the next one under its own definition", () => {
            const bench = new Bench({ cancelled: "none" });
            bench.create();
            bench.done("Checkout");
            bench.service.updatePipeline({ pipeline: OTHER });
            const place = { pipelineName: NAME, stageName: "One", transitionType: "Outbound", reason: "freeze" } as const;
            bench.service.disableStageTransition(place);
            bench.done("First");
            assert.deepEqual(bench.jobs(), []);
            bench.service.enableStageTransition(place);
            assert.deepEqual(bench.jobs(), ["Second"]);
        });

        it("old and new runs share the locks of stages of one name", () => {
            const bench = new Bench({ cancelled: "none" });
            bench.create();
            bench.done("Checkout");
            bench.service.updatePipeline({ pipeline: OTHER });
            bench.start();
            bench.done("Checkout");
            assert.deepEqual(bench.jobs(), ["First"]);
        });
    });

    describe("when an update has changed the order of stages", () => {
        /** An old run at work in One, and behind the update one at work in Two and one that waits there. */
        function crossing(executionMode: "QUEUED" | "SUPERSEDED"): { bench: Bench; old: string; waiting: string } {
            const bench = new Bench({ cancelled: "none" });
            const old = bench.create(pipeline({ executionMode }));
            bench.done("Checkout");
            const stages = [stage("Source", source()), stage("Two", build("Second")), stage("One", build("First"))];
            bench.service.updatePipeline({ pipeline: pipeline({ executionMode, stages }) });
            bench.start();
            bench.done("Checkout");
            const waiting = bench.start();
            bench.done("Checkout");
            bench.done("First", {}, old);
            return { bench, old, waiting };
        }

        it("QUEUED: an older run that comes later still goes first", () => {
            const { bench, old, waiting } = crossing("QUEUED");
            assert.deepEqual(bench.state("Two").inboundExecutions.map((execution) => execution.pipelineExecutionId), [old, waiting]);
        });

        it("SUPERSEDED: an older run that comes later is overtaken by the newer one that waits", () => {
            const { bench, old, waiting } = crossing("SUPERSEDED");
            assert.deepEqual([bench.status(old), bench.status(waiting)], ["Superseded", "InProgress"]);
        });
    });

    describe("when an update cancels older runs", () => {
        it("every run in progress becomes Cancelled, those that wait as well", () => {
            const bench = new Bench();
            const first = bench.create();
            bench.done("Checkout");
            const waiting = bench.start();
            bench.done("Checkout");
            bench.service.updatePipeline({ pipeline: OTHER });
            assert.deepEqual([first, waiting].map((id) => bench.status(id)), ["Cancelled", "Cancelled"]);
            assert.equal(bench.stage("One"), "Cancelled");
            assert.deepEqual(bench.state("One").inboundExecutions, []);
        });

        it("the action at work may end, holds its stage until then, and nothing follows it", () => {
            const bench = new Bench();
            const old = bench.create();
            bench.done("Checkout");
            bench.job("First");
            bench.service.updatePipeline({ pipeline: OTHER });
            const fresh = bench.start();
            bench.done("Checkout", {}, fresh);
            assert.deepEqual(bench.held.map((job) => job.executionId), [old]);
            assert.deepEqual(bench.service.stopRequests(), []);
            bench.done("First", {}, old);
            assert.deepEqual([bench.status(old), bench.job("First").executionId], ["Cancelled", fresh]);
            assert.equal(bench.held.length, 1);
        });

        it("an approval that waits is abandoned: there is nobody to wait for", () => {
            const bench = new Bench();
            bench.create(pipeline({ stages: [stage("Source", source()), stage("Approve", approval("Human"))] }));
            bench.done("Checkout");
            bench.service.updatePipeline({ pipeline: OTHER });
            const detail = bench.service.listActionExecutions({ pipelineName: NAME }).actionExecutionDetails[0];
            assert.deepEqual([detail?.actionName, detail?.status], ["Human", "Abandoned"]);
        });

        it("runs that have ended stay as they are, and one that is stopping stops", () => {
            const bench = new Bench();
            const failed = bench.create();
            bench.fail("Checkout");
            const stopping = bench.start();
            bench.job("Checkout");
            bench.service.stopPipelineExecution({ pipelineName: NAME, pipelineExecutionId: stopping });
            bench.service.updatePipeline({ pipeline: OTHER });
            bench.done("Checkout");
            assert.deepEqual([failed, stopping].map((id) => bench.status(id)), ["Failed", "Stopped"]);
        });

        it("freeing one stage lets no cancelled run into it", () => {
            const bench = new Bench();
            bench.create(pipeline({ executionMode: "QUEUED", stages: [stage("Source", source()), stage("Approve", approval("Human"))] }));
            bench.done("Checkout");
            const second = bench.start();
            bench.done("Checkout");
            bench.service.updatePipeline({ pipeline: OTHER });
            assert.deepEqual([bench.status(second), bench.jobs()], ["Cancelled", []]);
        });
    });
});
