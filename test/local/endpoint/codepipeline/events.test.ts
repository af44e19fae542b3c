import assert from "node:assert/strict";
import { notificationTypes, stateEvent } from "../../../../local/endpoint/codepipeline/events";
import type { Change } from "../../../../local/endpoint/codepipeline/model/changes";

const RUN: Change = { pipeline: "demo", execution: "id", version: 3, state: "FAILED", trigger: { triggerType: "StartPipelineExecution", triggerDetail: "me" } };
const ACTION = { name: "Human", category: "Approval", provider: "Manual" };

describe("emulated CodePipeline: events", () => {
    it("of a run, a stage and an action have the detail types and fields that AWS documents", () => {
        const common = { pipeline: "demo", "execution-id": "id", version: 3, state: "FAILED" };
        assert.deepEqual(stateEvent(RUN, "arn"), {
            detailType: "CodePipeline Pipeline Execution State Change",
            resources: ["arn"],
            detail: { ...common, "execution-trigger": { "trigger-type": "StartPipelineExecution", "trigger-detail": "me" } },
        });
        assert.deepEqual(stateEvent({ ...RUN, stage: "One" }, "arn"), { detailType: "CodePipeline Stage Execution State Change", resources: ["arn"], detail: { ...common, stage: "One" } });
        assert.deepEqual(stateEvent({ ...RUN, stage: "One", action: { ...ACTION, error: { code: "JobFailed", message: "no" } } }, "arn"), {
            detailType: "CodePipeline Action Execution State Change",
            resources: ["arn"],
            detail: {
                ...common,
                stage: "One",
                action: "Human",
                type: { owner: "AWS", provider: "Manual", category: "Approval", version: "1" },
                "execution-result": { "external-execution-summary": "no", "error-code": "JobFailed" },
            },
        });
    });

    it("reach notification rules by the ids of their event types", () => {
        const types = (change: Partial<Change>): readonly string[] => notificationTypes({ ...RUN, ...change });
        const run = "codepipeline-pipeline-pipeline-execution-";
        assert.deepEqual((["STARTED", "RESUMED", "SUCCEEDED", "FAILED", "CANCELED", "SUPERSEDED"] as const).flatMap((state) => types({ state })), [
            `${run}started`, `${run}resumed`, `${run}succeeded`, `${run}failed`, `${run}canceled`, `${run}superseded`,
        ]);
        assert.deepEqual([types({ state: "STOPPED" }), types({ state: "STOPPING" })], [[], []]);
        assert.deepEqual(types({ state: "CANCELED", stage: "One" }), ["codepipeline-pipeline-stage-execution-canceled"]);
        assert.deepEqual(types({ state: "STARTED", stage: "One", action: ACTION }), ["codepipeline-pipeline-action-execution-started", "codepipeline-pipeline-manual-approval-needed"]);
        assert.deepEqual(types({ state: "FAILED", stage: "One", action: { ...ACTION, category: "Build" } }), ["codepipeline-pipeline-action-execution-failed"]);
        assert.deepEqual(types({ state: "ABANDONED", stage: "One", action: ACTION }), ["codepipeline-pipeline-action-execution-canceled"]);
    });
});
