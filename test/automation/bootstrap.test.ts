import { strict as assert } from "node:assert";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Aws } from "../../automation/aws";
import { ensureSeed } from "../../automation/bootstrap/ensureSeed";
import { writeStackFile } from "../../automation/bootstrap/seedFile";
import type { Context, Ports } from "../../automation/context";
import { EngineError } from "../../automation/engine";
import { FakeEngine, fakePorts, handle, type Outcome, plainTerminal, runWith } from "./support";

const PROJECT = join(__dirname, "../..");
const ACCOUNT_FILE = `# Kept as it is.
config:
  aws:region: eu-central-1
  container-lambdas-bootstrap:repository: example/container-lambdas
  container-lambdas-bootstrap:environments:
    - stack: dev
      delivery: branch
    - stack: prod
      delivery: tag
      releasesFrom: dev
`;
const OUTPUTS = {
    stateBucket: "container-lambdas-123456789012-state",
    connectionArn: "arn:aws:codeconnections:eu-central-1:123456789012:connection/1",
    connectionStatus: "PENDING",
    permissionsBoundary: "arn:aws:iam::123456789012:policy/container-lambdas-function-boundary",
};

/** What an engine tells at the end of an operation that creates something, and of one that changes nothing. */
function events(changes: Record<string, number>): EngineEvent[] {
    const stack = { op: "same", urn: "urn:pulumi:account::p::pulumi:pulumi:Stack::p-account", type: "pulumi:pulumi:Stack", provider: "" } as const;
    return [
        { sequence: 1, timestamp: 0, resOutputsEvent: { metadata: { ...stack, new: { ...stack, custom: false, id: "", parent: "", inputs: {}, outputs: OUTPUTS } }, planning: false } },
        { sequence: 2, timestamp: 0, summaryEvent: { maybeCorrupt: false, durationSeconds: 1, resourceChanges: changes, policyPacks: {} } },
    ] as unknown as EngineEvent[];
}

describe("npm run bootstrap", () => {
    let root: string;
    let engine: FakeEngine;
    let asked: string[];
    let started: string[][];

    const run = (argv: readonly string[], ports: Partial<Ports> = {}, environment: NodeJS.ProcessEnv = {}): Promise<Outcome> =>
        runWith(
            root,
            {
                openSeed: async ({ variables }) => {
                    started.push(["engine", variables.PULUMI_BACKEND_URL ?? "the caller's"]);
                    return engine;
                },
                confirm: async (question) => {
                    asked.push(question);
                    return true;
                },
                runInteractive: async (command, args, { PULUMI_BACKEND_URL = "" }) => {
                    started.push([command, ...args.filter((argument) => argument !== root), PULUMI_BACKEND_URL]);
                    return 0;
                },
                ...ports,
            },
            ["bootstrap", ...argv],
            { environment },
        );

    beforeEach(() => {
        root = mkdtempSync(join(tmpdir(), "bootstrap-"));
        mkdirSync(join(root, "bootstrap"));
        cpSync(join(PROJECT, "Pulumi.yaml"), join(root, "Pulumi.yaml"));
        cpSync(join(PROJECT, "bootstrap/Pulumi.yaml"), join(root, "bootstrap/Pulumi.yaml"));
        cpSync(join(PROJECT, "bootstrap/Pulumi.local.yaml"), join(root, "bootstrap/Pulumi.local.yaml"));
        writeFileSync(join(root, "bootstrap/Pulumi.account.yaml"), ACCOUNT_FILE);
        for (const stack of ["dev", "prod", "local-dev", "local-prod"]) {
            writeFileSync(join(root, `Pulumi.${stack}.yaml`), `# ${stack}\nconfig:\n  aws:region: eu-central-1 # here\n`);
        }
        engine = new FakeEngine();
        engine.events = events({ create: 3 });
        asked = [];
        started = [];
    });

    afterEach(() => rmSync(root, { recursive: true, force: true }));

    it("shows what would change, asks, applies it, and writes into the stack files what they must know, comments kept", async () => {
        const { status, out } = await run(["account"]);
        assert.equal(status, 0, out);
        assert.deepEqual(engine.calls.filter((call) => ["preview", "up"].includes(call)), ["preview", "up"]);
        assert.deepEqual(asked, ["Apply this to the account account?"]);
        const dev = readFileSync(join(root, "Pulumi.dev.yaml"), "utf8");
        assert.match(dev, /^# dev\nconfig:\n {2}aws:region: eu-central-1 # here\n/);
        assert.match(dev, /container-lambdas:delivery: branch\n/);
        assert.match(dev, /container-lambdas:connectionArn: arn:aws:codeconnections:eu-central-1:123456789012:connection\/1\n/);
        assert.match(dev, /container-lambdas:stateBucket: container-lambdas-123456789012-state\n/);
        assert.match(readFileSync(join(root, "Pulumi.prod.yaml"), "utf8"), /container-lambdas:releasesFrom: dev\n/);
    });

    it("gives every stack its key, once, in the bucket that it made", async () => {
        writeFileSync(join(root, "Pulumi.prod.yaml"), "config:\n  aws:region: eu-central-1\nencryptedkey: abc\n");
        await run(["account", "--yes"]);
        assert.deepEqual(started.filter(([command]) => command === "pulumi"), [
            ["pulumi", "stack", "init", "dev", "--secrets-provider", "awskms://alias/container-lambdas-secrets?region=eu-central-1", "--non-interactive", "--cwd", "s3://container-lambdas-123456789012-state?region=eu-central-1"],
        ]);
    });

    it("keeps its own state beside its program, unless the caller has a place for it", async () => {
        await run(["account", "--yes"]);
        assert.match(started[0][1], /^file:\/\/.*\/bootstrap$/);
        started = [];
        await run(["account", "--yes"], {}, { PULUMI_BACKEND_URL: "s3://elsewhere" });
        assert.deepEqual(started[0], ["engine", "the caller's"]);
    });

    it("tells the next step: the connection's handshake, the files to commit, the first update", async () => {
        const { json } = await run(["account", "--yes", "--json"]);
        const { next, written } = json() as { next: string[]; written: string[] };
        assert.deepEqual(written, ["Pulumi.dev.yaml", "Pulumi.prod.yaml"]);
        const text = next.join("\n");
        assert.match(text, /https:\/\/eu-central-1\.console\.aws\.amazonaws\.com\/codesuite\/settings\/connections\?region=eu-central-1/);
        assert.match(text, /aws codeconnections get-connection --region eu-central-1 --connection-arn arn:aws:codeconnections:\S+:connection\/1/);
        assert.match(text, /npm run bootstrap -- account --connected/);
        assert.match(text, /commit Pulumi\.dev\.yaml, Pulumi\.prod\.yaml/);
        assert.match(text, /npm run up -- dev/);
    });

    it("remembers that the connection is completed, and asks for no handshake then", async () => {
        const { json } = await run(["account", "--yes", "--connected", "--json"]);
        const { next, written } = json() as { next: string[]; written: string[] };
        assert.ok(written.includes("bootstrap/Pulumi.account.yaml"));
        assert.match(readFileSync(join(root, "bootstrap/Pulumi.account.yaml"), "utf8"), /^# Kept as it is\.[^]*container-lambdas-bootstrap:connected: true/);
        assert.doesNotMatch(next.join("\n"), /get-connection/);
    });

    it("shows the changes and stops with the command to run where nobody can be asked, and where the answer is no", async () => {
        for (const answer of [undefined, false]) {
            engine.calls.length = 0;
            const { status, err } = await run(["account"], { confirm: async () => answer });
            assert.equal(status, 4);
            assert.match(err, /npm run bootstrap -- account --yes/);
            assert.ok(engine.calls.includes("preview") && !engine.calls.includes("up"));
        }
        assert.doesNotMatch(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8"), /delivery/);
    });

    it("asks nothing when nothing would change", async () => {
        engine.events = events({ same: 3 });
        assert.equal((await run(["account"])).status, 0);
        assert.deepEqual(asked, []);
    });

    it("changes no file of a stack when the seed could not be applied", async () => {
        engine.failure = new EngineError("failed", "error: no credentials");
        assert.equal((await run(["account", "--yes"])).status, 1);
        assert.doesNotMatch(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8"), /delivery/);
        assert.deepEqual(started.filter(([command]) => command === "pulumi"), []);
    });

    it("refuses, before anything is called, an unknown account, wrong settings, and stacks that say otherwise", async () => {
        const refused = async (file: string, text: string, expected: RegExp, account = "account"): Promise<void> => {
            const path = join(root, file);
            const before = readFileSync(path, "utf8");
            writeFileSync(path, text);
            const { status, err } = await run([account, "--yes"]);
            writeFileSync(path, before);
            assert.equal(status, 2);
            assert.match(err, expected);
            assert.deepEqual(started, []);
        };
        const { status, err } = await run(["acount"]);
        assert.equal(status, 2);
        assert.match(err, /"acount" has no settings file bootstrap\/Pulumi\.acount\.yaml\. Did you mean "account"\?/);
        await refused("bootstrap/Pulumi.account.yaml", ACCOUNT_FILE.replace("tag", "label"), /environments\.1\.delivery/);
        await refused("bootstrap/Pulumi.account.yaml", ACCOUNT_FILE.replace("stack: prod", "stack: staging"), /Stack "staging" has no settings file/);
        await refused("Pulumi.dev.yaml", "config:\n  container-lambdas:delivery: tag\n", /Pulumi\.dev\.yaml has delivery "tag", and bootstrap\/Pulumi\.account\.yaml has "branch"/);
    });

    it("refuses a stack without pipeline that the rights of one with a pipeline would reach", async () => {
        writeFileSync(join(root, "Pulumi.dev-mine.yaml"), "config:\n  aws:region: eu-central-1\n");
        const { status, err } = await run(["account", "--yes"]);
        assert.equal(status, 2);
        assert.match(err, /The name of the stack "dev-mine" begins with that of "dev"/);
    });

    it("refuses a real account in a shell that leads to an emulator", async () => {
        const { status, err } = await run(["account", "--yes"], {}, { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
        assert.equal(status, 4);
        assert.match(err, /leads to an emulator/);
        assert.deepEqual(started, []);
    });

    it("uses the local environment for its own account, and writes no settings: those stacks' are computed", async () => {
        const { status } = await run(["local", "--yes"], { startLocal: async () => handle });
        assert.equal(status, 0);
        assert.deepEqual(started, [["engine", "the caller's"]]);
        assert.equal(readFileSync(join(root, "Pulumi.local-dev.yaml"), "utf8"), "# local-dev\nconfig:\n  aws:region: eu-central-1 # here\n");
    });

    describe("before a push to the local environment", () => {
        const ensure = (): Promise<void> => {
            const { terminal } = plainTerminal();
            const ports = fakePorts({ openSeed: async () => engine, aws: async () => ({ listObjects: async (bucket: string) => list(bucket) }) as unknown as Aws });
            const context: Context = { root, environment: {}, terminal, signal: new AbortController().signal, shield: (work) => work(), now: () => 0, ports };
            return ensureSeed(context, handle);
        };
        let list: (bucket: string) => string[];
        const applied = (): number => engine.calls.filter((call) => call === "up").length;

        beforeEach(() => {
            list = (bucket) => {
                assert.equal(bucket, OUTPUTS.stateBucket);
                return [];
            };
        });

        it("applies the seed again when somebody has taken it away", async () => {
            await ensure();
            list = () => {
                throw Object.assign(new Error("no bucket"), { name: "NoSuchBucket" });
            };
            await ensure();
            assert.equal(applied(), 2);
        });

        it("applies the seed once, and again only when its sources have changed", async () => {
            await ensure();
            await ensure();
            assert.equal(applied(), 1);
            writeFileSync(join(root, "bootstrap/settings.ts"), "// another");
            await ensure();
            assert.equal(applied(), 2);
        });

        it("takes a seed that failed for none", async () => {
            engine.failure = new EngineError("failed", "error: something");
            await assert.rejects(ensure(), /The seed of the local environment could not be applied/);
            await ensure();
            assert.equal(applied(), 2);
        });
    });

    it("leaves a stack file alone that says everything already", () => {
        const path = join(root, "Pulumi.dev.yaml");
        assert.equal(writeStackFile(path, { "a:b": "c" }), true);
        assert.equal(writeStackFile(path, { "a:b": "c" }), false);
    });
});
