import assert from "node:assert/strict";
import { Bench, build, NAME, pipeline, refusal, source, stage } from "../fixtures";

describe("emulated CodePipeline: starting", () => {
    it("a source revision is what the source action is told to fetch", () => {
        const bench = new Bench();
        const id = bench.create();
        assert.equal(bench.job("Checkout").sourceRevision, undefined);
        bench.done("Checkout");
        const other = bench.start("abc");
        assert.deepEqual(bench.job("Checkout").sourceRevision, { revisionType: "COMMIT_ID", revisionValue: "abc" });
        assert.notEqual(id, other);
    });

    it("refuses a revision of an action that is no source, of another type, and of a V1 pipeline", () => {
        const bench = new Bench();
        bench.create();
        const start = (actionName: string, revisionType: string) => (): unknown => bench.start(undefined, { sourceRevisions: [{ actionName, revisionType, revisionValue: "x" }] });
        assert.equal(refusal(start("First", "COMMIT_ID")), "ValidationException");
        assert.equal(refusal(start("Checkout", "IMAGE_DIGEST")), "ValidationException");
        bench.service.updatePipeline({ pipeline: pipeline({ pipelineType: "V1", variables: [] }) });
        assert.equal(refusal(start("Checkout", "COMMIT_ID")), "ValidationException");
    });

    it("variables have the given value, else their default, and only declared ones are taken", () => {
        const bench = new Bench();
        const first = bench.create();
        const second = bench.start(undefined, { variables: [{ name: "GENERATION", value: "1" }] });
        const variables = (id: string): unknown => bench.service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id }).pipelineExecution.variables;
        assert.deepEqual([variables(first), variables(second)], [[{ name: "GENERATION", resolvedValue: "0" }], [{ name: "GENERATION", resolvedValue: "1" }]]);
        assert.equal(refusal(() => bench.start(undefined, { variables: [{ name: "OTHER", value: "1" }] })), "ValidationException");
    });

    it("a variable without a default must be given", () => {
        const bench = new Bench();
        bench.create(pipeline({ variables: [{ name: "TARGET" }] }));
        assert.equal(refusal(() => bench.start()), "ValidationException");
        assert.equal(refusal(() => bench.start(undefined, { variables: [{ name: "TARGET", value: "x" }] })), "");
    });

    it("one client token starts one run; the other reading of it starts two", () => {
        for (const [clientTokens, same] of [["idempotent", true], ["ignored", false]] as const) {
            const bench = new Bench({ clientTokens });
            bench.create();
            assert.equal(bench.start("a", { clientRequestToken: "t" }) === bench.start("a", { clientRequestToken: "t" }), same);
        }
    });

    it("the trigger names the caller", () => {
        const bench = new Bench();
        bench.create();
        const { pipelineExecutionId } = bench.service.startPipelineExecution({ name: NAME }, "arn:aws:iam::000000000000:user/me");
        const { trigger } = bench.service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId }).pipelineExecution;
        assert.deepEqual(trigger, { triggerType: "StartPipelineExecution", triggerDetail: "arn:aws:iam::000000000000:user/me" });
    });

    it("a run can start its own pipeline while its stage is locked: the new one waits in front of it", () => {
        const bench = new Bench();
        bench.create(pipeline({ stages: [stage("Source", source()), stage("SelfUpdate", build("Update"))] }));
        bench.done("Checkout");
        bench.job("Update");
        const next = bench.start("abc");
        bench.done("Checkout", {}, next);
        assert.equal(bench.state("SelfUpdate").inboundExecution?.pipelineExecutionId, next);
    });
});
