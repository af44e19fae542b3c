import { strict as assert } from "node:assert";
import { createPipelineClient, type PipelineClient } from "../../../automation/pipeline/client";
import { postPush } from "../../../automation/pipeline/push";
import { postFire } from "../../../automation/schedules";
import { type Answer, FakeEndpoint } from "../fakeEndpoint";
import { commitId, noState, run, runId } from "./support";

const missing = (type: string): Answer => ({ status: 400, body: { __type: type, message: "no" } });
const summary = (digit: string): object => ({ pipelineExecutionId: runId(digit), status: "Succeeded", startTime: 1, lastUpdateTime: 9, sourceRevisions: [{ actionName: "Source", revisionId: commitId(digit) }] });

describe("the client of a pipeline", () => {
    const endpoint = new FakeEndpoint();
    let url: string;
    let client: PipelineClient;
    before(async () => {
        url = await endpoint.listen();
        client = createPipelineClient({ AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" }, "us-east-1");
    });
    beforeEach(() => {
        endpoint.asked.length = 0;
        endpoint.answers = {};
    });
    after(() => endpoint.close());

    it("tells a pipeline, a run and a log that do not exist from an error", async () => {
        endpoint.answers = {
            GetPipelineState: () => missing("PipelineNotFoundException"),
            GetPipelineExecution: () => missing("PipelineExecutionNotFoundException"),
            ListActionExecutions: () => ({ body: {} }),
            GetLogEvents: () => missing("ResourceNotFoundException"),
        };
        assert.deepEqual([await client.state("p"), await client.run("p", run("a"), noState), await client.logTail({ group: "g", stream: "s" }, 5)], [undefined, undefined, []]);
        endpoint.answers.GetPipelineState = () => missing("AccessDeniedException");
        await assert.rejects(client.state("p"), { name: "AccessDeniedException" });
    });

    it("follows pages up to the number of runs that was asked for", async () => {
        endpoint.answers.ListPipelineExecutions = ({ nextToken }) => ({ body: nextToken === undefined ? { pipelineExecutionSummaries: [summary("a"), summary("b")], nextToken: "2" } : { pipelineExecutionSummaries: [summary("c"), summary("d")] } });
        assert.deepEqual((await client.runs("p", 3)).map(({ id }) => id), [runId("a"), runId("b"), runId("c")]);
        assert.deepEqual(endpoint.asked.map(({ input }) => input.maxResults), [3, 1]);
        assert.equal((await client.runs("p", 2)).length, 2);
        assert.equal(endpoint.asked.length, 3);
    });

    it("puts a run of the list together with its answers, with all pages of its actions", async () => {
        const detail = (stageName: string): object => ({ stageName, actionName: stageName, status: "Succeeded", startTime: 2, lastUpdateTime: 3 });
        endpoint.answers = {
            ListPipelineExecutions: () => ({ body: { pipelineExecutionSummaries: [summary("b"), summary("a")] } }),
            GetPipelineExecution: () => ({ body: { pipelineExecution: { pipelineVersion: 7, status: "Succeeded" } } }),
            ListActionExecutions: ({ nextToken }) => ({ body: nextToken === undefined ? { actionExecutionDetails: [detail("Build")], nextToken: "2" } : { actionExecutionDetails: [detail("Source")] } }),
        };
        const listed = (await client.runs("p", 5)).find(({ id }) => id === runId("a")) ?? assert.fail("not listed");
        const found = await client.run("p", listed, noState);
        assert.deepEqual([found?.version, found?.commit, found?.started, found?.stages.map(({ name }) => name).sort()], [7, commitId("a"), 1000, ["Build", "Source"]]);
        assert.deepEqual(endpoint.asked.find(({ name }) => name === "ListActionExecutions")?.input.filter, { pipelineExecutionId: runId("a") });
    });

    it("answers an approval with its token", async () => {
        endpoint.answers.PutApprovalResult = () => ({ body: {} });
        await client.answer("p", { stage: "S", action: "A", token: "t", approved: false, summary: "no" });
        assert.deepEqual(endpoint.asked[0].input, { pipelineName: "p", stageName: "S", actionName: "A", token: "t", result: { status: "Rejected", summary: "no" } });
    });

    it("finds the place of a build's log, and its last lines without empty ones", async () => {
        endpoint.answers = {
            BatchGetBuilds: () => ({ body: { builds: [{ logs: { groupName: "g", streamName: "s/1" } }] } }),
            GetLogEvents: () => ({ body: { events: [{ message: "one\n" }, { message: "\n" }, { message: "two\nthree\n" }] } }),
        };
        assert.deepEqual(await client.buildLog("p:1"), { group: "g", stream: "s/1" });
        assert.deepEqual(await client.logTail({ group: "g", stream: "s/1" }, 2), ["two", "three"]);
        endpoint.answers.BatchGetBuilds = () => ({ body: { builds: [{}] } });
        assert.equal(await client.buildLog("p:1"), undefined);
    });

    it("tells the environment of a push, and says what it answered when it does not take it", async () => {
        const event = { branch: "main", commit: commitId("a"), message: "m", paths: ["a"] };
        endpoint.answers["/_endpoint/push"] = () => ({ body: { executions: ["1", "2"] } });
        assert.deepEqual([await postPush(url, event), endpoint.asked[0].input], [["1", "2"], event]);
        endpoint.answers["/_endpoint/push"] = () => ({ status: 400, body: { message: "no such commit" } });
        await assert.rejects(postPush(url, event), /The local environment did not take the push: status 400, no such commit\n {2}Next: /);
        await assert.rejects(postPush("http://127.0.0.1:1", event), /did not take the push: /);
    });

    it("has the environment run a function's schedules, and says what it answered when it does not", async () => {
        const schedule = { schedule: "s", expression: "rate(1 hour)", target: "arn:f", input: "{}", refused: undefined };
        endpoint.answers["/_endpoint/fire"] = () => ({ body: { fired: [schedule, "other"], scheduled: ["f"] } });
        assert.deepEqual([await postFire(url, "f"), endpoint.asked[0].input], [{ fired: [schedule], scheduled: ["f"] }, { function: "f" }]);
        endpoint.answers["/_endpoint/fire"] = () => ({ status: 403, body: { message: "no" } });
        await assert.rejects(postFire(url, "f"), /The local environment did not run the schedule: status 403, no\n {2}Next: /);
        await assert.rejects(postFire("http://127.0.0.1:1", "f"), /did not run the schedule: /);
    });
});
