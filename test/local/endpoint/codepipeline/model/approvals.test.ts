import assert from "node:assert/strict";
import { approval, Bench, build, NAME, pipeline, refusal, source, stage } from "../fixtures";

const MINUTE = 60_000;

function waiting(timeoutInMinutes?: number): { bench: Bench; id: string; token: string } {
    const bench = new Bench();
    const human = approval("Human", timeoutInMinutes === undefined ? {} : { timeoutInMinutes });
    const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("Approve", human), stage("One", build("First"))] }));
    bench.done("Checkout");
    return { bench, id, token: bench.state("Approve").actionStates[0]?.latestExecution?.token ?? "" };
}

function answer(bench: Bench, token: string, status: "Approved" | "Rejected" = "Approved", names: object = {}): unknown {
    return bench.service.putApprovalResult({ pipelineName: NAME, stageName: "Approve", actionName: "Human", token, result: { status, summary: "looked at it" }, ...names }, "me");
}

describe("emulated CodePipeline: manual approval", () => {
    it("is no job: it waits for an answer that carries its token", () => {
        const { bench, token } = waiting();
        assert.deepEqual(bench.jobs(), []);
        assert.equal(refusal(() => answer(bench, "00000000-0000-4000-8000-999999999999")), "InvalidApprovalTokenException");
        assert.deepEqual(answer(bench, token), { approvedAt: 1_700_000_000 });
        assert.deepEqual(bench.jobs(), ["First"]);
        const { latestExecution } = bench.state("Approve").actionStates[0] ?? {};
        assert.deepEqual([latestExecution?.status, latestExecution?.summary, latestExecution?.lastUpdatedBy, latestExecution?.token], ["Succeeded", "looked at it", "me", undefined]);
    });

    it("a rejection fails the run", () => {
        const { bench, id, token } = waiting();
        answer(bench, token, "Rejected");
        assert.deepEqual([bench.status(id), bench.stage("Approve"), bench.jobs()], ["Failed", "Failed", []]);
    });

    it("one answer is enough", () => {
        const { bench, token } = waiting();
        answer(bench, token);
        assert.equal(refusal(() => answer(bench, token)), "ApprovalAlreadyCompletedException");
    });

    it("names what is not there", () => {
        const { bench, token } = waiting();
        assert.equal(refusal(() => answer(bench, token, "Approved", { pipelineName: "other" })), "PipelineNotFoundException");
        assert.equal(refusal(() => answer(bench, token, "Approved", { stageName: "Two" })), "StageNotFoundException");
        assert.equal(refusal(() => answer(bench, token, "Approved", { actionName: "Robot" })), "ActionNotFoundException");
        assert.equal(refusal(() => answer(bench, token, "Approved", { stageName: "One", actionName: "First" })), "InvalidApprovalTokenException");
    });

    it("expires after its own time", () => {
        const { bench, id, token } = waiting(30);
        assert.equal(bench.service.nextDeadline(), bench.time + 30 * MINUTE);
        bench.time += 30 * MINUTE - 1;
        bench.jobs();
        assert.equal(bench.status(id), "InProgress");
        bench.time += 1;
        bench.jobs();
        assert.equal(bench.status(id), "Failed");
        assert.equal(refusal(() => answer(bench, token)), "ApprovalAlreadyCompletedException");
        assert.equal(bench.service.nextDeadline(), undefined);
    });

    it("expires after seven days where no time is declared, and an answer does not come in time by coming first", () => {
        const { bench, token } = waiting();
        bench.time += 7 * 24 * 60 * MINUTE;
        assert.equal(refusal(() => answer(bench, token)), "ApprovalAlreadyCompletedException");
    });

    it("a job's result cannot stand for an answer", () => {
        const { bench, id } = waiting();
        const [detail] = bench.service.listActionExecutions({ pipelineName: NAME }).actionExecutionDetails;
        bench.service.completeJob(detail?.actionExecutionId ?? "", { ok: true });
        assert.deepEqual([bench.status(id), bench.stage("Approve")], ["InProgress", "InProgress"]);
    });
});
