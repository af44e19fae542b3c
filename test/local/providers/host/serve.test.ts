import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { PartialFailure, UserError } from "../../../../local/providers/host/errors";
import type { ProviderHandlers } from "../../../../local/providers/host/handlers";
import { type RunningProvider, start } from "../../../../local/providers/host/serve";

const URN = "urn:pulumi:s::p::docker:index/image:Image::web";

describe("a stand-in's server", () => {
    let running: RunningProvider;
    let client: ResourceProviderClient;

    async function serving(handlers: ProviderHandlers): Promise<void> {
        running = await start({ name: "sample", version: "1.2.3", handlers }, []);
        client = new ResourceProviderClient(`127.0.0.1:${running.port}`, grpc.credentials.createInsecure(), {
            "grpc.max_send_message_length": 64 * 1024 * 1024,
            "grpc.max_receive_message_length": 64 * 1024 * 1024,
        });
    }

    afterEach(async () => {
        client.close();
        await running.stop(0);
    });

    it("accepts secrets, resources, outputs and previews, and tells the version of the SDK", async () => {
        await serving({});
        const configured = await call<rpc.ConfigureResponse>((done) => client.configure(new rpc.ConfigureRequest(), done));
        assert.deepEqual(
            [configured.getAcceptsecrets(), configured.getAcceptresources(), configured.getAcceptoutputs(), configured.getSupportspreview()],
            [true, true, true, true],
        );
        const info = await call<PluginInfo>((done) => client.getPluginInfo(new Empty(), done));
        assert.equal(info.getVersion(), "1.2.3");
    });

    it("passes a user's error on word for word", async () => {
        await serving({
            create: () => {
                throw new UserError("image \"web\": the build failed");
            },
        });
        const error = await failure((done) => client.create(new rpc.CreateRequest().setUrn(URN), done));
        assert.equal(error.details, 'image "web": the build failed');
        assert.equal(error.code, grpc.status.UNKNOWN);
    });

    it("names operation and type of an internal error and shows no stack", async () => {
        await serving({
            create: () => {
                throw new TypeError("x is not a function");
            },
        });
        const error = await failure((done) => client.create(new rpc.CreateRequest().setUrn(URN), done));
        assert.equal(error.details, `internal error in create of docker:index/image:Image (${URN}): TypeError: x is not a function`);
    });

    it("tells the engine what exists of a resource that is incomplete", async () => {
        await serving({
            create: () => {
                throw new PartialFailure("id-1", Struct.fromJavaScript({ a: 1 }), Struct.fromJavaScript({ b: 2 }), ["not ready"]);
            },
        });
        const error = await failure((done) => client.create(new rpc.CreateRequest().setUrn(URN), done));
        const trailer = error.metadata.get("grpc-status-details-bin")[0];
        assert.ok(Buffer.isBuffer(trailer));
        assert.ok(trailer.includes("pulumirpc.ErrorResourceInitFailed") && trailer.includes("id-1"));
    });

    it("aborts running operations when the engine cancels the run, and says why", async () => {
        let aborted = 0;
        await serving({
            update: (_request, operation) =>
                new Promise((_resolve, reject) => {
                    operation.signal.addEventListener("abort", () => {
                        aborted++;
                        reject(new Error("socket closed"));
                    });
                }),
        });
        const failed = failure((done) => client.update(new rpc.UpdateRequest().setUrn(URN), done));
        await new Promise((resolve) => setTimeout(resolve, 50));
        await call((done) => client.cancel(new Empty(), done));
        assert.equal((await failed).details, "sample: the operation was cancelled");
        assert.equal(aborted, 1);
    });

    it("takes messages above gRPC's usual 4 MB", async () => {
        await serving({ check: (request) => new rpc.CheckResponse().setInputs(request.getNews()) });
        const request = new rpc.CheckRequest().setNews(Struct.fromJavaScript({ big: "x".repeat(6 * 1024 * 1024) }));
        const answered = await new Promise<number>((resolve, reject) => {
            const metadata = new grpc.Metadata();
            client.check(request, metadata, {}, (error, response) => (error === null ? resolve(response.getInputs()?.serializeBinary().length ?? 0) : reject(error)));
        });
        assert.ok(answered > 6 * 1024 * 1024);
    });

    it("answers calls that it does not know as not implemented", async () => {
        await serving({});
        const error = await failure((done) => client.construct(new rpc.ConstructRequest(), done));
        assert.equal(error.code, grpc.status.UNIMPLEMENTED);
    });
});

describe("a stand-in's process", () => {
    const main = path.resolve("local/providers/command/main.ts");

    it("prints its port first and ends on SIGINT, as the engine ends its plugins", async () => {
        const child = spawn(process.execPath, ["--import", "tsx", main], { stdio: ["pipe", "pipe", "inherit"] });
        const [first] = (await once(child.stdout, "data")) as [Buffer];
        assert.match(first.toString(), /^\d+\n$/);
        child.kill("SIGINT");
        const [status] = (await once(child, "exit")) as [number];
        assert.equal(status, 0);
    });

    it("ends when the process that started it is killed", async () => {
        const script = `
            const child = require("node:child_process").spawn(process.execPath, ["--import", "tsx", ${JSON.stringify(main)}], { stdio: ["pipe", "pipe", "inherit"] });
            child.stdout.once("data", () => console.log(child.pid));
            // The provider's output is inherited by nobody else: this pipe ends when the provider does.
        `;
        const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
        const [told] = (await once(parent.stdout, "data")) as [Buffer];
        const provider = Number(told.toString());
        parent.kill("SIGKILL");
        assert.equal(await endsWithin(provider, 5_000), true);
    });
});

/** A process that has ended but was not reaped yet counts as ended. */
async function endsWithin(pid: number, milliseconds: number): Promise<boolean> {
    const { readFileSync } = await import("node:fs");
    const until = Date.now() + milliseconds;
    while (Date.now() < until) {
        try {
            process.kill(pid, 0);
            if (process.platform === "linux" && / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) {
                return true;
            }
        } catch {
            return true;
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
}

type Done<T> = (error: grpc.ServiceError | null, response: T) => void;

function call<T>(start: (done: Done<T>) => unknown): Promise<T> {
    return new Promise((resolve, reject) => start((error, response) => (error === null ? resolve(response) : reject(error))));
}

function failure<T>(start: (done: Done<T>) => unknown): Promise<grpc.ServiceError> {
    return new Promise((resolve, reject) => start((error) => (error === null ? reject(new Error("it should have failed")) : resolve(error))));
}
