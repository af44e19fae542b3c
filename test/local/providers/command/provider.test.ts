import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { commandHandlers } from "../../../../local/providers/command/provider";
import { COMMAND_SCHEMA, COMMAND_TYPE, RUN_FUNCTION } from "../../../../local/providers/command/schema";
import { properties } from "../../../../local/providers/framework/schema";
import { decode, encode, type Path, type Properties, UNKNOWN } from "../../../../local/providers/framework/values";
import type { Handler, Operation, ProviderHandlers } from "../../../../local/providers/host/handlers";
import { SILENT_LOG } from "../../../../local/providers/host/log";

const require = createRequire(__filename);
const URN = `urn:pulumi:s::p::${COMMAND_TYPE}::smoke`;
const ENVIRONMENT = { PATH: process.env["PATH"], FROM_PROVIDER: "yes" };

describe("the command stand-in", () => {
    const handlers: ProviderHandlers = commandHandlers(ENVIRONMENT);
    let folder: string;
    let lines: string[];

    beforeEach(() => {
        lines = [];
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "command-"));
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    const run = <Q, R>(handler: Handler<Q, R> | undefined, request: Q, signal = new AbortController().signal): Promise<R> => {
        const operation: Operation = { signal, log: { ...SILENT_LOG, status: (line) => void lines.push(line) } };
        return Promise.resolve().then(() => {
            assert.ok(handler !== undefined);
            return handler(request, operation);
        });
    };
    const create = (inputs: Properties, secrets: readonly Path[] = [], preview = false, signal?: AbortSignal): Promise<rpc.CreateResponse> =>
        run(handlers.create, new rpc.CreateRequest().setUrn(URN).setPreview(preview).setProperties(encode(inputs, secrets)), signal);
    const printed = (response: { getProperties(): ReturnType<rpc.CreateResponse["getProperties"]> }): unknown[] => {
        const { stdout, stderr } = decode(response.getProperties()).values;
        return [stdout, stderr];
    };

    it("runs the create command by /bin/sh and answers its inputs and what it printed, without the last line end", async () => {
        const created = await create({ create: "echo a; echo b; echo c >&2" });
        assert.match(created.getId(), /^smoke[0-9a-f]{8}$/);
        assert.deepEqual(decode(created.getProperties()).values, { create: "echo a; echo b; echo c >&2", stdout: "a\nb", stderr: "c" });
        assert.deepEqual([...lines].sort(), ["a", "b", "c"]);
    });

    it("runs nothing without a create command", async () => {
        assert.deepEqual(printed(await create({ delete: "exit 1" })), ["", ""]);
    });

    it("sees the provider's own environment, the resource's variables, directory and input", async () => {
        const created = await create({ create: 'echo "$FROM_PROVIDER $OWN $(pwd)"; cat', environment: { OWN: "1" }, dir: folder, stdin: "input" });
        assert.deepEqual(printed(created), [`yes 1 ${fs.realpathSync(folder)}\ninput`, ""]);
    });

    it("uses another interpreter", async () => {
        assert.deepEqual(printed(await create({ create: "process.stdout.write(String(6 * 7))", interpreter: [process.execPath, "-e"] })), ["42", ""]);
    });

    it("fails with exit status, command and output", async () => {
        await assert.rejects(create({ create: "echo out; echo err >&2; exit 3" }), (error: Error) => {
            assert.match(error.message, /^exit status 3: running "echo out; echo err >&2; exit 3":\n(out\nerr|err\nout)\n$/);
            return true;
        });
    });

    it("does not show a command that is secret", async () => {
        await assert.rejects(create({ create: "echo hunter2 >/dev/null; exit 1" }, [["create"]]), (error: Error) => !error.message.includes("hunter2"));
    });

    it("fails when directory or interpreter do not exist", async () => {
        await assert.rejects(create({ create: "true", dir: path.join(folder, "none") }), /ENOENT.*the interpreter and the directory must exist/);
        await assert.rejects(create({ create: "true", interpreter: ["no-such-shell"] }), /ENOENT/);
    });

    it("runs nothing in a preview and leaves what would be printed unknown", async () => {
        const file = path.join(folder, "ran");
        const created = await create({ create: `touch ${file}` }, [], true);
        assert.deepEqual(printed(created), [UNKNOWN, UNKNOWN]);
        assert.equal(fs.existsSync(file), false);
    });

    it("makes output secret as soon as any input is", async () => {
        const created = await create({ create: "cat", stdin: "hunter2" }, [["stdin"]]);
        assert.deepEqual(decode(created.getProperties()).secrets.map((each) => each.join(".")).sort(), ["stderr", "stdin", "stdout"]);
    });

    it("updates by the update command, else by the create command, with the previous output in the environment", async () => {
        const olds = encode({ stdout: "before", stderr: "" });
        const update = (news: Properties): Promise<rpc.UpdateResponse> => run(handlers.update, new rpc.UpdateRequest().setUrn(URN).setOlds(olds).setNews(encode(news)));
        assert.deepEqual(printed(await update({ create: "exit 1", update: 'echo "$PULUMI_COMMAND_STDOUT-${PULUMI_COMMAND_STDERR-none}"' })), ["before-none", ""]);
        assert.deepEqual(printed(await update({ create: "echo again" })), ["again", ""]);
        assert.deepEqual(printed(await update({ create: 'echo "${PULUMI_COMMAND_STDOUT-none}"', addPreviousOutputInEnv: false })), ["none", ""]);
        assert.deepEqual(printed(await update({})), ["before", ""]);
    });

    it("runs the delete command of the recorded state", async () => {
        const state = encode({ delete: `echo "$PULUMI_COMMAND_STDOUT" > ${folder}/gone`, stdout: "made" });
        await run(handlers.delete, new rpc.DeleteRequest().setUrn(URN).setProperties(state));
        assert.equal(fs.readFileSync(path.join(folder, "gone"), "utf8"), "made\n");
    });

    it("answers a read with what it was given", async () => {
        const read = await run(handlers.read, new rpc.ReadRequest().setUrn(URN).setId("smoke1").setProperties(encode({ stdout: "x" })));
        assert.deepEqual([read.getId(), decode(read.getProperties()).values], ["smoke1", { stdout: "x" }]);
    });

    it("logs only what it is told to", async () => {
        for (const [logging, expected] of [["none", []], ["stdout", ["o"]], ["stderr", ["e"]], ["stdoutAndStderr", ["e", "o"]]] as const) {
            lines = [];
            await create({ create: "echo o; echo e >&2", logging });
            assert.deepEqual([...lines].sort(), expected);
        }
    });

    it("ends a command with everything it started when the run is cancelled", async () => {
        const cancel = new AbortController();
        const running = create({ create: `sleep 60 & echo $! > ${folder}/pid; wait` }, [], false, cancel.signal);
        const file = path.join(folder, "pid");
        while (!fs.existsSync(file) || fs.readFileSync(file, "utf8") === "") {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        cancel.abort();
        await assert.rejects(running, /^UserError: cancelled: running "sleep 60/);
        assert.equal(alive(Number(fs.readFileSync(file, "utf8"))), false);
    });

    it("runs a function on previews too, and refuses others by name", async () => {
        const args = encode({ command: "echo $X", environment: { X: "y" } });
        const answer = await run(handlers.invoke, new rpc.InvokeRequest().setTok(RUN_FUNCTION).setPreview(true).setArgs(args));
        assert.deepEqual(decode(answer.getReturn()).values, { command: "echo $X", environment: { X: "y" }, stdout: "y", stderr: "" });
        await assert.rejects(run(handlers.invoke, new rpc.InvokeRequest().setTok("command:local:other")), /function "command:local:other" is not known/);
    });

    it("reports everything that is wrong together, by name", async () => {
        const news = encode({ create: ["a"], logging: "loud", archivePaths: ["x"], assetPaths: ["y"], deletee: "z" });
        const checked = await run(handlers.check, new rpc.CheckRequest().setUrn(URN).setNews(news));
        assert.deepEqual(checked.getFailuresList().map((failure) => failure.getProperty()).sort(), ["archivePaths", "assetPaths", "create", "deletee", "logging"]);
        const remote = "urn:pulumi:s::p::command:remote:Command::r";
        await assert.rejects(run(handlers.check, new rpc.CheckRequest().setUrn(remote)), /resource type "command:remote:Command" is not known/);
    });

    const asset = (hash: string, place: string): Properties => ({ "4dabf18193072939515e22adb298388d": "c44067f5952c0a294b673a41bacd8c17", hash, path: place });
    const olds: Properties = { create: "a", triggers: ["x", 1, asset("h1", "here")], environment: { A: "1" } };
    for (const [what, news, details, replaces] of [
        ["nothing", olds, {}, []],
        ["an asset's place", { ...olds, triggers: ["x", 1, asset("h1", "there")] }, {}, []],
        ["a command", { ...olds, create: "b" }, { create: rpc.PropertyDiff.Kind.UPDATE }, []],
        ["a variable", { ...olds, environment: { A: UNKNOWN } }, { environment: rpc.PropertyDiff.Kind.UPDATE }, []],
        ["an update command", { ...olds, update: "u" }, { update: rpc.PropertyDiff.Kind.ADD }, []],
        ["a trigger", { ...olds, triggers: ["x", 2, asset("h1", "here")] }, { "triggers[1]": rpc.PropertyDiff.Kind.UPDATE_REPLACE }, ["triggers"]],
        ["an asset's content", { ...olds, triggers: ["x", 1, asset("h2", "here")] }, { "triggers[2]": rpc.PropertyDiff.Kind.UPDATE_REPLACE }, ["triggers"]],
        ["fewer triggers", { ...olds, triggers: ["x", 1] }, { "triggers[2]": rpc.PropertyDiff.Kind.DELETE_REPLACE }, ["triggers"]],
    ] as readonly (readonly [string, Properties, Readonly<Record<string, number>>, readonly string[]])[]) {
        it(`compares ${what}: ${Object.keys(details).join(", ") || "no difference"}${replaces.length === 0 ? "" : ", replaced"}`, async () => {
            const compared = await run(handlers.diff, new rpc.DiffRequest().setUrn(URN).setOldInputs(encode(olds)).setNews(encode(news)));
            const found = Object.fromEntries(compared.getDetaileddiffMap().getEntryList().map(([name]) => [name, compared.getDetaileddiffMap().get(name)?.getKind()]));
            assert.deepEqual(found, details);
            assert.deepEqual(compared.getReplacesList(), replaces);
            const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
            assert.equal(compared.getChanges(), Object.keys(details).length === 0 ? DIFF_NONE : DIFF_SOME);
        });
    }

    it("knows exactly the arguments of the installed SDK", () => {
        const members = (file: string, name: string): string[] => {
            const text = fs.readFileSync(require.resolve(`@pulumi/command/local/${file}`), "utf8");
            const body = new RegExp(`export interface ${name} \\{\\n([\\s\\S]*?)\\n\\}\\n`).exec(text)?.[1] ?? "";
            return [...body.matchAll(/^ {4}(\w+)\??: /gm)].map(([, member = ""]) => member).sort();
        };
        assert.deepEqual([...properties(COMMAND_SCHEMA.resources[COMMAND_TYPE]?.inputs ?? {}).keys()].sort(), members("command.d.ts", "CommandArgs"));
        assert.deepEqual([...properties(COMMAND_SCHEMA.functions[RUN_FUNCTION]?.inputs ?? {}).keys()].sort(), members("run.d.ts", "RunArgs"));
    });
});

describe("the command stand-in's process", () => {
    it("takes its running command along when it is killed", async () => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "command-"));
        const file = path.join(folder, "pid");
        const guarded = path.join(folder, "guarded");
        const script = `
            const { runCommand } = require(${JSON.stringify(path.resolve("local/providers/command/run.ts"))});
            const line = { command: "sleep 60 & echo $! > ${file}.new; mv ${file}.new ${file}; wait", interpreter: [], environment: process.env, secret: false };
            void runCommand(line, new AbortController().signal, () => undefined);
            // Written when the guard stands: before that nobody can take the command along.
            require("node:fs").writeFileSync(${JSON.stringify(guarded)}, "");
        `;
        const provider = spawn(process.execPath, ["--require", "tsx/cjs", "-e", script], { stdio: "inherit" });
        while (!fs.existsSync(file) || !fs.existsSync(guarded)) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        const command = Number(fs.readFileSync(file, "utf8"));
        assert.equal(alive(command), true);
        provider.kill("SIGKILL");
        for (let look = 0; look < 200 && alive(command); look++) {
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
        assert.equal(alive(command), false);
        fs.rmSync(folder, { recursive: true });
    });
});

/** A process that has ended but was not reaped yet counts as ended. */
function alive(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return !(process.platform === "linux" && / Z /.test(fs.readFileSync(`/proc/${pid}/stat`, "utf8")));
    } catch {
        return false;
    }
}
