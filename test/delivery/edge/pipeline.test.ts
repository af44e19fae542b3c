import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { pipelinePort } from "../../../delivery/edge/pipeline";
import { ConflictError, DuplicateStopError, LimitError, NotStoppableError } from "../../../delivery/ports";

const ID = "11111111-2222-3333-4444-555555555555";
const COMMIT = "c".repeat(40);

type Answer = object | { readonly __type: string };

describe("CodePipeline, as a delivery asks it", () => {
    let server: Server;
    let asked: { action: string; input: Record<string, unknown> }[];
    let answers: Record<string, Answer | ((input: Record<string, unknown>) => Answer)>;
    const before_ = { ...process.env };

    before(async () => {
        server = createServer((request, response) => {
            const body: Buffer[] = [];
            request.on("data", (chunk: Buffer) => body.push(chunk));
            request.on("end", () => {
                const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
                const input = JSON.parse(Buffer.concat(body).toString()) as Record<string, unknown>;
                asked.push({ action, input });
                const answer = answers[action] ?? { __type: "UnknownOperationException" };
                const content = typeof answer === "function" ? answer(input) : answer;
                response.writeHead("__type" in content ? 400 : 200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(content));
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        process.env.AWS_ENDPOINT_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        process.env.AWS_ACCESS_KEY_ID = "a";
        process.env.AWS_SECRET_ACCESS_KEY = "b";
    });

    after(async () => {
        for (const name of ["AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]) {
            if (before_[name] === undefined) {
                delete process.env[name];
            } else {
                process.env[name] = before_[name];
            }
        }
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });

    beforeEach(() => {
        asked = [];
        answers = {
            GetPipeline: {
                pipeline: { name: "p-dev", version: 4, stages: [{ name: "Source", actions: [{ name: "Fetch", actionTypeId: { category: "Source", owner: "AWS", provider: "CodeStarSourceConnection", version: "1" } }] }] },
                metadata: {},
            },
        };
    });

    const port = (): ReturnType<typeof pipelinePort> => pipelinePort("p-dev", "eu-central-1");

    it("answers the definition and its version", async () => {
        assert.equal(await port().currentVersion(), 4);
        assert.equal((await port().definition()).name, "p-dev");
    });

    it("knows of a run what it was started on and with, and when, however far back", async () => {
        answers.GetPipelineExecution = {
            pipelineExecution: { pipelineExecutionId: ID, status: "InProgress", pipelineVersion: 3, artifactRevisions: [{ name: "Source", revisionId: COMMIT }], variables: [{ name: "GENERATION", resolvedValue: "1" }] },
        };
        answers.ListPipelineExecutions = ({ nextToken }) =>
            nextToken === undefined ? { pipelineExecutionSummaries: [{ pipelineExecutionId: "other" }], nextToken: "2" } : { pipelineExecutionSummaries: [{ pipelineExecutionId: ID, startTime: 1_700_000_000 }] };
        assert.deepEqual(await port().execution(ID), { id: ID, status: "InProgress", started: 1_700_000_000_000, commit: COMMIT, version: 3, generation: 1 });
    });

    it("lists runs, newest first, with the commit where it is known", async () => {
        answers.ListPipelineExecutions = {
            pipelineExecutionSummaries: [
                { pipelineExecutionId: "b", status: "InProgress", startTime: 2 },
                { pipelineExecutionId: "a", status: "Succeeded", startTime: 1, sourceRevisions: [{ actionName: "Fetch", revisionId: COMMIT }] },
            ],
        };
        assert.deepEqual(await port().executions(), [
            { id: "b", status: "InProgress", started: 2_000, commit: undefined },
            { id: "a", status: "Succeeded", started: 1_000, commit: COMMIT },
        ]);
    });

    it("tells which run is in a stage, and which wait in front of it", async () => {
        answers.GetPipelineState = {
            stageStates: [
                { stageName: "Source", latestExecution: { pipelineExecutionId: "b", status: "Succeeded" } },
                { stageName: "Deploy", latestExecution: { pipelineExecutionId: "a", status: "InProgress" }, inboundExecutions: [{ pipelineExecutionId: "b", status: "InProgress" }] },
                { stageName: "Record", inboundExecution: { pipelineExecutionId: "c", status: "InProgress" } },
            ],
        };
        assert.deepEqual(await port().stages(), [
            { name: "Source", executionId: "b", status: "Succeeded", waiting: [] },
            { name: "Deploy", executionId: "a", status: "InProgress", waiting: ["b"] },
            { name: "Record", executionId: undefined, status: undefined, waiting: ["c"] },
        ]);
    });

    it("starts a revision by the source action's own name", async () => {
        answers.StartPipelineExecution = { pipelineExecutionId: ID };
        assert.equal(await port().start({ commit: COMMIT, generation: 1, clientToken: "t" }), ID);
        assert.deepEqual(asked.at(-1)?.input, {
            name: "p-dev",
            clientRequestToken: "t",
            variables: [{ name: "GENERATION", value: "1" }],
            sourceRevisions: [{ actionName: "Fetch", revisionType: "COMMIT_ID", revisionValue: COMMIT }],
        });
    });

    it("stops a run and lets its actions end", async () => {
        answers.StopPipelineExecution = { pipelineExecutionId: ID };
        await port().stop(ID, "r".repeat(300));
        assert.deepEqual(asked.at(-1)?.input, { pipelineName: "p-dev", pipelineExecutionId: ID, abandon: false, reason: "r".repeat(200) });
    });

    it("tells refusals that have an answer from others", async () => {
        const stop = (__type: string): Promise<void> => {
            answers.StopPipelineExecution = { __type, message: "no" };
            return port().stop(ID, "r");
        };
        const start = (__type: string): Promise<string> => {
            answers.StartPipelineExecution = { __type, message: "no" };
            return port().start({ commit: COMMIT, generation: 0, clientToken: "t" });
        };
        await assert.rejects(start("ConflictException"), ConflictError);
        await assert.rejects(start("ConcurrentPipelineExecutionsLimitExceededException"), LimitError);
        await assert.rejects(stop("PipelineExecutionNotStoppableException"), NotStoppableError);
        await assert.rejects(stop("DuplicatedStopRequestException"), DuplicateStopError);
        await assert.rejects(stop("PipelineNotFoundException"), { name: "PipelineNotFoundException" });
    });
});
