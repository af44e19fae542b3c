import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { decode, encode, type Path, type Properties, UNKNOWN } from "../../../../local/providers/framework/values";
import { dockerHandlers } from "../../../../local/providers/docker/provider";
import type { Handler, Operation, ProviderHandlers } from "../../../../local/providers/host/handlers";
import { SILENT_LOG } from "../../../../local/providers/host/log";
import { type FakeAnswer, type FakeEngine, fakeEngine, type FakeRequest, trace } from "./fakeEngine";

const URN = "urn:pulumi:s::p::docker:index/image:Image::web";
const NAME = "127.0.0.1:5000/app/web:abc";
const ID = `sha256:${"1".repeat(64)}`;
const DIGEST = `sha256:${"2".repeat(64)}`;

describe("the docker stand-in", () => {
    let folder: string;
    let engine: FakeEngine;
    let handlers: ProviderHandlers;
    let answers: Record<string, FakeAnswer>;
    let statuses: string[];

    beforeEach(async () => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "docker-"));
        fs.writeFileSync(path.join(folder, "Dockerfile"), "FROM scratch\n");
        statuses = [];
        answers = {
            ping: { status: 200 },
            build: { messages: [trace({ digest: "a", name: "[1/1] COPY . /" }), { id: "moby.image.id", aux: { ID } }] },
            inspect: { json: { Id: ID, RepoDigests: [] } },
            push: { messages: [{ status: "Pushed", id: "abc" }, { aux: { Tag: "abc", Digest: DIGEST, Size: 1 } }] },
        };
        engine = await fakeEngine((request) => answers[kindOf(request)] ?? { status: 500, json: { message: `unexpected ${request.url.pathname}` } });
        handlers = dockerHandlers({ DOCKER_HOST: engine.host, DOCKER_CONFIG: folder }, 1);
    });
    afterEach(async () => {
        await engine.stop();
        fs.rmSync(folder, { recursive: true });
    });

    const operation = (signal = new AbortController().signal): Operation => ({ signal, log: { ...SILENT_LOG, status: (line) => void statuses.push(line) } });
    const run = <Q, R>(handler: Handler<Q, R> | undefined, request: Q, signal?: AbortSignal): Promise<R> =>
        Promise.resolve().then(() => {
            assert.ok(handler !== undefined);
            return handler(request, operation(signal));
        });
    const configure = (): Promise<unknown> => run(handlers.configure, new rpc.ConfigureRequest());
    const inputs = (more: Properties = {}): Properties => ({ imageName: NAME, build: { context: folder, platform: "linux/amd64" }, ...more });
    const create = async (news: Properties, secrets: readonly Path[] = [], preview = false, signal?: AbortSignal): Promise<rpc.CreateResponse> => {
        await configure();
        return run(handlers.create, new rpc.CreateRequest().setUrn(URN).setPreview(preview).setProperties(encode(news, secrets)), signal);
    };
    const counted = (kind: string): number => engine.requests.filter((request) => kindOf(request) === kind).length;

    it("builds by BuildKit and pushes one tag; its digest is the one the registry told", async () => {
        const created = await create(inputs({ build: { context: folder, platform: "linux/arm64", target: "t", args: { SOURCE_DATE_EPOCH: "0" } } }));
        assert.equal(created.getId(), NAME);
        assert.deepEqual(decode(created.getProperties()).values, {
            baseImageName: NAME,
            context: folder,
            dockerfile: "Dockerfile",
            imageName: NAME,
            platform: "linux/arm64",
            registryServer: "",
            repoDigest: `127.0.0.1:5000/app/web@${DIGEST}`,
        });
        const build = engine.requests.find((request) => kindOf(request) === "build");
        assert.deepEqual(Object.fromEntries(build?.url.searchParams ?? []), {
            t: NAME,
            dockerfile: "Dockerfile",
            version: "2",
            platform: "linux/arm64",
            buildargs: '{"SOURCE_DATE_EPOCH":"0"}',
            rm: "1",
            target: "t",
        });
        assert.ok(build?.body.includes("FROM scratch"));
        assert.equal(engine.requests.find((request) => kindOf(request) === "push")?.url.href, "http://docker/images/127.0.0.1:5000/app/web/push?tag=abc");
        assert.deepEqual([counted("build"), counted("push")], [1, 1]);
        assert.ok(statuses.includes("[1/1] COPY . /"));
    });

    it("does not push what is not to be pushed; the digest is the local id then", async () => {
        const created = await create(inputs({ skipPush: true }));
        assert.equal(decode(created.getProperties()).values["repoDigest"], ID);
        assert.equal(counted("push"), 0);
    });

    it("sends the resource's credentials with the push and keeps them out of outputs", async () => {
        const registry = { server: "127.0.0.1:5000", username: "AWS", password: "hunter2" };
        answers["session"] = { status: 200 };
        const created = await create(inputs({ registry, build: { context: folder, builderVersion: "BuilderV1" } }), [["registry", "password"]]);
        const push = engine.requests.find((request) => kindOf(request) === "push");
        assert.deepEqual(JSON.parse(Buffer.from(String(push?.headers["x-registry-auth"]), "base64url").toString()), {
            username: "AWS",
            password: "hunter2",
            serveraddress: "127.0.0.1:5000",
        });
        assert.ok(!JSON.stringify(decode(created.getProperties())).includes("hunter2"));
    });

    it("keeps a password secret among the checked inputs", async () => {
        const news = inputs({ registry: { server: "127.0.0.1:5000", username: "AWS", password: "hunter2" } });
        const checked = await run(handlers.check, new rpc.CheckRequest().setUrn(URN).setNews(encode(news, [["registry", "password"]])));
        assert.deepEqual(decode(checked.getInputs()).secrets, [["registry", "password"]]);
    });

    it("uses what Docker has stored for the registry when the resource has no credentials", async () => {
        const auth = Buffer.from("me:pw").toString("base64");
        fs.writeFileSync(path.join(folder, "config.json"), JSON.stringify({ auths: { "https://127.0.0.1:5000/v2/": { auth } } }));
        await create(inputs({ build: { context: folder, builderVersion: "BuilderV1" } }));
        const push = engine.requests.find((request) => kindOf(request) === "push");
        const sent = JSON.parse(Buffer.from(String(push?.headers["x-registry-auth"]), "base64url").toString()) as { username: string; password: string };
        assert.deepEqual([sent.username, sent.password], ["me", "pw"]);
    });

    it("builds nothing in a preview and leaves the digest unknown", async () => {
        const created = await create(inputs({ imageName: UNKNOWN }), [], true);
        const { imageName, repoDigest } = decode(created.getProperties()).values;
        assert.deepEqual([imageName, repoDigest], [UNKNOWN, UNKNOWN]);
        assert.deepEqual([counted("build"), counted("push")], [0, 0]);
    });

    it("shows name, step and the last lines of its output when a build fails", async () => {
        const lines = Array.from({ length: 30 }, (_, index) => `line ${index + 1}\n`).join("");
        answers["build"] = {
            messages: [
                trace({ digest: "a", name: "[1/2] FROM x" }, { digest: "b", name: "[2/2] RUN make", output: lines }),
                trace({ digest: "c", name: "[other 1/1] RUN sleep", error: "context canceled" }, { digest: "b", output: "make: no rule" }),
                trace({ digest: "b", name: "[2/2] RUN make", error: "exit code: 2" }),
                { errorDetail: { message: "executor failed" }, error: "executor failed" },
            ],
        };
        await assert.rejects(create(inputs()), (error: Error) => {
            const told = error.message.split("\n");
            assert.equal(told[0], `image "${NAME}": the build of "${folder}/Dockerfile" failed: step [2/2] RUN make failed: exit code: 2`);
            assert.equal(told[1], "(the last 20 of 31 lines)");
            assert.deepEqual(told.slice(2, -1).map((line) => line.trim()), [...Array.from({ length: 19 }, (_, index) => `line ${index + 12}`), "make: no rule"]);
            return true;
        });
        assert.equal(counted("push"), 0);
    });

    it("explains a failure of the old builder by its last step", async () => {
        answers["build"] = { messages: [{ stream: "Step 1/2 : FROM x\n" }, { stream: "Step 2/2 : RUN make\n" }, { stream: "no rule\n" }, { error: "returned a non-zero code: 2" }] };
        await assert.rejects(create(inputs()), /step Step 2\/2 : RUN make failed: returned a non-zero code: 2\n {4}no rule/);
    });

    it("shows the engine's own words when the build is refused or the push fails", async () => {
        answers["build"] = { status: 400, json: { message: "dockerfile parse error line 1" } };
        await assert.rejects(create(inputs()), /refused the build: dockerfile parse error line 1/);
        answers["build"] = { messages: [{ id: "moby.image.id", aux: { ID } }] };
        answers["push"] = { messages: [{ errorDetail: { message: "denied: no rights" }, error: "denied: no rights" }] };
        await assert.rejects(create(inputs()), /the push failed: denied: no rights/);
    });

    it("looks five times for the finished image and then says so", async () => {
        answers["inspect"] = { status: 404, json: { message: "no such image" } };
        await assert.rejects(create(inputs()), /no such image after 5 looks/);
        assert.equal(counted("inspect"), 5);
    });

    it("closes the connection of a build that is cancelled, which ends it in the engine", async () => {
        answers["build"] = { messages: [trace({ digest: "a", name: "[1/1] RUN sleep" })], hang: true };
        const cancel = new AbortController();
        const building = create(inputs(), [], false, cancel.signal);
        while (counted("build") === 0) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        cancel.abort();
        await assert.rejects(building, /the build was cancelled/);
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.equal(engine.closedEarly(), 1);
    });

    it("fails every operation without a Docker engine, in the words of the real provider", async () => {
        await engine.stop();
        await assert.rejects(configure(), /failed to connect to any docker daemon: tcp:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);
    });

    it("answers a read with what it was given and does nothing on delete", async () => {
        const properties = encode({ repoDigest: "x" });
        const read = await run(handlers.read, new rpc.ReadRequest().setUrn(URN).setId(NAME).setProperties(properties));
        assert.deepEqual([read.getId(), decode(read.getProperties()).values], [NAME, { repoDigest: "x" }]);
        await run(handlers.delete, new rpc.DeleteRequest().setUrn(URN).setId(NAME));
        assert.equal(engine.requests.length, 0);
    });

    it("refuses other types, functions and unknown configuration by name", async () => {
        const container = "urn:pulumi:s::p::docker:index/container:Container::c";
        await assert.rejects(run(handlers.check, new rpc.CheckRequest().setUrn(container)), /resource type "docker:index\/container:Container" is not known/);
        await assert.rejects(run(handlers.invoke, new rpc.InvokeRequest().setTok("docker:index/getNetwork:getNetwork")), /function "docker:index\/getNetwork:getNetwork"/);
        const checked = await run(handlers.checkConfig, new rpc.CheckRequest().setNews(encode({ hostt: "x", sshOpts: "[]" })));
        assert.deepEqual(checked.getFailuresList().map((failure) => failure.getProperty()), ["hostt", "sshOpts"]);
    });
});

function kindOf({ method, url }: FakeRequest): string {
    const path = url.pathname;
    return path === "/_ping" ? "ping" : path === "/build" ? "build" : path === "/session" ? "session" : path.endsWith("/push") ? "push" : method === "GET" && path.endsWith("/json") ? "inspect" : path;
}
