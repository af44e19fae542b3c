import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { CheckReport, Ports } from "../../automation/context";
import { EngineError } from "../../automation/engine";
import type { FunctionModel } from "../../components/manifest/model";
import { parseSettings } from "../../components/settings/parseSettings";
import { FakeLake, lakeOutputs } from "./lake/support";
import { FakeEngine, handle, runWith } from "./support";

const digest = `sha256:${"0a".repeat(32)}`;
const key = "0123456789abcdef0123456789abcdef";
const functionsOutput = { ping: { arn: "a", alias: "arn:live", imageUri: `r/ping@${digest}`, version: "4" } };
const sampleOutputs = { functions: functionsOutput, images: { ping: { key, digest, registered: true } }, ...lakeOutputs };

const ping: FunctionModel = {
    name: "ping", image: "ping", description: "", architecture: "x86_64", memorySize: 128, timeout: 3, ephemeralStorage: 512, environment: {},
    secrets: [], triggers: [], grants: [], statements: [], alarms: {}, smoke: { payload: { question: 1 } },
};

function events(outputs: object, built: boolean): EngineEvent[] {
    const stack = { op: "same" as const, urn: "urn:pulumi:local::p::pulumi:pulumi:Stack::p-local", type: "pulumi:pulumi:Stack", provider: "" };
    const image = { op: "create" as const, urn: `urn:pulumi:local::p::docker:index/image:Image::ping-${key.slice(0, 12)}`, type: "docker:index/image:Image", provider: "" };
    const side = { id: "", parent: "", inputs: {}, provider: "" };
    return [
        ...(built ? [{ sequence: 0, timestamp: 0, resOutputsEvent: { metadata: { ...image, new: { ...side, type: image.type, urn: image.urn, custom: true, outputs: {} } } } }] : []),
        { sequence: 1, timestamp: 0, resOutputsEvent: { metadata: { ...stack, new: { ...side, type: stack.type, urn: stack.urn, outputs } } } },
        { sequence: 2, timestamp: 0, summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges: { create: built ? 1 : 0, same: 9 }, policyPacks: {} } },
    ];
}

describe("local", () => {
    let root: string;
    before(() => {
        root = mkdtempSync(join(tmpdir(), "local-"));
        writeFileSync(join(root, "Pulumi.yaml"), "name: p\n");
        writeFileSync(join(root, "Pulumi.local.yaml"), "encryptionsalt: x\n");
        mkdirSync(join(root, "app/samples"), { recursive: true });
        ["a.json", "b c.json", "verify.py", "README.md"].forEach((name) => writeFileSync(join(root, "app/samples", name), JSON.stringify({ id: name })));
    });
    after(() => rmSync(root, { recursive: true }));

    const { settings } = parseSettings({ project: "p", stack: "local", values: { "aws:region": { value: "us-east-1", file: "f" }, "container-lambdas:runsOn": { value: "emulator", file: "f" } } });
    const report: CheckReport = { problems: [], settings: settings === undefined ? {} : { local: settings }, model: { images: [], functions: [ping] } };

    function ports(outputs: object, account: FakeLake, change: Partial<Ports> & { built?: boolean; verified?: number } = {}): { given: Partial<Ports>; order: string[]; engine: FakeEngine } {
        const order: string[] = [];
        const engine = Object.assign(new FakeEngine(), { events: events(outputs, change.built ?? true) });
        const given: Partial<Ports> = {
            check: async () => {
                order.push("check");
                return report;
            },
            startLocal: async ({ report: say, providers }) => {
                order.push(`start ${providers}`);
                say({ step: "emulator", state: "reused" });
                return { ...handle, python: "/venv/bin/python" };
            },
            openEngine: async () => {
                order.push("engine");
                return engine;
            },
            aws: async () => {
                order.push("aws");
                return account;
            },
            lake: async () => account,
            capture: async (command, args) => {
                order.push(`${command} ${args[0].split("/").at(-1)}`);
                return { status: change.verified ?? 0, output: "a.json: 10 fields equal\n2 of 2 records\n" };
            },
        };
        return { given, order, engine };
    }

    it("validates, starts, deploys, sends the records through every trigger, and ends with a table and the time", async () => {
        const account = new FakeLake();
        const { given, order } = ports(sampleOutputs, account);
        const { status, out, err } = await runWith(root, given, ["local"]);
        assert.deepEqual([status, err], [0, ""]);
        assert.deepEqual(order, ["check", "start undefined", "engine", "aws", "/venv/bin/python verify.py"]);
        const [first, second, ...rest] = account.calls;
        assert.match(first, /^put raw\/raw\/engineering\/meteorites\/samples\/[^/]+\/a\.json$/);
        assert.match(second, /\/b c\.json$/);
        assert.deepEqual(rest, ['later p-local-stage-b-routing live {"flush":true}', "get post-stage/b1.parquet"]);
        for (const line of [
            "✓ emulator  reused",
            "✓ every field compared with the records  2 of 2 records  0.0 s",
            "ping            4  sha256:0a0a0a0a0a0a  128 MB  npm run local:invoke -- ping",
        ]) {
            assert.ok(out.split("\n").includes(line), `${line}\n---\n${out}`);
        }
        assert.match(out, /^✓ bucket trigger, queues, state machine A: records to CSV {2}2 records, s3:\/\/stage\/pre-stage\/\S+ {2}0\.0 s$/m);
        assert.match(out, /^✓ queue, schedule, state machine B: CSV to Parquet {2}s3:\/\/stage\/post-stage\/b1\.parquet {2}0\.0 s$/m);
        assert.match(out, /Ready after 0\.0 s \(up: 0\.0 s\)\. Next:/);
    });

    it("prints the contract's JSON as the only line of stdout with --json", async () => {
        const { given } = ports(sampleOutputs, new FakeLake());
        const { out, json } = await runWith(root, given, ["local", "--json"]);
        assert.equal(out.split("\n").length, 2);
        const { seconds, ...rest } = json() as { seconds: Record<string, number> };
        assert.deepEqual(rest, {
            stack: "local",
            outcome: "succeeded",
            images: [{ name: "ping", key, digest, built: true }],
            functions: [{ name: "ping", imageUri: `r/ping@${digest}`, version: "4", alias: "arn:live" }],
            resources: { created: 1, updated: 0, replaced: 0, deleted: 0, unchanged: 9 },
        });
        assert.ok("total" in seconds && "up" in seconds);
    });

    it("does not call an image built that this run did not build", async () => {
        const { given } = ports(sampleOutputs, new FakeLake(), { built: false });
        const { json } = await runWith(root, given, ["local", "--json", "--no-demo"]);
        assert.deepEqual((json().images as { built: boolean }[]).map(({ built }) => built), [false]);
    });

    it("invokes nothing with --no-demo, and passes the choice of providers on", async () => {
        const { given, order } = ports(sampleOutputs, new FakeLake());
        await runWith(root, given, ["local", "--no-demo", "--providers", "official"]);
        assert.deepEqual(order, ["check", "start official", "engine"]);
    });

    it("calls the functions that have a smoke test when the sample application was replaced, and says so", async () => {
        const account = new FakeLake();
        const { given } = ports({ functions: functionsOutput }, account);
        const { status, out } = await runWith(root, given, ["local"]);
        assert.deepEqual([status, account.calls], [0, ['invoke p-local-ping live {"question":1}']]);
        assert.match(out, /the sample application is not here; functions with a smoke test are called instead/);
    });

    it("fails with exit 1 when the Parquet rows differ from the records", async () => {
        const { given } = ports(sampleOutputs, new FakeLake(), { verified: 1 });
        const { status, err } = await runWith(root, given, ["local"]);
        assert.equal(status, 1);
        assert.match(err, /The Parquet rows differ from the records:\na\.json: 10 fields equal/);
    });

    it("invokes nothing after a failed deployment", async () => {
        const { given, order, engine } = ports(sampleOutputs, new FakeLake());
        engine.failure = new EngineError("failed", "x");
        const { status } = await runWith(root, given, ["local"]);
        assert.deepEqual([status, order.at(-1)], [1, "engine"]);
    });
});
