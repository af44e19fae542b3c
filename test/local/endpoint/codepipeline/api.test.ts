import assert from "node:assert/strict";
import type { JsonObject } from "../../../../local/endpoint/call";
import { CodePipelineApi } from "../../../../local/endpoint/codepipeline/api";
import { AwsError } from "../../../../local/endpoint/own/error";
import { approval, Bench, build, NAME, pipeline, source, stage } from "./fixtures";

const ARN = `arn:aws:codepipeline:us-east-1:000000000000:${NAME}`;
const ID = "00000000-0000-4000-8000-000000000000";

/** The API on a bench; `denied` names an action that the caller may not, `untrusting` a role that CodePipeline may not use. */
class Desk {
    readonly bench = new Bench();
    readonly asked: string[] = [];
    changes = 0;
    private readonly api: CodePipelineApi;

    constructor(private readonly denied = "", untrusting = false) {
        const trusts = (): Promise<void> => (untrusting ? Promise.reject(new AwsError("AccessDeniedException", "no")) : Promise.resolve());
        this.api = new CodePipelineApi({ service: this.bench.service, account: "000000000000", region: "us-east-1", changed: () => void this.changes++, trusts });
    }

    async call(action: string, input: JsonObject): Promise<string> {
        try {
            await this.api.handle(action, input, {
                principalArn: "arn:aws:iam::000000000000:user/me",
                authorise: (wanted, resource, context) => {
                    this.asked.push(`${wanted} ${resource}${context === undefined ? "" : ` ${JSON.stringify(context)}`}`);
                    return wanted === this.denied ? Promise.reject(new AwsError("AccessDeniedException", "no")) : Promise.resolve();
                },
            });
            return "";
        } catch (error) {
            assert.ok(error instanceof AwsError, String(error));
            return `${error.code}: ${error.message}`;
        }
    }
}

describe("emulated CodePipeline: API", () => {
    it("asks the caller's right on the resource that AWS names for each action", async () => {
        const stageInput = { pipelineName: NAME, stageName: "One" };
        const cases: readonly (readonly [string, JsonObject, string])[] = [
            ["GetPipeline", { name: NAME }, ARN],
            ["GetPipelineState", { name: NAME }, ARN],
            ["ListPipelines", {}, "*"],
            ["StartPipelineExecution", { name: NAME }, ARN],
            ["StopPipelineExecution", { pipelineName: NAME, pipelineExecutionId: ID }, ARN],
            ["GetPipelineExecution", { pipelineName: NAME, pipelineExecutionId: ID }, ARN],
            ["ListPipelineExecutions", { pipelineName: NAME }, ARN],
            ["ListActionExecutions", { pipelineName: NAME }, ARN],
            ["RetryStageExecution", { ...stageInput, pipelineExecutionId: ID, retryMode: "ALL_ACTIONS" }, `${ARN}/One`],
            ["EnableStageTransition", { ...stageInput, transitionType: "Inbound" }, `${ARN}/One`],
            ["DisableStageTransition", { ...stageInput, transitionType: "Inbound", reason: "x" }, `${ARN}/One`],
            ["PutApprovalResult", { ...stageInput, actionName: "First", token: ID, result: { summary: "", status: "Approved" } }, `${ARN}/One/First`],
            ["TagResource", { resourceArn: ARN, tags: [] }, ARN],
            ["UntagResource", { resourceArn: ARN, tagKeys: [] }, ARN],
            ["ListTagsForResource", { resourceArn: ARN }, ARN],
            ["DeletePipeline", { name: NAME }, ARN],
        ];
        const desk = new Desk();
        desk.bench.create();
        for (const [action, input, resource] of cases) {
            await desk.call(action, input);
            assert.deepEqual(desk.asked.splice(0), [`codepipeline:${action} ${resource}`]);
        }
    });

    it("asks the right to pass every role of a declaration to CodePipeline, and for tags", async () => {
        const desk = new Desk();
        const declared = pipeline({ stages: [stage("Source", source()), stage("One", build("A", { roleArn: "arn:aws:iam::000000000000:role/own" }), build("B"))] });
        const passed = [
            'iam:PassRole arn:aws:iam::000000000000:role/pipeline {"iam:PassedToService":"codepipeline.amazonaws.com"}',
            'iam:PassRole arn:aws:iam::000000000000:role/own {"iam:PassedToService":"codepipeline.amazonaws.com"}',
        ];
        assert.equal(await desk.call("CreatePipeline", { pipeline: declared, tags: [{ key: "a", value: "b" }] }), "");
        assert.deepEqual(desk.asked.splice(0), [`codepipeline:CreatePipeline ${ARN}`, `codepipeline:TagResource ${ARN}`, ...passed]);
        assert.equal(await desk.call("UpdatePipeline", { pipeline: declared }), "");
        assert.deepEqual(desk.asked, [`codepipeline:UpdatePipeline ${ARN}`, ...passed]);
    });

    for (const denied of ["codepipeline:CreatePipeline", "iam:PassRole", "codepipeline:TagResource"]) {
        it(`creates nothing without ${denied}`, async () => {
            const desk = new Desk(denied);
            assert.match(await desk.call("CreatePipeline", { pipeline: pipeline(), tags: [{ key: "a", value: "b" }] }), /^AccessDeniedException/);
            assert.deepEqual([desk.bench.service.listPipelines().pipelines, desk.changes], [[], 0]);
        });
    }

    it("refuses a role that does not trust CodePipeline, in AWS's words", async () => {
        const desk = new Desk("", true);
        assert.equal(
            await desk.call("CreatePipeline", { pipeline: pipeline() }),
            "InvalidStructureException: CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::000000000000:role/pipeline",
        );
        assert.deepEqual(desk.bench.service.listPipelines().pipelines, []);
    });

    it("checks the request's shape before anything else", async () => {
        const desk = new Desk();
        assert.equal(await desk.call("GetPipeline", {}), "ValidationException: 1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null");
        assert.equal(
            await desk.call("StartPipelineExecution", { name: NAME, clientRequestToken: "a b" }),
            "ValidationException: 1 validation error detected: Value 'a b' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[a-zA-Z0-9-]+$",
        );
        assert.equal(await desk.call("GetPipeline", { name: 1 }), "SerializationException: The value at 'name' is not a string");
        assert.equal(
            await desk.call("ListPipelineExecutions", { pipelineName: NAME, maxResults: 101 }),
            "ValidationException: 1 validation error detected: Value '101' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100",
        );
        assert.deepEqual(desk.asked, []);
    });

    it("names an operation that is not emulated", async () => {
        assert.match(await new Desk().call("RollbackStage", {}), /^UnknownOperationException: codepipeline:RollbackStage is not emulated here\. Emulated are CreatePipeline, /);
        assert.match(await new Desk().call("toString", {}), /^UnknownOperationException/);
    });

    it("tells of a change after a call that may have made one, and not after a question or a refusal", async () => {
        const desk = new Desk();
        await desk.call("CreatePipeline", { pipeline: pipeline() });
        assert.equal(desk.changes, 1);
        await desk.call("GetPipeline", { name: NAME });
        await desk.call("StartPipelineExecution", { name: "none" });
        assert.equal(desk.changes, 1);
    });

    it("remembers who approved and who closed a stage", async () => {
        const desk = new Desk();
        desk.bench.create(pipeline({ stages: [stage("Source", source()), stage("One", approval("Human"))] }));
        desk.bench.done("Checkout");
        const place = { pipelineName: NAME, stageName: "One" };
        const token = desk.bench.state("One").actionStates[0]?.latestExecution?.token;
        assert.equal(await desk.call("PutApprovalResult", { ...place, actionName: "Human", token, result: { summary: "", status: "Approved" } }), "");
        assert.equal(await desk.call("DisableStageTransition", { ...place, transitionType: "Inbound", reason: "freeze" }), "");
        const state = desk.bench.state("One");
        const me = "arn:aws:iam::000000000000:user/me";
        assert.deepEqual([state.actionStates[0]?.latestExecution?.lastUpdatedBy, state.inboundTransitionState.lastChangedBy], [me, me]);
    });
});
