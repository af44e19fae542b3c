import assert from "node:assert/strict";
import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { CodePipelineClient, GetPipelineCommand } from "@aws-sdk/client-codepipeline";
import type { RunDocument } from "../../automation/pipeline/documents";
import { Checkout } from "./support/checkout";
import { Deliveries, type Push, stagesOf } from "./support/deliveries";
import { imageTraffic, made, NONE } from "./support/imageTraffic";
import { sharedPipeline } from "./support/pipelineShared";
import { killBuild } from "./support/killBuild";
import { waitFor } from "./support/wait";

const PIPELINE = "container-lambdas-local-dev";
const PING = "app/functions/ping/src/app.py";
const BLUEPRINT = "components/deliveryPipeline/blueprint.ts";
const RENDER = "components/deliveryPipeline/render.ts";
const HELLO = "app/functions/hello";
const ALL_STAGES = ["Source", "SelfUpdate", "Verify", "Build", "Deploy", "Record"];

describe("the pipeline of a branch, live", () => {
    let checkout: Checkout;
    let deliveries: Deliveries;
    let base: string;

    before(async function () {
        this.timeout(900_000);
        ({ checkout, deliveries, base } = await sharedPipeline());
    });

    /** The next commit has the content of the first delivery, with what a test changed taken back. */
    const fromBase = (): Promise<void> => deliveries.restore(base);
    beforeEach(fromBase);

    const definition = async (): Promise<string> => {
        const { pipeline } = await deliveries.aws<{ pipeline: Record<string, unknown> }>("codepipeline", "get-pipeline", "--name", PIPELINE);
        return JSON.stringify(pipeline);
    };
    const version = async (): Promise<number> => (JSON.parse(await definition()) as { version: number }).version;
    const liveVersion = async (name: string): Promise<string> =>
        (await deliveries.aws<{ FunctionVersion: string }>("lambda", "get-alias", "--function-name", `${PIPELINE}-${name}`, "--name", "live")).FunctionVersion;
    const delivered = async (): Promise<string> => {
        const { stdout } = await checkout.local("pulumi", ["stack", "output", "commit", "--stack", "local-dev"]);
        return stdout.trim();
    };

    it("a function that changed: no self-update, one image built, its new version live, and within a minute", async () => {
        const before = { version: await version(), live: await liveVersion("ping"), other: await liveVersion("json-to-csv") };
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "2"');
        const commit = await deliveries.commit("Ping answers version 2");
        const { result, traffic } = await imageTraffic(checkout, () => deliveries.deliver(commit));
        const [run, ...more] = result;
        assert.deepEqual(more, [], "one run");
        assert.deepEqual(Object.entries(stagesOf(run)), ALL_STAGES.map((stage) => [stage, "Succeeded"]));
        assert.equal(outputOf(run, "SelfUpdate", "RESULT"), "unchanged");
        assert.equal(made(traffic).builds.length, 1);
        assert.match(made(traffic).builds[0] ?? "", /ping/);
        assert.equal(await version(), before.version);
        assert.equal(await liveVersion("ping"), String(Number(before.live) + 1));
        assert.equal(await liveVersion("json-to-csv"), before.other);
        assert.equal(await delivered(), commit);
        console.log(`      source to live: ${run.seconds} s; ${run.stages.map(({ name, seconds }) => `${name} ${seconds}`).join(", ")}`);
    });

    it("a function directory that was added: the definition stays as it is, the function is live", async () => {
        const before = await definition();
        deliveries.write(`${HELLO}/function.yaml`, "description: Says hello.\nlayer: false\n");
        deliveries.write(`${HELLO}/Dockerfile`, 'ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\nCOPY app.py /var/task/\nCMD ["app.handler"]\n');
        deliveries.write(`${HELLO}/app.py`, 'def handler(event, context):\n    return {"hello": "world"}\n');
        const runs = await deliveries.deliver(await deliveries.commit("Add hello"));
        assert.equal(runs.length, 1);
        assert.equal(await definition(), before);
        assert.equal(await liveVersion("hello"), "1");
    });

    it("a manifest that is broken by a push ends the run before anything is deployed, and the next push mends it", async () => {
        const before = await delivered();
        deliveries.write(`${HELLO}/function.yaml`, "description: Says hello.\nlayer: false\nmemorySize: 1\n");
        const broken = await deliveries.push(await deliveries.commit("Break a manifest"));
        assert.equal(broken.outcome.status, 1);
        assert.equal(stagesOf(lastOf(broken)).SelfUpdate, "Succeeded");
        assert.equal(stagesOf(lastOf(broken)).Deploy, undefined);
        assert.match(`${broken.outcome.stdout}${broken.outcome.stderr}`, /memorySize/);
        assert.equal(await delivered(), before);
        await fromBase();
        const mended = await deliveries.commit("Mend it");
        await deliveries.deliver(mended);
        assert.equal(await delivered(), mended);
        const { Functions } = await deliveries.aws<{ Functions: { FunctionName: string }[] }>("lambda", "list-functions");
        assert.ok(!Functions.some(({ FunctionName }) => FunctionName === `${PIPELINE}-hello`), "hello has gone with its directory");
    });

    it("a build step that is broken by a push is mended by the next push", async () => {
        deliveries.edit("delivery/steps/build.ts", "const { root, environment } = context;", 'const { root, environment } = context;\n        if (Date.now() > 0) {\n            throw new Error("the step is broken");\n        }');
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "3"');
        const broken = await deliveries.push(await deliveries.commit("Break the build step"));
        assert.deepEqual([stagesOf(lastOf(broken)).Verify, stagesOf(lastOf(broken)).Build, stagesOf(lastOf(broken)).Deploy], ["Succeeded", "Failed", undefined]);
        assert.match(`${broken.outcome.stdout}${broken.outcome.stderr}`, /the step is broken/);
        await fromBase();
        await deliveries.deliver(await deliveries.commit("Mend the build step"));
    });

    it("a pipeline that changed: self-update applies it, exactly one restart, the old run stops, the new one deploys", async () => {
        const before = await version();
        deliveries.edit(BLUEPRINT, '[{ kind: "step", name: "Verify", step: "verify" }] }', '[{ kind: "step", name: "Verify", step: "verify" }, { kind: "step", name: "Again", step: "verify" }] }');
        const commit = await deliveries.commit("Verify twice");
        const runs = await deliveries.deliver(commit);
        assert.deepEqual(runs.map(({ status }) => status === "Cancelled" ? "Stopped" : status), ["Stopped", "Succeeded"]);
        assert.deepEqual(runs.map((run) => run.version), [before, before + 1]);
        assert.deepEqual(runs.map(({ generation }) => generation), [0, 1]);
        assert.equal(outputOf(runs[0], "SelfUpdate", "RESULT"), "restarted");
        assert.deepEqual(runs[1]?.stages.find(({ name }) => name === "Verify")?.actions.map(({ name }) => name).sort(), ["Again", "Verify"]);
        assert.equal(await delivered(), commit);
        await fromBase();
        const back = await deliveries.deliver(await deliveries.commit("Verify once"));
        assert.equal(back.length, 2);
        assert.equal(await version(), before + 2);
    });

    it("two pushes in a burst, the second during the first one's self-update: ends on the second", async () => {
        deliveries.edit(BLUEPRINT, 'name: "Verify", step: "verify"', 'name: "Check", step: "verify"');
        const first = await deliveries.commit("Rename an action");
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "4"');
        const second = await deliveries.commit("And change ping");
        const running = deliveries.push(first);
        await waitFor("the first run's self-update", () => inProgress("SelfUpdate"));
        await deliveries.push(second);
        await running;
        await waitFor("the second commit to be delivered", async () => ((await delivered()) === second && (await runsInProgress()) === 0) || undefined, 180);
        assert.match(await definition(), /"Check"/);
        await fromBase();
        await deliveries.deliver(await deliveries.commit("Take both back"));
    });

    it("a self-update killed after it applied and before it restarted is completed by the watchdog", async () => {
        deliveries.edit(BLUEPRINT, 'name: "Verify", step: "verify"', 'name: "Check", step: "verify"');
        const commit = await deliveries.commit("Rename an action again");
        const before = await version();
        const running = deliveries.push(commit);
        await applied(before);
        assert.ok(killBuild(`${PIPELINE}-self-update`) > 0, "no build was running");
        await running;
        // Nobody starts it: a rule tells it of every run that ended badly.
        await waitFor("the commit to be delivered", async () => ((await delivered()) === commit && (await runsInProgress()) === 0) || undefined, 300);
        const { ids } = await deliveries.aws<{ ids: string[] }>("codebuild", "list-builds-for-project", "--project-name", "container-lambdas-watchdog");
        const { builds } = await deliveries.aws<{ builds: { initiator: string }[] }>("codebuild", "batch-get-builds", "--ids", ...ids.slice(0, 100));
        assert.ok(builds.some(({ initiator }) => initiator.startsWith("rule-")), "no rule started the watchdog");
        await fromBase();
        await deliveries.deliver(await deliveries.commit("And back again"));
    });

    it("a definition that is never the same fails after one restart, with the property that differs", async () => {
        const before = await version();
        deliveries.edit(RENDER, '"How often self-updates have restarted the delivery of this commit"', "String(Date.now())");
        const push = await deliveries.push(await deliveries.commit("A clock in the definition"));
        assert.equal(push.outcome.status, 1);
        assert.deepEqual(push.executions.map(({ generation }) => generation), [0, 1]);
        assert.equal(await version(), before + 1);
        assert.match(`${push.outcome.stdout}${push.outcome.stderr}`, /variables.*description/s);
        await fromBase();
        await deliveries.deliver(await deliveries.commit("Without the clock"));
    });

    it("a definition that CodePipeline refuses leaves the old one in place, and its message is shown", async () => {
        const before = await definition();
        deliveries.edit(RENDER, 'provider: "CodeBuild"', 'provider: "CodeBuildX"');
        const push = await deliveries.push(await deliveries.commit("A provider that does not exist"));
        assert.equal(push.outcome.status, 1);
        assert.equal(await definition(), before);
        assert.match(`${push.outcome.stdout}${push.outcome.stderr}`, /CodeBuildX/);
    });

    it("the deletion of a kernel resource is refused, with the way to do it", async () => {
        const before = await definition();
        deliveries.edit("components/deliveryPipeline/DeliveryPipeline.ts", "`${name}-pipeline`, rendered.pipeline", "`${name}-other`, { ...rendered.pipeline, name: `${rendered.pipeline.name}-other` }");
        const push = await deliveries.push(await deliveries.commit("Another pipeline"));
        assert.equal(push.outcome.status, 1);
        assert.equal(await definition(), before);
        assert.match(`${push.outcome.stdout}${push.outcome.stderr}`, /expand and contract/);
    });

    it("a self-update project that a push broke is mended by the repair project, and the commit that mends it is delivered", async () => {
        deliveries.edit("components/deliveryPipeline/buildspec.ts", 'node delivery/start.mjs "$STEP"', 'node delivery/missing.mjs "$STEP"');
        const broken = await deliveries.push(await deliveries.commit("Break every project"));
        assert.equal(broken.outcome.status, 1);
        assert.deepEqual(broken.executions.map((run) => stagesOf(run).SelfUpdate), ["Succeeded", "Failed"]);
        await fromBase();
        const mended = await deliveries.commit("Mend every project");
        assert.equal((await deliveries.push(mended)).outcome.status, 1, "its own self-update cannot run");
        const variables = ["name=STACK,value=local-dev", `name=PIPELINE,value=${PIPELINE}`];
        const { build } = await deliveries.aws<{ build: { id: string } }>("codebuild", "start-build", "--project-name", "container-lambdas-repair", "--source-version", mended, "--environment-variables-override", ...variables);
        await waitFor("the repair to end", async () => (await buildStatus(build.id)) !== "IN_PROGRESS" || undefined, 120);
        assert.equal(await buildStatus(build.id), "SUCCEEDED");
        await waitFor("the commit to be delivered", async () => ((await delivered()) === mended && (await runsInProgress()) === 0) || undefined, 180);
    });

    it("nothing but the deliveries was changed: the checkout's files and stack local are as before", async () => {
        assert.equal(checkout.status(), "");
        const { result, traffic } = await imageTraffic(checkout, () => checkout.npm("up", "local", "--json"));
        assert.equal(result.status, 0);
        assert.deepEqual(made(traffic), NONE);
        assert.ok(fs.existsSync(checkout.path(PING)));
    });

    async function inProgress(stage: string): Promise<string | undefined> {
        const { stageStates } = await deliveries.aws<{ stageStates: { stageName: string; latestExecution?: { status: string; pipelineExecutionId: string } }[] }>("codepipeline", "get-pipeline-state", "--name", PIPELINE);
        const latest = stageStates.find(({ stageName }) => stageName === stage)?.latestExecution;
        return latest?.status === "InProgress" ? latest.pipelineExecutionId : undefined;
    }

    /** Waits for a version after `before`. Asks without a process of its own each time: the moment to be met is short. */
    async function applied(before: number): Promise<void> {
        const variables = await checkout.environment();
        const { AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, AWS_ACCESS_KEY_ID: accessKeyId = "", AWS_SECRET_ACCESS_KEY: secretAccessKey = "" } = variables;
        const client = new CodePipelineClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
        for (const end = Date.now() + 120_000; Date.now() < end; await sleep(20)) {
            const { pipeline } = await client.send(new GetPipelineCommand({ name: PIPELINE }));
            if ((pipeline?.version ?? 0) > before) {
                return;
            }
        }
        throw new Error("the definition was not applied within 120 s");
    }

    async function runsInProgress(): Promise<number> {
        const { pipelineExecutionSummaries } = await deliveries.aws<{ pipelineExecutionSummaries: { status: string }[] }>("codepipeline", "list-pipeline-executions", "--pipeline-name", PIPELINE);
        return pipelineExecutionSummaries.filter(({ status }) => status === "InProgress" || status === "Stopping").length;
    }

    async function buildStatus(id: string): Promise<string> {
        const { builds } = await deliveries.aws<{ builds: { buildStatus: string }[] }>("codebuild", "batch-get-builds", "--ids", id);
        return builds[0]?.buildStatus ?? "unknown";
    }
});

function outputOf(run: RunDocument | undefined, stage: string, variable: string): string | undefined {
    const actions = run?.stages.find(({ name }) => name === stage)?.actions ?? [];
    return actions.map(({ outputs }) => outputs[variable]).find((value) => value !== undefined);
}

function lastOf({ executions }: Push): RunDocument {
    const run = executions.at(-1);
    assert.ok(run !== undefined, "no run was started");
    return run;
}
