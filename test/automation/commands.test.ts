import { strict as assert } from "node:assert";
import type { CheckReport, Ports } from "../../automation/context";
import { EngineError } from "../../automation/engine";
import type { Settings } from "../../components/settings/definitions";
import { parseSettings } from "../../components/settings/parseSettings";
import { running, scratchProject } from "./commandSupport";
import { FakeEngine, handle, recorded, runWith } from "./support";

function settingsOf(runsOn: Settings["runsOn"]): Settings {
    const { settings, problems } = parseSettings({
        project: "container-lambdas",
        stack: "s",
        values: { "aws:region": { value: "us-east-1", file: "f" }, "container-lambdas:runsOn": { value: runsOn, file: "f" } },
    });
    return settings ?? assert.fail(JSON.stringify(problems));
}

const valid: CheckReport = { problems: [], settings: { local: settingsOf("emulator"), prod: settingsOf("account") }, model: { images: [], functions: [] } };
const invalid: CheckReport = { ...valid, problems: [{ file: "app/functions/a/function.yaml", line: 3, rule: "is wrong", fix: "mend it" }] };

describe("commands", () => {
    const project = scratchProject();

    describe("with bad input", () => {
        it("print the one report on stderr and exit 2 before anything is started", async () => {
            for (const argv of [["local"], ["up", "prod"], ["preview", "local"], ["check"], ["destroy", "local"], ["status", "prod"]]) {
                const { status, err, out } = await runWith(project.root(), { check: async () => invalid }, argv);
                assert.deepEqual([status, out], [2, ""], argv.join(" "));
                assert.match(err, /function\.yaml:3: is wrong\. Fix: mend it\.\n1 problem in 1 file; nothing was called or changed\./);
            }
        });

        it("give the problems as data with --json", async () => {
            const { json } = await runWith(project.root(), { check: async () => invalid }, ["check", "--json"]);
            assert.deepEqual(json().problems, invalid.problems);
        });

        it("name the nearest stack", async () => {
            const { status, err } = await runWith(project.root(), {}, ["up", "locall"]);
            assert.equal(status, 2);
            assert.match(err, /Stack "locall" has no settings file in .*\. Did you mean "local"\?\n {2}Stacks of this checkout: local, prod\./);
        });
    });

    describe("check", () => {
        it("looks at all stacks, or at one", async () => {
            const asked: unknown[] = [];
            const check: Ports["check"] = async (options) => {
                asked.push(options);
                return valid;
            };
            const { status, out } = await runWith(project.root(), { check }, ["check"]);
            await runWith(project.root(), { check }, ["check", "prod"]);
            assert.deepEqual([status, asked], [0, [{ stacks: ["local", "prod"], manifests: true }, { stacks: ["prod"], manifests: true }]]);
            assert.match(out, /No problems: 2 stacks \(local, prod\)/);
        });
    });

    describe("up", () => {
        const engine = (): FakeEngine => Object.assign(new FakeEngine(), { events: recorded("up-replaced") });
        const used: { variables?: unknown; bin?: string }[] = [];
        const portsWith = (fake: FakeEngine, extra: Partial<Ports> = {}): Partial<Ports> => ({
            check: async () => valid,
            openEngine: async (options) => {
                used.push(options);
                return fake;
            },
            ...extra,
        });

        it("of a stack on the emulator starts it and uses its variables and engine", async () => {
            const { status, json } = await runWith(project.root(), portsWith(engine(), { startLocal: async () => handle }), ["up", "local", "--json"]);
            assert.deepEqual([status, used.at(-1)], [0, { variables: handle.variables, bin: handle.bin }]);
            assert.deepEqual(Object.keys(json()), ["functions", "images", "outcome", "resources", "seconds", "stack"]);
            assert.deepEqual(json().resources, { created: 0, updated: 1, replaced: 1, deleted: 2, unchanged: 2 });
        });

        it("of any other stack leaves the caller's environment alone", async () => {
            assert.equal((await runWith(project.root(), portsWith(engine()), ["up", "prod"])).status, 0);
            assert.deepEqual(used.at(-1), { variables: {}, bin: undefined });
        });

        it("of a stack for a real account is refused with exit 4 in a shell with the emulator's environment", async () => {
            const { status, err } = await runWith(project.root(), { check: async () => valid }, ["up", "prod"], { environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" } });
            assert.equal(status, 4);
            assert.match(err, /Stack "prod": AWS_ENDPOINT_URL is "http:\/\/127\.0\.0\.1:4566"\. It leads to an emulator/);
        });

        it("exits 1 when it failed, 3 when locked, and says so in JSON as well", async () => {
            const failed = Object.assign(engine(), { failure: new EngineError("failed", "no") });
            const { status, json } = await runWith(project.root(), portsWith(failed), ["up", "prod", "--json"]);
            assert.deepEqual([status, json().outcome], [1, "failed"]);
            const held = Object.assign(engine(), { failure: new EngineError("locked", "no") });
            const locked = await runWith(project.root(), portsWith(held), ["up", "prod", "--json"]);
            assert.deepEqual([locked.status, locked.json().exitCode], [3, 3]);
        });
    });

    describe("destroy", () => {
        it("of anything but the local stack needs the name twice", async () => {
            for (const argv of [["destroy", "prod"], ["destroy", "prod", "--confirm", "dev"]]) {
                const { status, err } = await runWith(project.root(), {}, argv);
                assert.deepEqual([status, /npm run destroy -- prod --confirm prod/.test(err)], [4, true]);
            }
        });

        it("lists what it keeps", async () => {
            const fake = Object.assign(new FakeEngine(), { events: recorded("destroy-retained") });
            const { status, out } = await runWith(project.root(), { ...running, check: async () => valid, openEngine: async () => fake }, ["destroy", "local"]);
            assert.equal(status, 0);
            assert.match(out, /Kept outside the state, on purpose: kept-0123456789ab\./);
        });

        it("of the local stack asks to start the environment when it is not running", async () => {
            const { status, err } = await runWith(project.root(), { check: async () => valid, runningLocal: async () => undefined }, ["destroy", "local"]);
            assert.equal(status, 1);
            assert.match(err, /not running\.\n {2}Next: start it with "npm run local"/);
        });
    });

    describe("status", () => {
        it("shows what runs, what is unfinished and who holds the lock", async () => {
            const fake = new FakeEngine();
            const functions = { ping: { arn: "a", alias: "arn:aws:lambda:r:0:function:p:live", imageUri: `r/ping@sha256:${"ab".repeat(32)}`, version: "7" } };
            fake.state = { version: 3, deployment: { resources: [{ urn: "u", type: "pulumi:pulumi:Stack", outputs: { functions } }], pending_operations: [{ type: "creating", resource: {} }] } };
            const owner = { pid: 1, user: "ada", host: "h", since: "t" };
            const { out, status } = await runWith(project.root(), { ...running, check: async () => valid, openEngine: async () => fake, lockOwners: async () => [owner] }, ["status", "local"]);
            assert.deepEqual([status, out.split("\n")], [0, [
                "Stack local: 1 resource, 1 function.",
                "function  version  alias  image",
                "--------  -------  -----  -------------------",
                "ping            7  live   sha256:abababababab",
                "Locked by ada@h, process 1, since t.",
                "Operations in flight, if the owner of the lock still runs: 1.",
                "",
            ]]);
        });
    });
});
