import assert from "node:assert/strict";
import { Checkout, lastJson } from "./support/checkout";
import { clientsOf } from "./support/clients";
import { Deliveries, type Push, stagesOf } from "./support/deliveries";
import { imageTraffic, made, NONE } from "./support/imageTraffic";
import { sharedPipeline } from "./support/pipelineShared";
import { waitFor } from "./support/wait";

const PING = "app/functions/ping/src/app.py";
const FUNCTIONS = ["csv-to-parquet", "json-to-csv", "ping", "record-lookup", "record-summary"];

describe("the pipeline of releases, live", () => {
    let checkout: Checkout;
    let deliveries: Deliveries;
    let base: string;

    before(async function () {
        this.timeout(900_000);
        ({ checkout, deliveries, base } = await sharedPipeline());
    });

    beforeEach(() => deliveries.restore(base));

    const imagesOf = async (stack: string): Promise<readonly string[]> =>
        Promise.all(
            FUNCTIONS.map(async (name) => {
                const { Code } = await deliveries.aws<{ Code: { ImageUri: string } }>("lambda", "get-function", "--function-name", `container-lambdas-${stack}-${name}`, "--qualifier", "live");
                return Code.ImageUri;
            }),
        );

    it("a tag deploys the digests that the branch's delivery tested, with no build, after the approval", async () => {
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "5"');
        const commit = await deliveries.commit("A version to release");
        await deliveries.deliver(commit);
        await deliveries.tag("v1.0.0", commit);
        const { result, traffic } = await imageTraffic(checkout, async () => {
            const running = deliveries.release("v1.0.0");
            await approved("Approve", running);
            return running;
        });
        assert.equal(result.outcome.status, 0, result.outcome.stderr.slice(-4000));
        const run = result.executions.at(-1);
        assert.ok(run !== undefined);
        assert.equal(run.commit, commit);
        const stages = stagesOf(run);
        assert.deepEqual(
            ["Source", "PipelinePlan", "SelfUpdate", "Verify", "Resolve", "Plan", "Approve", "Deploy", "Release", "Record"].map((stage) => [stage, stages[stage]]),
            ["Source", "PipelinePlan", "SelfUpdate", "Verify", "Resolve", "Plan", "Approve", "Deploy", "Release", "Record"].map((stage) => [stage, "Succeeded"]),
        );
        assert.deepEqual(made(traffic), NONE);
        assert.deepEqual(await imagesOf("local-prod"), await imagesOf("local-dev"));
    });

    it("a tag on a commit that was never delivered is refused: it has no manifest", async () => {
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "6"');
        const commit = await deliveries.commit("Never delivered");
        await deliveries.tag("v1.0.1", commit);
        const { outcome, executions } = await deliveries.release("v1.0.1");
        assert.equal(outcome.status, 1);
        const run = executions.at(-1);
        assert.deepEqual([run && stagesOf(run).Resolve, run && stagesOf(run).Deploy], ["Failed", undefined]);
        assert.match(`${outcome.stdout}${outcome.stderr}`, new RegExp(`releases/local-dev/${commit}`));
    });

    it("a tag on a commit whose integration tests failed is refused", async () => {
        deliveries.write("app/integration.ts", 'throw new Error("what was deployed does not do its work");\n');
        const commit = await deliveries.commit("Fails its integration test");
        const delivery = await deliveries.push(commit);
        assert.equal(delivery.outcome.status, 1);
        assert.match(`${delivery.outcome.stdout}${delivery.outcome.stderr}`, /does not do its work/);
        await deliveries.tag("v1.0.2", commit);
        const { outcome, executions } = await deliveries.release("v1.0.2");
        assert.equal(outcome.status, 1);
        const run = executions.at(-1);
        assert.deepEqual([run && stagesOf(run).Resolve, run && stagesOf(run).Deploy], ["Failed", undefined]);
    });

    it("a plan that was approved is refused when the state has changed since it was made", async () => {
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "7"');
        const commit = await deliveries.commit("Another release");
        await deliveries.deliver(commit);
        await deliveries.tag("v1.1.0", commit);
        const before = await imagesOf("local-prod");
        const running = deliveries.release("v1.1.0");
        await waiting("Approve", running);
        // The state is written anew with another time in it, as any update by hand would do.
        const touch = `python3 -c 'import json, sys; state = json.load(sys.stdin); state["deployment"]["manifest"]["time"] = "2026-01-01T00:00:00Z"; json.dump(state, sys.stdout)'`;
        const exported = await checkout.local("bash", ["-c", `set -o pipefail; pulumi stack export -s local-prod | ${touch} | pulumi stack import -s local-prod`]);
        assert.equal(exported.status, 0, exported.stderr);
        await approve("Approve");
        const { outcome, executions } = await running;
        assert.equal(outcome.status, 1);
        const run = executions.at(-1);
        assert.equal(run && stagesOf(run).Deploy, "Failed");
        assert.match(`${outcome.stdout}${outcome.stderr}`, /The plan was made from version/);
        assert.deepEqual(await imagesOf("local-prod"), before);

        // As docs/recovery.md says.
        const { pipelineExecutionId } = await deliveries.aws<{ pipelineExecutionId: string }>("codepipeline", "start-pipeline-execution", "--name", "container-lambdas-local-prod", "--source-revisions", `actionName=Source,revisionType=COMMIT_ID,revisionValue=${commit}`);
        await waitFor("the question of the release that was started again", async () => (await approvalAsked("Approve")) || undefined, 300);
        await approve("Approve");
        const status = async (): Promise<string> =>
            (await deliveries.aws<{ pipelineExecution: { status: string } }>("codepipeline", "get-pipeline-execution", "--pipeline-name", "container-lambdas-local-prod", "--pipeline-execution-id", pipelineExecutionId)).pipelineExecution.status;
        await waitFor("the release to end", async () => (await status()) !== "InProgress" || undefined, 180);
        assert.equal(await status(), "Succeeded");
        assert.deepEqual(await imagesOf("local-prod"), await imagesOf("local-dev"));
    });

    it("a release is turned back when an alarm goes off while a tenth of the calls reach the new version", async () => {
        const [alias, alarm] = ["container-lambdas-local-prod-ping", "container-lambdas-local-prod-ping-errors-alarm"];
        const live = async (): Promise<{ FunctionVersion: string; RoutingConfig?: { AdditionalVersionWeights?: Record<string, number> } }> =>
            deliveries.aws("lambda", "get-alias", "--function-name", alias, "--name", "live");
        deliveries.edit(PING, 'VERSION = "1"', 'VERSION = "8"');
        deliveries.edit("app/functions/ping/function.yaml", "memorySize: 128", "memorySize: 128\nalarms: { errors: 1 }");
        const commit = await deliveries.commit("A version that fails");
        await deliveries.deliver(commit);
        await deliveries.tag("v1.2.0", commit);
        const before = await live();
        const running = deliveries.release("v1.2.0");
        await approved("Approve", running);
        const shared = await waitFor("a part of the calls to go to the new version", async () => {
            const { FunctionVersion, RoutingConfig } = await live();
            return RoutingConfig?.AdditionalVersionWeights && { FunctionVersion, weights: RoutingConfig.AdditionalVersionWeights };
        }, 180);
        assert.deepEqual([shared.FunctionVersion, Object.values(shared.weights)], [before.FunctionVersion, [0.1]]);
        // What CloudWatch would do after the function's first error.
        const set = await checkout.local("aws", ["cloudwatch", "set-alarm-state", "--alarm-name", alarm, "--state-value", "ALARM", "--state-reason", "an error"]);
        assert.equal(set.status, 0, set.stderr);
        const { outcome, executions } = await running;
        assert.equal(outcome.status, 1);
        const run = executions.at(-1);
        assert.deepEqual([run && stagesOf(run).Deploy, run && stagesOf(run).Release, run && stagesOf(run).Record], ["Succeeded", "Failed", undefined]);
        assert.match(`${outcome.stdout}${outcome.stderr}`, new RegExp(`The alarm ${alarm} went off`));
        const after = await live();
        assert.deepEqual([after.FunctionVersion, after.RoutingConfig?.AdditionalVersionWeights ?? {}], [before.FunctionVersion, {}]);
    });

    it("the AWS CLI shows what happened: stages, runs, builds and their logs", async () => {
        const name = "container-lambdas-local-prod";
        const state = await deliveries.aws<{ stageStates: { stageName: string }[] }>("codepipeline", "get-pipeline-state", "--name", name);
        assert.equal(state.stageStates.length, 11);
        const { pipelineExecutionSummaries } = await deliveries.aws<{ pipelineExecutionSummaries: { status: string; trigger: { triggerType: string } }[] }>("codepipeline", "list-pipeline-executions", "--pipeline-name", name);
        assert.ok(pipelineExecutionSummaries.some(({ status }) => status === "Succeeded"));
        const { ids } = await deliveries.aws<{ ids: string[] }>("codebuild", "list-builds-for-project", "--project-name", `${name}-deploy`);
        const { builds } = await deliveries.aws<{ builds: { buildStatus: string; initiator: string; logs: { groupName: string; streamName: string } }[] }>("codebuild", "batch-get-builds", "--ids", ...ids);
        assert.deepEqual([...new Set(builds.map(({ initiator }) => initiator))], [`codepipeline/${name}`]);
        const [{ logs }] = builds;
        const { stdout } = await checkout.local("aws", ["logs", "tail", logs.groupName, "--log-stream-names", logs.streamName, "--since", "1d"]);
        assert.match(stdout, /node delivery\/start\.mjs/);
    });

    it("every call of a step was made in its own role's name", async () => {
        const { endpoint } = clientsOf(await checkout.environment());
        const { calls } = (await (await fetch(`${endpoint}/_endpoint/calls`)).json()) as { calls: { principal: string; allowed: boolean; action: string }[] };
        const roles = new Set(calls.map(({ principal }) => principal).filter((principal) => principal.includes("/delivery/")).map((principal) => principal.split("/").at(-1)));
        const wanted = ["pipeline", "self-update", "verify", "build", "test", "deploy", "record"].map((role) => `container-lambdas-local-dev.${role}`);
        const released = ["pipeline", "self-update", "verify", "plan", "deploy", "release", "record"].map((role) => `container-lambdas-local-prod.${role}`);
        assert.deepEqual([...wanted, ...released].filter((role) => !roles.has(role)), []);
    });

    /** Waits until a stage asks for approval; fails at once when the run ends before. */
    async function waiting(stage: string, running: Promise<Push>): Promise<void> {
        let ended: Push | undefined;
        void running.then((push) => (ended = push));
        await waitFor(`the question of ${stage}`, async () => {
            if (ended !== undefined) {
                throw new Error(`the run ended before it asked:\n${ended.outcome.stderr.slice(-4000)}`);
            }
            return (await approvalAsked(stage)) || undefined;
        }, 300);
    }

    async function approvalAsked(stage: string): Promise<boolean> {
        const { stageStates } = await deliveries.aws<{ stageStates: { stageName: string; actionStates: { latestExecution?: { status: string } }[] }[] }>("codepipeline", "get-pipeline-state", "--name", "container-lambdas-local-prod").catch(() => ({ stageStates: [] }));
        return stageStates.find(({ stageName }) => stageName === stage)?.actionStates.some(({ latestExecution }) => latestExecution?.status === "InProgress") ?? false;
    }

    async function approve(stage: string): Promise<void> {
        const outcome = await checkout.npm("local:approve", "local-prod", "--stage", stage, "--json");
        assert.equal(outcome.status, 0, outcome.stderr);
        assert.equal(lastJson<{ approved: boolean }>(outcome).approved, true);
    }

    async function approved(stage: string, running: Promise<Push>): Promise<void> {
        await waiting(stage, running);
        await approve(stage);
    }
});
