import { strict as assert } from "node:assert";
import type { Ports } from "../../automation/context";
import type { PipelineState, Wait } from "../../automation/pipeline/run";
import { deliveryProject, running } from "./deliverySupport";
import { action, FakePipelines, run, runId, stage } from "./pipeline/support";
import { type Outcome, runWith } from "./support";

const wait = (name: string): Wait => ({ kind: "approval", stage: name, action: name, run: runId("a"), token: `token-${name}` });
const asking = run("a", { stages: [stage("Approve", [action("Approve", 3, undefined, { provider: "Manual", summary: "3 to add\n1 to change", link: "https://x/plan" })])] });
const waiting = (...names: string[]): FakePipelines => new FakePipelines([[asking]], { version: 1, stages: [], waits: names.map(wait) } satisfies PipelineState);

describe("local:approve", () => {
    let project: ReturnType<typeof deliveryProject>;
    before(() => (project = deliveryProject()));
    after(() => project.remove());

    function approve(clients: Readonly<Record<string, FakePipelines>>, argv: readonly string[] = [], change: Partial<Ports> = {}): Promise<Outcome> {
        const none = Object.assign(new FakePipelines([[]]), { missing: true });
        const of = (name: string): FakePipelines => clients[name.replace("container-lambdas-", "")] ?? none;
        // One client for all pipelines, as the real one is.
        const pipelines: Ports["pipelines"] = async () => ({
            state: (name) => of(name).state(),
            runs: (name, limit) => of(name).runs(name, limit),
            run: (name, summary) => of(name).run(name, summary),
            answer: (name, verdict) => of(name).answer(name, verdict),
            buildLog: async () => undefined,
            logTail: async () => [],
        });
        return runWith(project.root, { ...running, check: project.check, pipelines, ...change }, ["local:approve", ...argv]);
    }

    it("shows what is asked, with its link, and approves the only thing that waits", async () => {
        const prod = waiting("Approve");
        const { status, out } = await approve({ "local-dev": waiting(), "local-prod": prod });
        assert.deepEqual([status, out.split("\n")], [0, [
            'Approve of container-lambdas-local-prod, run aaaaaaaa: commit aaaaaaaaa "Change a"', "    3 to add", "    1 to change", "    https://x/plan", "✓ approved", "",
        ]]);
        assert.deepEqual(prod.answers, [{ stage: "Approve", action: "Approve", token: "token-Approve", approved: true, summary: "npm run local:approve" }]);
    });

    it("rejects with --reject and keeps the word that was given", async () => {
        const prod = waiting("Approve");
        const { json } = await approve({ "local-prod": prod }, ["local-prod", "--reject", "--summary", "not on a Friday", "--json"]);
        assert.deepEqual([prod.answers[0].approved, prod.answers[0].summary, json().approved], [false, "not on a Friday", false]);
        assert.ok(!JSON.stringify(json()).includes("token-"));
    });

    it("asks to name one of several, of two stacks or of two stages, and answers none", async () => {
        const [dev, prod] = [waiting("Approve"), waiting("PipelineApprove", "Approve")];
        const all = await approve({ "local-dev": dev, "local-prod": prod });
        assert.equal(all.status, 2);
        assert.match(all.err, /3 approvals wait\.\n {2}npm run local:approve -- local-dev --stage Approve \(run aaaaaaaa\)\n/);
        assert.equal((await approve({ "local-prod": prod }, ["local-prod"])).status, 2);
        assert.deepEqual([dev.answers, prod.answers], [[], []]);
        assert.equal((await approve({ "local-dev": dev, "local-prod": prod }, ["local-prod", "--stage", "PipelineApprove"])).status, 0);
        assert.deepEqual(prod.answers.map(({ stage: name }) => name), ["PipelineApprove"]);
    });

    it("says what does wait when nothing of what was named does", async () => {
        const none = await approve({ "local-prod": waiting() }, ["local-prod"]);
        assert.deepEqual([none.status, /Nothing waits for approval in stack "local-prod"\.\n {2}Next: see what the pipeline does: npm run pipeline -- local-prod\./.test(none.err)], [1, true]);
        const other = await approve({ "local-prod": waiting("Approve") }, ["local-prod", "--stage", "Plan"]);
        assert.match(other.err, /at stage "Plan"\.\n {2}What waits: npm run local:approve -- local-prod --stage Approve/);
    });

    it("is for the local environment only, and for stacks with a pipeline", async () => {
        assert.match((await approve({}, ["dev"])).err, /Stack "dev" runs on a real account\./);
        assert.match((await approve({}, ["local"])).err, /Stack "local" has no pipeline: its delivery is "none"\./);
        assert.match((await approve({}, ["local-prod"])).err, /has no pipeline "container-lambdas-local-prod" yet/);
    });

    it("says so when somebody else was faster", async () => {
        const prod = waiting("Approve");
        prod.answer = async () => {
            throw Object.assign(new Error("x"), { name: "ApprovalAlreadyCompletedException" });
        };
        const { status, err } = await approve({ "local-prod": prod });
        assert.deepEqual([status, /Approve was answered by somebody else, or expired, a moment ago\./.test(err)], [1, true]);
    });
});
