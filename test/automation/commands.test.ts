import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aws } from "../../automation/aws";
import { followLogs } from "../../automation/commands/localLogs";
import type { CheckReport, Ports } from "../../automation/context";
import { EngineError } from "../../automation/engine";
import type { Fired } from "../../automation/schedules";
import type { Settings } from "../../components/settings/definitions";
import { parseSettings } from "../../components/settings/parseSettings";
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

function fakeAws(change: Partial<Aws> = {}): Aws {
    const refuse = (): never => assert.fail("an unexpected AWS call");
    return {
        invoke: refuse,
        listFunctions: async () => ["container-lambdas-local-json-to-csv", "container-lambdas-local-ping", "other"],
        findEventSourceMapping: refuse,
        readLogs: refuse,
        putObject: refuse,
        listObjects: refuse,
        deleteObject: refuse,
        getObject: refuse,
        sendMessage: refuse,
        ...change,
    };
}

describe("commands", () => {
    let root: string;
    before(() => {
        root = mkdtempSync(join(tmpdir(), "commands-"));
        writeFileSync(join(root, "Pulumi.yaml"), "name: container-lambdas\n");
        for (const stack of ["local", "prod"]) {
            writeFileSync(join(root, `Pulumi.${stack}.yaml`), "encryptionsalt: x\n");
        }
        mkdirSync(join(root, "inner"));
        writeFileSync(join(root, "inner/payload.json"), '{"from": "file"}');
    });
    after(() => rmSync(root, { recursive: true }));

    const running: Partial<Ports> = { runningLocal: async () => handle };

    describe("with bad input", () => {
        it("print the one report on stderr and exit 2 before anything is started", async () => {
            for (const argv of [["local"], ["up", "prod"], ["preview", "local"], ["check"], ["destroy", "local"], ["status", "prod"]]) {
                const { status, err, out } = await runWith(root, { check: async () => invalid }, argv);
                assert.deepEqual([status, out], [2, ""], argv.join(" "));
                assert.match(err, /function\.yaml:3: is wrong\. Fix: mend it\.\n1 problem in 1 file; nothing was called or changed\./);
            }
        });

        it("give the problems as data with --json", async () => {
            const { json } = await runWith(root, { check: async () => invalid }, ["check", "--json"]);
            assert.deepEqual(json().problems, invalid.problems);
        });

        it("name the nearest stack", async () => {
            const { status, err } = await runWith(root, {}, ["up", "locall"]);
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
            const { status, out } = await runWith(root, { check }, ["check"]);
            await runWith(root, { check }, ["check", "prod"]);
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
            const { status, json } = await runWith(root, portsWith(engine(), { startLocal: async () => handle }), ["up", "local", "--json"]);
            assert.deepEqual([status, used.at(-1)], [0, { variables: handle.variables, bin: handle.bin }]);
            assert.deepEqual(Object.keys(json()), ["functions", "images", "outcome", "resources", "seconds", "stack"]);
            assert.deepEqual(json().resources, { created: 0, updated: 1, replaced: 1, deleted: 2, unchanged: 2 });
        });

        it("of any other stack leaves the caller's environment alone", async () => {
            assert.equal((await runWith(root, portsWith(engine()), ["up", "prod"])).status, 0);
            assert.deepEqual(used.at(-1), { variables: {}, bin: undefined });
        });

        it("of a stack for a real account is refused with exit 4 in a shell with the emulator's environment", async () => {
            const { status, err } = await runWith(root, { check: async () => valid }, ["up", "prod"], { environment: { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" } });
            assert.equal(status, 4);
            assert.match(err, /Stack "prod": AWS_ENDPOINT_URL is "http:\/\/127\.0\.0\.1:4566"\. It leads to an emulator/);
        });

        it("exits 1 when it failed, 3 when locked, and says so in JSON as well", async () => {
            const failed = Object.assign(engine(), { failure: new EngineError("failed", "no") });
            const { status, json } = await runWith(root, portsWith(failed), ["up", "prod", "--json"]);
            assert.deepEqual([status, json().outcome], [1, "failed"]);
            const held = Object.assign(engine(), { failure: new EngineError("locked", "no") });
            const locked = await runWith(root, portsWith(held), ["up", "prod", "--json"]);
            assert.deepEqual([locked.status, locked.json().exitCode], [3, 3]);
        });
    });

    describe("destroy", () => {
        it("of anything but the local stack needs the name twice", async () => {
            for (const argv of [["destroy", "prod"], ["destroy", "prod", "--confirm", "dev"]]) {
                const { status, err } = await runWith(root, {}, argv);
                assert.deepEqual([status, /npm run destroy -- prod --confirm prod/.test(err)], [4, true]);
            }
        });

        it("lists what it keeps", async () => {
            const fake = Object.assign(new FakeEngine(), { events: recorded("destroy-retained") });
            const { status, out } = await runWith(root, { ...running, check: async () => valid, openEngine: async () => fake }, ["destroy", "local"]);
            assert.equal(status, 0);
            assert.match(out, /Kept outside the state, on purpose: kept-0123456789ab\./);
        });

        it("of the local stack asks to start the environment when it is not running", async () => {
            const { status, err } = await runWith(root, { check: async () => valid, runningLocal: async () => undefined }, ["destroy", "local"]);
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
            const { out, status } = await runWith(root, { ...running, check: async () => valid, openEngine: async () => fake, lockOwners: async () => [owner] }, ["status", "local"]);
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

    describe("local:invoke", () => {
        const calls: unknown[][] = [];
        const answering = (answer: object = {}): Partial<Ports> => ({
            ...running,
            aws: async () =>
                fakeAws({
                    invoke: async (...given) => {
                        calls.push(given);
                        return { payload: '{"ok":true}', log: "START\nEND\n", version: "3", ...answer };
                    },
                }),
        });

        it("finds the function by its short name, calls the live alias and prints nothing but the payload", async () => {
            const { status, out, err } = await runWith(root, answering(), ["local:invoke", "ping", '{"a":1}']);
            assert.deepEqual([status, out, err, calls.at(-1)], [0, '{"ok":true}\n', "", ["container-lambdas-local-ping", '{"a":1}', "live"]]);
        });

        it("takes the payload from a file, seen from where the person stands", async () => {
            await runWith(root, answering(), ["local:invoke", "ping", "@payload.json", "--version", "2"], { environment: { INIT_CWD: join(root, "inner") } });
            assert.deepEqual(calls.at(-1), ["container-lambdas-local-ping", '{"from": "file"}', "2"]);
        });

        it("exits 1 with the FunctionError on stderr and the payload on stdout", async () => {
            const { status, out, err } = await runWith(root, answering({ functionError: "Unhandled" }), ["local:invoke", "ping", "--logs"]);
            assert.deepEqual([status, out], [1, '{"ok":true}\n']);
            assert.match(err, /^START\nEND\ncontainer-lambdas-local-ping failed: FunctionError Unhandled\./);
        });

        it("names the nearest function", async () => {
            const { status, err } = await runWith(root, answering(), ["local:invoke", "pong"]);
            assert.equal(status, 2);
            assert.match(err, /No function "pong" is deployed in stack "local"\. Did you mean "ping"\?\n {2}Deployed: json-to-csv, ping\./);
        });

        it("refuses a payload that is no JSON, or no file, before anything is called", async () => {
            for (const payload of ["{a: 1}", "@missing.json"]) {
                assert.equal((await runWith(root, {}, ["local:invoke", "ping", payload])).status, 2);
            }
        });

        it("puts everything into one document with --json", async () => {
            const { out, json } = await runWith(root, answering(), ["local:invoke", "ping", "--json"]);
            assert.deepEqual([out.split("\n").length, json()], [2, { function: "container-lambdas-local-ping", payload: { ok: true }, version: "3" }]);
        });
    });

    describe("local:fire", () => {
        const schedule = { schedule: "container-lambdas-local-ping", expression: "rate(5 minutes)", target: "arn:aws:lambda:us-east-1:000000000000:function:container-lambdas-local-ping:live", input: '{"flush":true}' };
        const asked: unknown[][] = [];
        const firing = (fired: readonly object[], scheduled: readonly string[] = ["container-lambdas-local-ping", "other"]): Partial<Ports> => ({
            ...running,
            aws: async () => fakeAws({}),
            fire: async (...given) => {
                asked.push(given);
                return { fired: fired as Fired["fired"], scheduled };
            },
        });

        it("has the schedules of the function run, and says with what they called it", async () => {
            const { status, out, err } = await runWith(root, firing([schedule]), ["local:fire", "ping"]);
            assert.deepEqual([status, err, asked.at(-1)], [0, "", [handle.endpoint, "container-lambdas-local-ping"]]);
            assert.equal(out, 'container-lambdas-local-ping, rate(5 minutes): called with {"flush":true}. See npm run local:logs -- ping\n');
        });

        it("puts all of it into one document with --json", async () => {
            const { out, json } = await runWith(root, firing([schedule]), ["local:fire", "ping", "--json"]);
            assert.deepEqual([out.split("\n").length, json()], [2, { function: "container-lambdas-local-ping", schedules: [schedule] }]);
        });

        it("refuses a function without a schedule, and names those that have one", async () => {
            const { status, out, err } = await runWith(root, firing([], ["container-lambdas-local-ping"]), ["local:fire", "json-to-csv"]);
            assert.deepEqual([status, out], [2, ""]);
            assert.match(err, /Function "json-to-csv" has no schedule\.\n {2}With a schedule: ping\.\n {2}Next: add a schedule to its triggers in function\.yaml, or call it with "npm run local:invoke -- json-to-csv"/);
            assert.match((await runWith(root, firing([], []), ["local:fire", "ping"])).err, /No function has one\./);
        });

        it("exits 1 when the schedule's role may not", async () => {
            const { status, out, err } = await runWith(root, firing([{ ...schedule, refused: "arn:r is not authorized to perform: lambda:InvokeFunction" }]), ["local:fire", "ping"]);
            assert.deepEqual([status, out], [1, ""]);
            assert.match(err, /Schedule "container-lambdas-local-ping" cannot run: arn:r is not authorized.*\n {2}A schedule runs as its role.*\n {2}Next: /);
        });
    });

    describe("local:logs", () => {
        const event = (id: string, time: number, message: string): { id: string; time: number; message: string } => ({ id, time, message });

        it("prints time and message, further lines as they are", async () => {
            const groups: string[] = [];
            const aws = fakeAws({
                readLogs: async (group) => {
                    groups.push(group);
                    return [event("1", 0, "START\n"), event("2", 1500, "Traceback\n  line\u001b[2J\n")];
                },
            });
            const { out, status } = await runWith(root, { ...running, aws: async () => aws }, ["local:logs", "ping", "--since", "1h"]);
            assert.deepEqual([status, groups], [0, ["/aws/lambda/container-lambdas-local-ping"]]);
            assert.equal(out, "1970-01-01T00:00:00.000Z START\n1970-01-01T00:00:01.500Z Traceback\n  line\n");
        });

        it("follows without repeating an event, and ends with the signal", async () => {
            const controller = new AbortController();
            const pages = [[event("1", 1, "a")], [event("1", 1, "a"), event("0", 0, "late")], undefined];
            const printed: string[] = [];
            await followLogs(
                {
                    readLogs: async () => {
                        const page = pages.shift();
                        if (pages.length === 0) {
                            controller.abort();
                        }
                        return page;
                    },
                },
                "g", 0, new Set(), controller.signal, (line) => printed.push(line.slice(25)), 1,
            );
            assert.deepEqual(printed, ["a", "late"]);
        });

        it("refuses a span that is none, and --follow with --json", async () => {
            assert.equal((await runWith(root, {}, ["local:logs", "ping", "--since", "soon"])).status, 2);
            assert.equal((await runWith(root, {}, ["local:logs", "ping", "--follow", "--json"])).status, 2);
        });
    });

    describe("local:env", () => {
        it("prints exports and nothing else", async () => {
            const { status, out, err } = await runWith(root, running, ["local:env"]);
            assert.deepEqual([status, out, err], [0, "export AWS_ENDPOINT_URL='http://127.0.0.1:4566'\nexport AWS_REGION='us-east-1'\n", ""]);
        });

        it("prints nothing on stdout when nothing runs, so that an eval of it changes nothing", async () => {
            const { status, out } = await runWith(root, { runningLocal: async () => undefined }, ["local:env"]);
            assert.deepEqual([status, out], [1, ""]);
        });
    });

    describe("local:shell", () => {
        it("gives the person's own shell the variables", async () => {
            const seen: unknown[] = [];
            const runInteractive: Ports["runInteractive"] = async (command, _, environment) => {
                seen.push(command, environment.AWS_REGION, environment.HOME);
                return 0;
            };
            await runWith(root, { ...running, runInteractive }, ["local:shell"], { environment: { SHELL: "/bin/zsh", HOME: "/h" } });
            assert.deepEqual(seen, ["/bin/zsh", "us-east-1", "/h"]);
        });
    });

    describe("local:down", () => {
        it("prints what was stopped and what is kept, and deletes data only with --purge", async () => {
            const purges: boolean[] = [];
            const stopLocal: Ports["stopLocal"] = async (purge) => {
                purges.push(purge);
                return { stopped: ["MiniStack", "registry"], kept: purge ? [] : [".local/registry (pushed images)"] };
            };
            assert.equal((await runWith(root, { stopLocal }, ["local:down"])).out, "Stopped: MiniStack, registry.\nKept: .local/registry (pushed images).\n");
            assert.equal((await runWith(root, { stopLocal }, ["local:down", "--purge"])).out, "Stopped: MiniStack, registry.\n");
            assert.deepEqual(purges, [false, true]);
        });
    });
});
