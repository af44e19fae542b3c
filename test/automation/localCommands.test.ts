import { strict as assert } from "node:assert";
import { join } from "node:path";
import { followLogs } from "../../automation/commands/localLogs";
import type { Ports } from "../../automation/context";
import type { Fired } from "../../automation/schedules";
import { fakeAws, running, scratchProject } from "./commandSupport";
import { handle, runWith } from "./support";

describe("commands of the local environment", () => {
    const project = scratchProject();

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
            const { status, out, err } = await runWith(project.root(), answering(), ["local:invoke", "ping", '{"a":1}']);
            assert.deepEqual([status, out, err, calls.at(-1)], [0, '{"ok":true}\n', "", ["container-lambdas-local-ping", '{"a":1}', "live"]]);
        });

        it("takes the payload from a file, seen from where the person stands", async () => {
            await runWith(project.root(), answering(), ["local:invoke", "ping", "@payload.json", "--version", "2"], { environment: { INIT_CWD: join(project.root(), "inner") } });
            assert.deepEqual(calls.at(-1), ["container-lambdas-local-ping", '{"from": "file"}', "2"]);
        });

        it("exits 1 with the FunctionError on stderr and the payload on stdout", async () => {
            const { status, out, err } = await runWith(project.root(), answering({ functionError: "Unhandled" }), ["local:invoke", "ping", "--logs"]);
            assert.deepEqual([status, out], [1, '{"ok":true}\n']);
            assert.match(err, /^START\nEND\ncontainer-lambdas-local-ping failed: FunctionError Unhandled\./);
        });

        it("names the nearest function", async () => {
            const { status, err } = await runWith(project.root(), answering(), ["local:invoke", "pong"]);
            assert.equal(status, 2);
            assert.match(err, /No function "pong" is deployed in stack "local"\. Did you mean "ping"\?\n {2}Deployed: json-to-csv, ping\./);
        });

        it("refuses a payload that is no JSON, or no file, before anything is called", async () => {
            for (const payload of ["{a: 1}", "@missing.json"]) {
                assert.equal((await runWith(project.root(), {}, ["local:invoke", "ping", payload])).status, 2);
            }
        });

        it("puts everything into one document with --json", async () => {
            const { out, json } = await runWith(project.root(), answering(), ["local:invoke", "ping", "--json"]);
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
            const { status, out, err } = await runWith(project.root(), firing([schedule]), ["local:fire", "ping"]);
            assert.deepEqual([status, err, asked.at(-1)], [0, "", [handle.endpoint, "container-lambdas-local-ping"]]);
            assert.equal(out, 'container-lambdas-local-ping, rate(5 minutes): called with {"flush":true}. See npm run local:logs -- ping\n');
        });

        it("puts all of it into one document with --json", async () => {
            const { out, json } = await runWith(project.root(), firing([schedule]), ["local:fire", "ping", "--json"]);
            assert.deepEqual([out.split("\n").length, json()], [2, { function: "container-lambdas-local-ping", schedules: [schedule] }]);
        });

        it("refuses a function without a schedule, and names those that have one", async () => {
            const { status, out, err } = await runWith(project.root(), firing([], ["container-lambdas-local-ping"]), ["local:fire", "json-to-csv"]);
            assert.deepEqual([status, out], [2, ""]);
            assert.match(err, /Function "json-to-csv" has no schedule\.\n {2}With a schedule: ping\.\n {2}Next: add a schedule to its triggers in function\.yaml, or call it with "npm run local:invoke -- json-to-csv"/);
            assert.match((await runWith(project.root(), firing([], []), ["local:fire", "ping"])).err, /No function has one\./);
        });

        it("exits 1 when the schedule's role may not", async () => {
            const { status, out, err } = await runWith(project.root(), firing([{ ...schedule, refused: "arn:r is not authorized to perform: lambda:InvokeFunction" }]), ["local:fire", "ping"]);
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
            const { out, status } = await runWith(project.root(), { ...running, aws: async () => aws }, ["local:logs", "ping", "--since", "1h"]);
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
            assert.equal((await runWith(project.root(), {}, ["local:logs", "ping", "--since", "soon"])).status, 2);
            assert.equal((await runWith(project.root(), {}, ["local:logs", "ping", "--follow", "--json"])).status, 2);
        });
    });

    describe("local:env", () => {
        it("prints exports and nothing else", async () => {
            const { status, out, err } = await runWith(project.root(), running, ["local:env"]);
            assert.deepEqual([status, out, err], [0, "export AWS_ENDPOINT_URL='http://127.0.0.1:4566'\nexport AWS_REGION='us-east-1'\n", ""]);
        });

        it("prints nothing on stdout when nothing runs, so that an eval of it changes nothing", async () => {
            const { status, out } = await runWith(project.root(), { runningLocal: async () => undefined }, ["local:env"]);
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
            await runWith(project.root(), { ...running, runInteractive }, ["local:shell"], { environment: { SHELL: "/bin/zsh", HOME: "/h" } });
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
            assert.equal((await runWith(project.root(), { stopLocal }, ["local:down"])).out, "Stopped: MiniStack, registry.\nKept: .local/registry (pushed images).\n");
            assert.equal((await runWith(project.root(), { stopLocal }, ["local:down", "--purge"])).out, "Stopped: MiniStack, registry.\n");
            assert.deepEqual(purges, [false, true]);
        });
    });
});
