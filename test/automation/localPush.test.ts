import { strict as assert } from "node:assert";
import type { Ports } from "../../automation/context";
import type { PushEvent } from "../../automation/pipeline/push";
import type { Run } from "../../automation/pipeline/run";
import { deliveryProject, fakeGit, running } from "./deliverySupport";
import { action, at, commitId, FakePipelines, run, runId, stage } from "./pipeline/support";
import { FakeEngine, handle, type Outcome, runWith } from "./support";

const head = commitId("a");
const done = (more: Partial<Run> = {}): Run => run("a", { status: "Succeeded", ended: at(40), stages: [stage("Source", [action("Source", 0, 2)])], ...more });

describe("local:push", () => {
    let project: ReturnType<typeof deliveryProject>;
    before(() => (project = deliveryProject()));
    after(() => project.remove());

    const pushed: PushEvent[] = [];
    const git = { "rev-parse --verify --quiet --end-of-options HEAD^{commit}": `${head}\n`, log: "Quote CSV\n", status: "", "ls-tree": "", "-c core.quotePath=false ls-tree": "a\nb\n" };
    function push(pictures: readonly (readonly Run[])[], argv: readonly string[] = [], change: { ports?: Partial<Ports>; git?: object } = {}, signal?: AbortSignal): Promise<Outcome> {
        pushed.length = 0;
        const ports: Partial<Ports> = {
            ...running,
            check: project.check,
            capture: fakeGit({ ...git, ...change.git }),
            pipelines: async () => new FakePipelines(pictures),
            push: async (_, event) => {
                pushed.push(event);
                return [runId("a")];
            },
            ...change.ports,
        };
        return runWith(project.root, ports, ["local:push", ...argv], signal === undefined ? {} : { signal });
    }

    it("pushes HEAD to the stack's branch, follows the run to its end and exits 0", async () => {
        const { status, out, json } = await push([[done()]], ["--json"]);
        assert.deepEqual(pushed, [{ repository: "o/n", branch: "main", commit: head, message: "Quote CSV", paths: ["a", "b"] }]);
        assert.deepEqual([status, out.split("\n").length], [0, 2]);
        assert.deepEqual(json(), {
            stack: "local-dev", seconds: 0,
            executions: [{
                id: runId("a"), status: "Succeeded", commit: head, version: 1, generation: 0, trigger: "a push", seconds: 40,
                stages: [{ name: "Source", status: "Succeeded", seconds: 2, actions: [{ name: "Source", status: "Succeeded", seconds: 2, outputs: {} }] }],
            }],
        });
    });

    it("shows the run as lines where nothing can be drawn", async () => {
        const { out } = await push([[done()]], [], { git: { status: " M a\n?? b\n" } });
        assert.deepEqual(out.split("\n"), [
            "! Uncommitted changes of 2 files are not part of it.",
            "Pushed aaaaaaaaa as branch main: 2 paths changed.",
            'The commands below work in a shell with the environment: eval "$(npm run -s local:env)"',
            'run aaaaaaaa: commit aaaaaaaaa "Change a", on version 1 of the pipeline',
            "✓ Source  2.0 s",
            "✓ run aaaaaaaa succeeded after 40.0 s",
            "",
        ]);
    });

    it("exits 1 with the end of the failing build's log and the command to all of it", async () => {
        const client = new FakePipelines([[done({ status: "Failed", stages: [stage("Build", [action("Build", 1, 4, { status: "Failed", error: "Build failed", externalId: "p-build:1-2" })], { status: "Failed" })] })]]);
        client.log = ["left out", ...Array.from({ length: 29 }, (_, index) => `line ${index}`), "npm ERR! \u001b[31mno such script", "[Container] 2026/01/31 12:00:00.1 Phase complete: BUILD State: FAILED", "[Container] 2026/01/31 12:00:00.1 Phase context status code:  Message: "];
        const { status, err } = await push([], [], { ports: { pipelines: async () => client } });
        assert.equal(status, 1);
        const lines = err.split("\n");
        assert.deepEqual([lines[0], lines[1], lines.length], ["✗ Build: Build failed", "    line 0", 33]);
        assert.equal(lines.slice(30).join("\n"), "    npm ERR! no such script\n  The whole log: aws logs tail /aws/codebuild/p-build --log-stream-names 1-2 --since 1d\n");
    });

    it("says by which run it was superseded, and exits 1, because this commit did not arrive", async () => {
        const { status, out } = await push([[done({ status: "Superseded" }), run("b", { started: at(3) })]]);
        assert.deepEqual([status, out.split("\n").at(-2)], [1, "! run aaaaaaaa was superseded after 40.0 s by run bbbbbbbb of commit bbbbbbbbb"]);
    });

    it("follows the run that a self-update started, and exits as that one ended", async () => {
        const old = done({ status: "Stopped", stages: [stage("SelfUpdate", [action("SelfUpdate", 2, 9, { outputs: { RESULT: "restarted" } })])] });
        const next = run("b", { commit: head, generation: 1, started: at(9), version: 2, status: "Succeeded", ended: at(60) });
        const { status, json, err } = await push([[old, next]], ["--json"]);
        assert.deepEqual([status, (json().executions as { version: number }[]).map(({ version }) => version)], [0, [1, 2]]);
        assert.match(err, /run aaaaaaaa was stopped after 40\.0 s; run bbbbbbbb of commit aaaaaaaaa goes on\nrun bbbbbbbb: .*\n✓ run bbbbbbbb succeeded/);
    });

    it("tells what changed since the last run's commit, and since its parent when a commit is pushed again", async () => {
        const last = commitId("9");
        const differences = { [`cat-file -e ${last}^{commit}`]: "", [`-c core.quotePath=false diff --name-only --no-renames ${last} ${head}`]: "since-last\n" };
        await push([[run("9", { status: "Succeeded", ended: at(1) }), run("a", { commit: undefined })]], ["--detach"], { git: differences });
        assert.deepEqual(pushed[0].paths, ["since-last"]);
        const again = { [`cat-file -e ${head}^^{commit}`]: "", [`-c core.quotePath=false diff --name-only --no-renames ${head}^ ${head}`]: "since-parent\n" };
        await push([[done()]], ["--detach"], { git: again });
        assert.deepEqual(pushed[0].paths, ["since-parent"]);
    });

    it("follows the runs of its own pipeline only, whatever else the push started", async () => {
        const others = async () => [runId("f"), runId("a")];
        const { json } = await push([[done()]], ["--detach", "--json"], { ports: { push: others } });
        assert.deepEqual(json().executions, [{ id: runId("a"), commit: head }]);
    });

    it("with --detach starts the run and says how to watch it", async () => {
        const { status, out } = await push([[run("a")]], ["--detach"]);
        assert.equal(status, 0);
        assert.match(out, /Started run aaaaaaaa\. Watch it with: npm run pipeline -- local-dev\n$/);
    });

    it("on Ctrl-C leaves the run alone, says how to go on watching, and exits 130", async () => {
        const controller = new AbortController();
        const client = new (class extends FakePipelines {
            override async state() {
                controller.abort();
                return super.state();
            }
        })([[run("a")]]);
        const ports: Partial<Ports> = { pipelines: async () => client };
        const { status, out } = await push([], [], { ports }, controller.signal);
        assert.deepEqual([status, out.split("\n").at(-2)], [130, "No longer followed; the run goes on. Watch it with: npm run pipeline -- local-dev"]);
    });

    it("of a tag runs the pipeline of stack local-prod on the tag's commit", async () => {
        const tagged = { "rev-parse --verify --quiet --end-of-options refs/tags/v1.2.3^{commit}": `${commitId("c")}\n` };
        await push([[run("a")]], ["--tag", "v1.2.3", "--detach"], { git: tagged });
        assert.deepEqual([pushed[0].tag, pushed[0].branch, pushed[0].commit], ["v1.2.3", undefined, commitId("c")]);
        const other = await push([[run("a")]], ["HEAD", "--tag", "v1.2.3"], { git: tagged });
        assert.equal(other.status, 2);
        assert.match(other.err, /"HEAD" is commit aaaaaaaaa, and this repository has tag "v1\.2\.3" on ccccccccc\./);
    });

    it("refuses bad input before anything is started", async () => {
        const nothing = { ports: { startLocal: async () => assert.fail("started") } };
        assert.match((await push([], ["--tag", "v1", "--branch", "x"], nothing)).err, /--tag and --branch were both given/);
        const unknown = await push([], ["nosuch"], { ...nothing, git: { "rev-parse --git-dir": ".git", "for-each-ref": "main\n" } });
        assert.deepEqual([unknown.status, /"nosuch" names no commit of this repository/.test(unknown.err)], [2, true]);
    });

    it("says that no trigger takes a branch that the pipeline does not follow", async () => {
        const { status, err } = await push([[done()]], ["--branch", "feature"], { ports: { push: async () => [] } });
        assert.equal(status, 1);
        assert.match(err, /The push of branch "feature" started no run: .*\n {2}It takes branch main, where more than documents changed\./);
    });

    it("brings up seed and delivery part first where there is no pipeline yet, and follows the run with which that begins", async () => {
        const client = new FakePipelines([[], [run("a", { commit: undefined })], [run("a")], [done()]]);
        client.missing = true;
        const engine = new FakeEngine();
        const opened: Readonly<Record<string, string>>[] = [];
        const seeded: string[] = [];
        const ports: Partial<Ports> = {
            pipelines: async () => client,
            ensureSeed: async (_, { endpoint }) => void seeded.push(endpoint),
            deliveryTargets: async ({ project: name, stack }, recorded) => [`${name} ${stack} **delivery** of state ${recorded?.version}`],
            openEngine: async ({ variables }) => {
                opened.push(variables);
                return engine;
            },
        };
        engine.onRun = () => {
            client.missing = false;
            client.looks++;
        };
        client.runs = async (...asked) => {
            const listed = await FakePipelines.prototype.runs.apply(client, asked);
            client.looks += listed[0]?.commit === undefined ? 1 : 0;
            return listed;
        };
        const { status, out } = await push([], [], { ports });
        assert.deepEqual([status, seeded, pushed], [0, [handle.endpoint], []]);
        assert.deepEqual(engine.calls.filter((call) => call.startsWith("up")), ["up container-lambdas local-dev **delivery** of state 3"]);
        assert.equal(opened.at(-1)?.CONTAINER_LAMBDAS_SCOPE, "delivery");
        assert.match(out, /Pipeline container-lambdas-local-dev is new: the delivery part of stack local-dev is brought up\.\n/);
        assert.match(out, /The new pipeline began with aaaaaaaaa by itself: nothing to push\.\n/);
    });

    it("pushes to a new pipeline when that began with another commit", async () => {
        const client = new FakePipelines([[run("9"), run("a")]]);
        client.missing = true;
        const engine = new FakeEngine();
        engine.onRun = () => (client.missing = false);
        const ports: Partial<Ports> = { pipelines: async () => client, ensureSeed: async () => undefined, deliveryTargets: async () => [], openEngine: async () => engine };
        client.runs = async () => [run("a", { commit: undefined }), run("9")].slice(pushed.length === 0 ? 1 : 0);
        const { status } = await push([], ["--detach"], { ports });
        assert.deepEqual([status, pushed.length], [0, 1]);
    });

    it("pushes nothing when the pipeline could not be brought up", async () => {
        const client = new FakePipelines([[]]);
        client.missing = true;
        const engine = Object.assign(new FakeEngine(), { failure: new Error("broken") });
        const { status } = await push([], [], { ports: { pipelines: async () => client, ensureSeed: async () => undefined, deliveryTargets: async () => [], openEngine: async () => engine } });
        assert.deepEqual([status, pushed], [1, []]);
    });
});
