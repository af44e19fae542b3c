import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import * as net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { RecordedCall } from "../../../../local/endpoint/own/rights";
import { startEndpoint, type RunningEndpoint } from "../../../../local/endpoint/server";
import { send } from "../fakes";
import { emulatorPython } from "./model";

const run = promisify(execFile);

/** A real MiniStack, without Docker, and the endpoint before it; root is AKIAROOT. */
describe("endpoint: rights of the services that it plays itself", () => {
    let root: string;
    let python: string;
    let ministack: ChildProcess;
    let endpoint: RunningEndpoint;
    let facts: Record<string, string>;
    let recorded: RecordedCall[];

    before(async function () {
        this.timeout(300_000);
        python = await emulatorPython();
        root = mkdtempSync(join(tmpdir(), "authorisation-"));
        const port = await freePort();
        const serve = join(__dirname, "..", "..", "..", "..", "local", "endpoint", "ministack", "serve.py");
        ministack = spawn(python, ["-B", serve], {
            cwd: root,
            stdio: "ignore",
            env: {
                PATH: process.env.PATH, HOME: root, TMPDIR: root, GATEWAY_PORT: String(port), BIND_HOST: "127.0.0.1", AUTH: "true", AWS_ACCESS_KEY_ID: "AKIAROOT", AWS_SECRET_ACCESS_KEY: "root",
                CONTAINER_LAMBDAS_ROOT: root, CONTAINER_LAMBDAS_REGISTRY: "127.0.0.1:1", IOT_MTLS_ENABLED: "0", SFTP_ENABLED: "0", DOCKER_HOST: "tcp://127.0.0.1:1", MINISTACK_ACCOUNT_ID: "000000000000", MINISTACK_REGION: "us-east-1",
            },
        });
        const health = `http://127.0.0.1:${port}/_ministack/health`;
        while (!(await send(health).then((reply) => reply.status === 200, () => false))) {
            assert.equal(ministack.exitCode, null, "MiniStack ended while it was starting");
            await sleep(50);
        }
        endpoint = await startEndpoint({ port: 0, ministack: new URL(`http://127.0.0.1:${port}`), registry: "127.0.0.1:1", dockerHost: "tcp://127.0.0.1:1", account: "000000000000", region: "us-east-1", root }, "AKIAROOT");
        const { stdout } = await run(python, ["-B", join(__dirname, "calls.py"), endpoint.url], { env: { PATH: process.env.PATH, HOME: root } });
        facts = JSON.parse(stdout) as Record<string, string>;
        recorded = (JSON.parse((await send(`${endpoint.url}/_endpoint/calls`)).body) as { calls: RecordedCall[] }).calls;
    });
    after(async () => {
        await endpoint.close();
        ministack.kill("SIGKILL");
        rmSync(root, { recursive: true, force: true });
    });

    const CALLER = "arn:aws:sts::000000000000:assumed-role/tester/session";
    const ARN = "arn:aws:codebuild:us-east-1:000000000000:project";

    it("are those of the caller's policies, and root has all", () => {
        assert.equal(facts.allowed, "ok");
        assert.equal(facts.root, "ok");
        assert.equal(facts.denied, `AccessDeniedException: User: ${CALLER} is not authorized to perform: codebuild:BatchGetProjects on resource: ${ARN}/other because no identity-based policy allows the codebuild:BatchGetProjects action`);
    });

    it("end at the permissions boundary, and at the condition under which a role may be passed", () => {
        assert.match(facts.boundary ?? "", new RegExp(`^AccessDeniedException: User: ${CALLER} is not authorized to perform: codebuild:DeleteProject on resource: ${ARN}/mine-1`));
        assert.match(facts.passRole ?? "", /^AccessDeniedException: .* perform: iam:PassRole on resource: arn:aws:iam::000000000000:role\/demo\/tester/);
    });

    it("need a signature, a token and a key that MiniStack knows", () => {
        assert.match(facts.signature ?? "", /^(InvalidSignatureException|SignatureDoesNotMatch): /);
        assert.match(facts.token ?? "", /^(InvalidToken|UnrecognizedClientException|InvalidClientTokenId): /);
        assert.match(facts.unknown ?? "", /^UnrecognizedClientException: /);
    });

    it("let CodeBuild use a role only for the projects that the role's trust policy names", () => {
        assert.match(facts.trust ?? "", /^InvalidInputException: CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::000000000000:role\/demo\/build/);
    });

    it("on a key are asked where S3 and SNS use it in the caller's name, and are no right to use it directly", () => {
        for (const fact of ["own written", "own read", "own described", "own published", "foreign described"]) {
            assert.equal(facts[fact], "ok", fact);
        }
        assert.match(facts["foreign written"] ?? "", /^AccessDenied: .*kms:GenerateDataKey/);
        assert.match(facts["foreign read"] ?? "", /^AccessDenied: .*kms:Decrypt/);
        assert.match(facts["foreign published"] ?? "", /^AuthorizationError: /);
        assert.match(facts["key by itself"] ?? "", /^AccessDenied.*kms:GenerateDataKey/);
    });

    it("to list a bucket decide whether one is told that an object is missing", () => {
        assert.match(facts["own missing"] ?? "", /^AccessDenied: .* is not authorized to perform: s3:ListBucket/);
    });

    it("are recorded for every service, by role and not by session, without root's", async () => {
        const tester = "arn:aws:iam::000000000000:role/demo/tester";
        const found = (action: string): unknown[] => recorded.filter((call) => call.action === action).map((call) => [call.principal, call.resource, call.allowed, call.count]);
        assert.deepEqual(found("codebuild:DeleteProject"), [[tester, `${ARN}/mine-1`, false, 1]]);
        assert.deepEqual(found("codebuild:BatchGetProjects"), [[tester, `${ARN}/other`, false, 1]]);
        assert.deepEqual(found("logs:CreateLogStream"), [[tester, "arn:aws:logs:us-east-1:000000000000:log-group:/g:log-stream:s", false, 1]]);
        const keeper = "arn:aws:iam::000000000000:role/demo/keeper";
        assert.deepEqual([...new Set(recorded.map((call) => call.principal))].sort(), [keeper, tester]);
        const keys = recorded.filter((call) => call.principal === keeper && call.action.startsWith("kms:")).map((call) => `${call.action} ${call.allowed}`);
        assert.deepEqual([...new Set(keys)].sort(), ["kms:Decrypt false", "kms:Decrypt true", "kms:GenerateDataKey false", "kms:GenerateDataKey true"]);
        await send(`${endpoint.url}/_endpoint/calls/reset`, { method: "POST" });
        assert.deepEqual(JSON.parse((await send(`${endpoint.url}/_endpoint/calls`)).body), { calls: [], leftOut: 0 });
    });

    it("cannot be asked for from outside, however the path is written", async () => {
        for (const path of ["/_container-lambdas/assume", "/%5Fcontainer-lambdas/assume", "//_container-lambdas/assume", "/_container%2Dlambdas%2Fassume"]) {
            assert.equal((await send(`${endpoint.url}${path}`, { method: "POST" }, "{}")).status, 404, path);
        }
    });

    it("do not stop a service that is not played here, nor the endpoint's own questions", async () => {
        assert.equal((await send(`${endpoint.url}/_endpoint/counters`)).status, 200);
        assert.equal((await send(`${endpoint.url}/_endpoint/other`)).status, 404);
        assert.equal((await send(`${endpoint.url}/_endpoint/push`, { method: "POST" }, JSON.stringify({ commit: "x" }))).status, 400);
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
