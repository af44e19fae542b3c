import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Aws } from "../../automation/aws";
import type { CheckReport, Ports } from "../../automation/context";
import { EngineError } from "../../automation/engine";
import type { FunctionModel } from "../../components/manifest/model";
import { parseSettings } from "../../components/settings/parseSettings";
import { FakeEngine, handle, runWith } from "./support";

const digest = `sha256:${"0a".repeat(32)}`;
const key = "0123456789abcdef0123456789abcdef";
const functionsOutput = { ping: { arn: "a", alias: "arn:live", imageUri: `r/ping@${digest}`, version: "4" } };
const sampleOutputs = { functions: functionsOutput, images: { ping: { key, digest, registered: true } }, rawBucket: "raw", stageBucket: "stage", queues: { conversions: "http://q" } };

const ping: FunctionModel = {
    name: "ping", image: "ping", description: "", architecture: "x86_64", memorySize: 128, timeout: 3, ephemeralStorage: 512, environment: {},
    secrets: [], triggers: [], grants: [], statements: [], alarms: {}, smoke: { payload: { question: 1 } },
};

/** An account in which the sample's functions work at once. */
class WorkingAccount implements Aws {
    readonly calls: string[] = [];
    readonly stage = new Set<string>(["csv/meteorites/samples/stale.csv", "csv/meteorites/mine.csv"]);
    converts = true;

    async invoke(name: string, payload: string, qualifier?: string): Promise<{ payload: string; log: string }> {
        this.calls.push(`invoke ${name} ${qualifier} ${payload}`);
        return { payload: '{"message":"pong"}', log: "" };
    }
    async listFunctions(): Promise<string[]> {
        return [];
    }
    async findEventSourceMapping(): Promise<undefined> {}
    async readLogs(): Promise<[]> {
        return [];
    }
    async putObject(bucket: string, key: string): Promise<void> {
        this.calls.push(`put ${bucket} ${key}`);
        if (this.converts) {
            this.stage.add(`csv/${key.replace(/json$/, "csv")}`);
        }
    }
    async listObjects(_: string, prefix: string): Promise<string[]> {
        return [...this.stage].filter((key) => key.startsWith(prefix));
    }
    async deleteObject(bucket: string, key: string): Promise<void> {
        this.calls.push(`delete ${bucket} ${key}`);
        this.stage.delete(key);
    }
    async getObject(): Promise<Uint8Array> {
        return Buffer.from("PAR1");
    }
    async sendMessage(queue: string, body: string): Promise<void> {
        this.calls.push(`send ${queue} ${body}`);
        this.stage.add(JSON.parse(body).target);
    }
}

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
        ["a.json", "b c.json", "verify.py", "README.md"].forEach((name) => writeFileSync(join(root, "app/samples", name), "{}"));
    });
    after(() => rmSync(root, { recursive: true }));

    const { settings } = parseSettings({ project: "p", stack: "local", values: { "aws:region": { value: "us-east-1", file: "f" }, "container-lambdas:runsOn": { value: "emulator", file: "f" } } });
    const report: CheckReport = { problems: [], settings: settings === undefined ? {} : { local: settings }, model: { images: [], functions: [ping] } };

    function ports(outputs: object, account: Aws, change: Partial<Ports> & { built?: boolean; verified?: number } = {}): { given: Partial<Ports>; order: string[]; engine: FakeEngine } {
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
            capture: async (command, args) => {
                order.push(`${command} ${args[0].split("/").at(-1)}`);
                return { status: change.verified ?? 0, output: "a.json: 10 fields equal\n2 of 2 records\n" };
            },
        };
        return { given, order, engine };
    }

    it("validates, starts, deploys, sends the records through every trigger, and ends with a table and the time", async () => {
        const account = new WorkingAccount();
        const { given, order } = ports(sampleOutputs, account);
        const { status, out, err } = await runWith(root, given, ["local"]);
        assert.deepEqual([status, err], [0, ""]);
        assert.deepEqual(order, ["check", "start undefined", "engine", "aws", "/venv/bin/python verify.py"]);
        assert.deepEqual(account.calls, [
            "delete stage csv/meteorites/samples/stale.csv",
            "delete stage parquet/meteorites/samples.parquet",
            "put raw meteorites/samples/a.json",
            "put raw meteorites/samples/b c.json",
            'send http://q {"prefix":"csv/meteorites/samples/","target":"parquet/meteorites/samples.parquet"}',
            "invoke p-local-ping live {}",
        ]);
        for (const line of [
            "✓ emulator  reused",
            "✓ bucket trigger: 2 records to CSV  s3://stage/csv/meteorites/samples/  0.0 s",
            "✓ queue trigger: CSV to Parquet  s3://stage/parquet/meteorites/samples.parquet  0.0 s",
            "✓ every field compared with the records  2 of 2 records  0.0 s",
            "✓ direct call: ping  pong  0.0 s",
            "ping            4  sha256:0a0a0a0a0a0a  128 MB  npm run local:invoke -- ping",
        ]) {
            assert.ok(out.split("\n").includes(line), `${line}\n---\n${out}`);
        }
        assert.match(out, /Ready after 0\.0 s \(up: 0\.0 s\)\. Next:/);
    });

    it("prints the contract's JSON as the only line of stdout with --json", async () => {
        const { given } = ports(sampleOutputs, new WorkingAccount());
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
        const { given } = ports(sampleOutputs, new WorkingAccount(), { built: false });
        const { json } = await runWith(root, given, ["local", "--json", "--no-demo"]);
        assert.deepEqual((json().images as { built: boolean }[]).map(({ built }) => built), [false]);
    });

    it("invokes nothing with --no-demo, and passes the choice of providers on", async () => {
        const { given, order } = ports(sampleOutputs, new WorkingAccount());
        await runWith(root, given, ["local", "--no-demo", "--providers", "official"]);
        assert.deepEqual(order, ["check", "start official", "engine"]);
    });

    it("calls the functions that have a smoke test when the sample application was replaced, and says so", async () => {
        const account = new WorkingAccount();
        const { given } = ports({ functions: functionsOutput }, account);
        const { status, out } = await runWith(root, given, ["local"]);
        assert.deepEqual([status, account.calls], [0, ['invoke p-local-ping live {"question":1}']]);
        assert.match(out, /the sample application is not here; functions with a smoke test are called instead/);
    });

    it("fails with exit 1 when the Parquet file differs from the records", async () => {
        const { given } = ports(sampleOutputs, new WorkingAccount(), { verified: 1 });
        const { status, err } = await runWith(root, given, ["local"]);
        assert.equal(status, 1);
        assert.match(err, /The Parquet file differs from the records:\na\.json: 10 fields equal/);
    });

    it("invokes nothing after a failed deployment", async () => {
        const { given, order, engine } = ports(sampleOutputs, new WorkingAccount());
        engine.failure = new EngineError("failed", "x");
        const { status } = await runWith(root, given, ["local"]);
        assert.deepEqual([status, order.at(-1)], [1, "engine"]);
    });
});
