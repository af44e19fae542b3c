import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { startEndpoint, type RunningEndpoint } from "../../../local/endpoint/server";
import { send } from "./fakes";
import { emulatorPython } from "./own/model";

const run = promisify(execFile);

/** A real MiniStack without Docker, and the endpoint before it, restarted once; root is AKIAROOT. */
describe("endpoint: Step Functions, Scheduler, Glue, Athena and SSM", () => {
    let root: string;
    let python: string;
    let port: number;
    let ministack: ChildProcess;
    let endpoint: RunningEndpoint;
    let facts: Record<string, unknown>;

    before(async function () {
        this.timeout(300_000);
        python = await emulatorPython();
        root = mkdtempSync(join(tmpdir(), "data-services-"));
        port = await freePort();
        await startMinistack();
        endpoint = await startEndpoint({ port: 0, ministack: new URL(`http://127.0.0.1:${port}`), registry: "127.0.0.1:1", dockerHost: "tcp://127.0.0.1:1", account: "000000000000", region: "us-east-1", root }, "AKIAROOT");
        facts = await calls("before");
    });
    after(async () => {
        await endpoint.close();
        ministack.kill("SIGKILL");
        rmSync(root, { recursive: true, force: true });
    });

    async function startMinistack(): Promise<void> {
        ministack = spawn(python, ["-B", join(__dirname, "..", "..", "..", "local", "endpoint", "ministack", "serve.py")], {
            cwd: root,
            stdio: "ignore",
            env: {
                PATH: process.env.PATH, HOME: root, TMPDIR: root, GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", AUTH: "true", AWS_ACCESS_KEY_ID: "AKIAROOT", AWS_SECRET_ACCESS_KEY: "root",
                CONTAINER_LAMBDAS_ROOT: root, CONTAINER_LAMBDAS_REGISTRY: "127.0.0.1:1", IOT_MTLS_ENABLED: "0", SFTP_ENABLED: "0", DOCKER_HOST: "tcp://127.0.0.1:1", MINISTACK_ACCOUNT_ID: "000000000000", MINISTACK_REGION: "us-east-1",
                PERSIST_STATE: "1", STATE_DIR: join(root, "state"),
            },
        });
        while (!(await send(`http://127.0.0.1:${port}/_ministack/health`).then((reply) => reply.status === 200, () => false))) {
            assert.equal(ministack.exitCode, null, "MiniStack ended while it was starting");
            await sleep(50);
        }
    }

    async function calls(phase: "before" | "after"): Promise<Record<string, unknown>> {
        const { stdout } = await run(python, ["-B", join(__dirname, "dataServices.py"), `http://127.0.0.1:${port}`, phase], { env: { PATH: process.env.PATH, HOME: root } });
        return JSON.parse(stdout) as Record<string, unknown>;
    }

    it("take a role for a state machine only where it trusts Step Functions, and keep its settings", () => {
        assert.equal(facts.untrusted, "AccessDeniedException");
        assert.deepEqual(facts.tracing, { enabled: true });
    });

    it("call a function as the state machine's role, which must be allowed to", () => {
        assert.deepEqual(facts.refused, { status: "FAILED", error: "Lambda.AWSLambdaException", output: null });
        assert.deepEqual(facts.allowed, { status: "FAILED", error: "Lambda.ResourceNotFoundException", output: null });
    });

    it("answer the running execution to a repeated start, and refuse its name to another", () => {
        assert.deepEqual([facts.repeated, facts.otherInput], [[true, true], "ExecutionAlreadyExists"]);
    });

    it("run a function's schedules when they are asked to, as their roles", async () => {
        const fire = async (name: string): Promise<{ fired: { schedule: string; input: string; refused?: string }[]; scheduled: string[] }> =>
            JSON.parse((await send(`${endpoint.url}/_endpoint/fire`, { method: "POST" }, JSON.stringify({ function: name }))).body);
        const { fired, scheduled } = await fire("absent");
        assert.deepEqual([fired.map(({ schedule }) => schedule), scheduled], [["bad", "good"], ["absent"]]);
        assert.match(fired[0]?.refused ?? "", /role\/idle is not authorized to perform: lambda:InvokeFunction on resource: .*:function:absent:live$/);
        assert.deepEqual([fired[1]?.refused, fired[1]?.input], [undefined, '{"from": 1}']);
        assert.deepEqual(await fire("other"), { fired: [], scheduled: ["absent"] });
    });

    it("ask for a partition on its table, its database and the catalogue", () => {
        assert.deepEqual([facts.glueWithout0, facts.glueWithout1, facts.glueWithout2, facts.glue], ["AccessDeniedException", "AccessDeniedException", "AccessDeniedException", "ok"]);
    });

    it("change a partition, and have none without a table", () => {
        assert.deepEqual([facts.updated, facts.withoutTable], [{ a: "b" }, "EntityNotFoundException"]);
    });

    it("ask for a named query on its workgroup, and for each of several parameters", () => {
        assert.deepEqual([facts.athena, facts.athenaElsewhere, facts.ssmOne, facts.ssmTwo], ["SELECT 1", "AccessDeniedException", 1, "AccessDeniedException"]);
    });

    it("go on with an execution after a restart, in the state that it was in", async function () {
        this.timeout(60_000);
        ministack.kill("SIGTERM");
        await once(ministack, "exit");
        await startMinistack();
        assert.deepEqual((await calls("after")).resumed, { status: "SUCCEEDED", error: null, output: '{"a": 1, "mark": "marked"}' });
    });
});

function freePort(): Promise<number> {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as net.AddressInfo;
            server.close(() => resolve(port));
        });
    });
}
