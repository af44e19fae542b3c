import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ports } from "../../../automation/context";
import { runDemoSteps, showDemo } from "../../../automation/lake/demo";
import type { SampleOptions } from "../../../automation/lake/samples";
import { StepLines } from "../../../automation/steps";
import { FakeEngine, handle, plainTerminal, runWith } from "../support";
import { FakeLake, lake, lakeOutputs, movingClock } from "./support";

describe("the demo of the data lake", () => {
    let root: string;
    before(() => {
        root = mkdtempSync(join(tmpdir(), "demo-"));
        writeFileSync(join(root, "Pulumi.yaml"), "name: p\n");
        mkdirSync(join(root, "app/samples"), { recursive: true });
        ["a.json", "b c.json", "ü.json"].forEach((name, index) => writeFileSync(join(root, "app/samples", name), JSON.stringify({ id: `id-${index}` })));
        writeFileSync(join(root, "app/samples/verify.py"), "");
    });
    after(() => rmSync(root, { recursive: true }));

    function scene(change: Partial<SampleOptions> = {}): { account: FakeLake; options: SampleOptions; terminal: ReturnType<typeof plainTerminal> } {
        const clock = movingClock();
        const account = new FakeLake(clock);
        const options: SampleOptions = {
            root, lake, clock, project: "p", stack: "local", aws: account, client: account, capture: account.capture, python: "python",
            signal: new AbortController().signal, interval: 0, patience: 20_000, ...change,
        };
        return { account, options, terminal: plainTerminal() };
    }

    it("prints a line an object and stage in their order, then the rows and the history", async () => {
        const { account, options, terminal: { terminal, stdout } } = scene();
        const document = await showDemo(options, { terminal, now: () => 0 });
        for (const name of ["a.json  ", "b c.json", "ü.json  "]) {
            const own = stdout.lines.filter((line) => line.startsWith(`✓ ${name}`)).map((line) => line.split(/ {2,}/).at(-2));
            assert.deepEqual(own, ["landed", "catalogued", "CSV", "waiting", "batch", "Parquet"], stdout.text);
        }
        assert.deepEqual(document.objects[1].stages.map(({ stage }) => stage), ["landed", "catalogued", "CSV", "waiting", "batch", "Parquet"]);
        assert.equal(document.rows, 3);
        assert.deepEqual(document.history.map(({ stage, status, objects }) => [stage, status, objects.length]), [["A", "SUCCEEDED", 1], ["A", "SUCCEEDED", 1], ["A", "SUCCEEDED", 1], ["B", "SUCCEEDED", 3]]);
        assert.ok(stdout.lines.includes("id-1"), stdout.text);
        assert.match(stdout.text, /^A {6}a-1 {8}SUCCEEDED {2}b c\.json/m);
        assert.match(stdout.text, /3 records became rows of s3:\/\/stage\/post-stage\/b1\.parquet/);
        assert.deepEqual(account.calls.filter((call) => /^(?:later|delete|python)/.test(call)), ["python verify.py", "python parquet_rows.py"]);
    });

    it("fires the schedule of stage B once when fewer wait than it starts with, and not when enough do", async () => {
        const { account, options, terminal: { terminal, stdout } } = scene();
        account.minimum = 10;
        await showDemo(options, { terminal, now: () => 0 });
        assert.deepEqual(account.calls.filter((call) => call.startsWith("later")), ['later p-local-stage-b-routing live {"flush":true}']);
        assert.match(stdout.text, /its schedule was fired/);
    });

    it("lets objects that wait from before go first, so that they do not come into one file with its own", async () => {
        const { account, options, terminal: { terminal } } = scene();
        account.minimum = 10;
        account.objects.set("old", { id: "old", status: "WAITING" });
        const moved = account.countItems.bind(account);
        account.countItems = async () => {
            const waiting = await moved();
            account.move();
            return waiting;
        };
        await showDemo(options, { terminal, now: () => 0 });
        assert.ok(account.calls[0].startsWith("later p-local-stage-b-routing"), account.calls[0]);
        assert.equal(account.objects.get("old")?.batch, "b1");
        assert.equal(account.objects.get([...account.objects.keys()].find((id) => id.endsWith("a.json") && id.startsWith("raw/")) ?? "")?.batch, "b2");
    });

    it("can run a second time: the records land in another folder", async () => {
        const { account, options } = scene();
        for (let run = 0; run < 2; run += 1) {
            await showDemo(options, { terminal: plainTerminal().terminal, now: () => 0 });
        }
        const puts = account.calls.filter((call) => call.startsWith("put"));
        assert.equal(new Set(puts).size, 6);
    });

    it("tells of a failed object its reason, its queue and the log to look at", async () => {
        const { account, options, terminal: { terminal } } = scene();
        account.troubles.set("b c", "fails in A");
        await assert.rejects(showDemo(options, { terminal, now: () => 0 }), (error: Error) => {
            assert.match(error.message, /^"b c\.json" failed after "catalogued": no JSON\n {2}Its message is on stage A's dead-letter queue\.\n {2}Next: see npm run local:logs -- stage-a-process-object;.*local:invoke -- stage-a-redrive/);
            return true;
        });
    });

    it("tells of a failed batch, whose objects stay its own, by the message that was given up", async () => {
        const { account, options, terminal: { terminal } } = scene();
        account.troubles.set("raw/", "fails in B");
        await assert.rejects(showDemo(options, { terminal, now: () => 0 }), /stage B's dead-letter queue: the transform raised[^]*given up by p-local-stage-b-error[^]*local:logs -- stage-b-process-data; [^]*stage-b-redrive/);
    });

    it("tells of a message on a dead-letter queue before its time is up", async () => {
        const { account, options, terminal: { terminal } } = scene({ patience: 1_000_000 });
        account.troubles.set("ü", "stuck");
        account.putObject = async (bucket, key, body) => {
            await FakeLake.prototype.putObject.call(account, bucket, key, body);
            account.letters.set("q/routing-dlq", [{ id: "1", body: `{"key":"${key}"}`, attributes: { reason: "unknown dataset", source: "routing" } }, { id: "2", body: "of another run", attributes: {} }]);
        };
        await assert.rejects(showDemo(options, { terminal, now: () => 0 }), /A message of this run is on the routing's dead-letter queue: unknown dataset[^]*given up by routing[^]*local:logs -- routing; [^]*local:invoke -- redrive/);
    });

    it("gives up when nothing moves, and names the object, its last stage and the function it waits for", async () => {
        const { account, options, terminal: { terminal } } = scene();
        account.troubles.set("ü", "stuck");
        await assert.rejects(showDemo(options, { terminal, now: () => 0 }), /3 of 3 objects did not reach "Parquet", and nothing moved for 20 s\. The least far is "\\u00fc\.json", last seen as "landed"\.[^]*local:logs -- routing\./);
    });

    it("ends at once when it is interrupted", async () => {
        const interrupt = new AbortController();
        const { account, options, terminal: { terminal } } = scene({ signal: interrupt.signal, interval: 60_000 });
        account.troubles.set("ü", "stuck");
        const running = showDemo(options, { terminal, now: () => 0 });
        setImmediate(() => interrupt.abort());
        await assert.rejects(running, { name: "AbortError" });
    });

    it("is a step for each half of the way where it is part of a longer command", async () => {
        const { account, options, terminal: { terminal, stdout } } = scene();
        account.minimum = 10;
        const steps = new StepLines(terminal, () => 0);
        await runDemoSteps(options, steps);
        steps.close();
        assert.deepEqual(Object.keys(steps.seconds()), ["bucket trigger, queues, state machine A: records to CSV", "queue, schedule, state machine B: CSV to Parquet", "every field compared with the records"]);
        assert.match(stdout.text, /✓ bucket trigger, queues, state machine A: records to CSV {2}3 records, s3:\/\/stage\/pre-stage\/engineering\/meteorites\/samples\/2026-01-31T12-/);
        assert.match(stdout.text, /✓ queue, schedule, state machine B: CSV to Parquet {2}s3:\/\/stage\/post-stage\/b1\.parquet/);
    });

    describe("as a command", () => {
        const ports = (account: FakeLake, outputs: object): Partial<Ports> => ({
            runningLocal: async () => ({ ...handle, python: "python" }),
            openEngine: async () => Object.assign(new FakeEngine(), { state: { version: 3, deployment: { resources: [{ urn: "u", type: "pulumi:pulumi:Stack", outputs }] } } }),
            aws: async () => account,
            lake: async () => account,
            capture: account.capture,
        });

        it("prints one document with --json", async () => {
            const { status, out, json } = await runWith(root, ports(new FakeLake(), lakeOutputs), ["local:demo", "--json"]);
            assert.deepEqual([status, out.split("\n").length], [0, 2]);
            assert.deepEqual(Object.keys(json()), ["history", "objects", "rows", "seconds"]);
        });

        it("says that it needs the sample where the application is another one", async () => {
            const { status, err } = await runWith(root, ports(new FakeLake(), { functions: {} }), ["local:demo"]);
            assert.equal(status, 1);
            assert.match(err, /stack "local" has not the outputs of the sample data lake\.[^]*needs the sample application[^]*npm run local/);
        });
    });
});
