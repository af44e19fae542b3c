import { strict as assert } from "node:assert";
import type { ActionExecutionDetail, PipelineExecution } from "@aws-sdk/client-codepipeline";
import { readRun, readState, readSummary } from "../../../automation/pipeline/answers";
import type { Run } from "../../../automation/pipeline/run";
import { at, commitId, detail, runId, stateAnswer, summary } from "./support";

const execution = (more: Partial<PipelineExecution> = {}): PipelineExecution => ({ pipelineVersion: 3, status: "InProgress", ...more });
const names = ["Source", "PipelinePlan", "PipelineApprove", "SelfUpdate", "Verify", "Deploy"];
const state = readState(stateAnswer(...names.map((stageName) => ({ stageName }))));

function read(details: readonly ActionExecutionDetail[], more: Partial<PipelineExecution> = {}): Run {
    return readRun(readSummary(summary("a")), execution(more), details, state);
}

describe("a run, read from CodePipeline's answers", () => {
    it("has commit, first line of the message, trigger and times, and no end while it goes on", () => {
        const { id, commit, message, trigger, started, ended } = readSummary(summary("a"));
        assert.deepEqual([id, commit, message, trigger, started, ended], [runId("a"), commitId("a"), "Quote CSV", "a push", at(0), undefined]);
        assert.equal(readSummary(summary("a", { status: "Succeeded" })).ended, at(5));
        const started2 = summary("a", { trigger: { triggerType: "StartPipelineExecution", triggerDetail: "arn:aws:sts::1:assumed-role/p.self-update/build" } });
        assert.equal(readSummary(started2).trigger, "a start by assumed-role/p.self-update/build");
    });

    it("keeps the definition's order of stages, and actions by begin", () => {
        const { stages } = read([detail("Verify", "Types", 9, undefined), detail("Verify", "Lint", 8, 12), detail("Source", "Source", 1, 2), detail("SelfUpdate", "SelfUpdate", 3, 7)]);
        assert.deepEqual(stages.map(({ name, status }) => `${name} ${status}`), [
            "Source Succeeded", "PipelinePlan Skipped", "PipelineApprove Skipped", "SelfUpdate Succeeded", "Verify InProgress", "Deploy Pending",
        ]);
        assert.deepEqual(stages[4].actions.map(({ name, ended }) => [name, ended]), [["Lint", at(12)], ["Types", undefined]]);
    });

    it("counts the last attempt of a retried action", () => {
        const failed = detail("Verify", "Lint", 1, 2, { status: "Failed" });
        assert.equal(read([detail("Verify", "Lint", 5, 6), failed]).stages[4].status, "Succeeded");
        assert.equal(read([failed]).stages[4].status, "Failed");
    });

    it("puts stages of an older definition where they ran", () => {
        const { stages } = read([detail("Source", "Source", 1, 2), detail("Former", "Old", 3, 4), detail("Deploy", "Deploy", 5, 6)]);
        assert.deepEqual(stages.filter(({ actions }) => actions.length > 0).map(({ name }) => name), ["Source", "Former", "Deploy"]);
    });

    it("takes from the pipeline's state what conditions said about this run, and nothing about another", () => {
        const blocked = readState(stateAnswer({
            stageName: "Verify",
            latestExecution: { pipelineExecutionId: runId("a"), status: "Failed" },
            beforeEntryConditionState: { latestExecution: { status: "Failed", summary: "1 rule failed" }, conditionStates: [{ ruleStates: [{ latestExecution: { status: "Failed", summary: "RESULT is restarted" } }] }] },
        }));
        const [verify] = readRun(readSummary(summary("a")), execution({ status: "Failed" }), [], blocked).stages;
        assert.deepEqual([verify.status, verify.reason], ["Failed", "RESULT is restarted"]);
        assert.equal(readRun(readSummary(summary("b")), execution(), [], blocked).stages[0].status, "Pending");
    });

    it("reads what an action exported, asked, linked to and failed with", () => {
        const [source, , approve, update] = read([
            detail("Source", "Source", 1, 2),
            detail("PipelineApprove", "Approve", 3, undefined, {
                input: { actionTypeId: { category: "Approval", owner: "AWS", provider: "Manual", version: "1" }, configuration: { CustomData: "#{Plan.SUMMARY}" }, resolvedConfiguration: { CustomData: "3 to add", ExternalEntityLink: "https://x/plan" } },
            }),
            detail("SelfUpdate", "SelfUpdate", 3, 7, {
                status: "Failed",
                output: { outputVariables: { RESULT: "restarted" }, executionResult: { externalExecutionId: "p-self-update:1-2", errorDetails: { code: "JobFailed", message: "Build terminated with state: FAILED" } } },
            }),
        ]).stages;
        assert.equal(source.actions[0].summary, undefined);
        assert.deepEqual([approve.actions[0].provider, approve.actions[0].summary, approve.actions[0].link], ["Manual", "3 to add", "https://x/plan"]);
        const { outputs, externalId, error } = update.actions[0];
        assert.deepEqual([outputs, externalId, error], [{ RESULT: "restarted" }, "p-self-update:1-2", "Build terminated with state: FAILED"]);
    });

    it("knows the generation of a restart", () => {
        assert.equal(read([], { variables: [{ name: "GENERATION", resolvedValue: "1" }] }).generation, 1);
        assert.equal(read([], { variables: [{ name: "GENERATION", resolvedValue: "x" }] }).generation, 0);
    });

    it("does not call the last stage of a run that went well stopped because the pipeline was asked a moment too early", () => {
        const early = readState(stateAnswer({ stageName: "Deploy", latestExecution: { pipelineExecutionId: runId("a"), status: "InProgress" } }));
        const ended = (status: "Succeeded" | "Stopped"): string => readRun(readSummary(summary("a")), execution({ status }), [detail("Deploy", "Deploy", 1, 2)], early).stages[0].status;
        assert.deepEqual([ended("Succeeded"), ended("Stopped")], ["Succeeded", "Stopped"]);
    });

    it("calls a stage in which its run was stopped stopped", () => {
        assert.equal(read([detail("Source", "Source", 1, 2, { status: "Abandoned" })], { status: "Stopped" }).stages[0].status, "Stopped");
    });
});

describe("what waits in a pipeline", () => {
    const [a, b] = [runId("a"), runId("b")];

    it("is an approval with a token that is in progress", () => {
        const approval = (status: "InProgress" | "Succeeded") => readState(stateAnswer({
            stageName: "Approve", latestExecution: { pipelineExecutionId: a, status: "InProgress" },
            actionStates: [{ actionName: "Approve", latestExecution: { status, token: "t" } }],
        })).waits;
        assert.deepEqual(approval("InProgress"), [{ kind: "approval", stage: "Approve", action: "Approve", run: a, token: "t", since: undefined }]);
        assert.deepEqual(approval("Succeeded"), []);
    });

    it("is every run in front of a stage, with the one that is in it", () => {
        const inbound = { stageName: "Deploy", inboundExecutions: [{ pipelineExecutionId: b, status: "InProgress" as const }] };
        const busy = readState(stateAnswer({ ...inbound, latestExecution: { pipelineExecutionId: a, status: "InProgress" } }));
        assert.deepEqual(busy.waits, [{ kind: "stage", stage: "Deploy", run: b, occupant: a }]);
        assert.deepEqual(readState(stateAnswer(inbound)).waits, [{ kind: "stage", stage: "Deploy", run: b, occupant: undefined }]);
    });

    it("is a way that somebody closed, with who and why", () => {
        const { waits } = readState(stateAnswer({ stageName: "Deploy", inboundTransitionState: { enabled: false, lastChangedBy: "ada", disabledReason: "freeze" }, inboundExecution: { pipelineExecutionId: b, status: "InProgress" } }));
        assert.deepEqual(waits, [{ kind: "transition", stage: "Deploy", by: "ada", reason: "freeze", run: b }]);
    });
});
