import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import { type AddressInfo } from "node:net";
import * as path from "node:path";

import { type BaseImageContext, prepareBaseImages } from "../../../local/toolchain/baseImages";
import { LocalFault } from "../../../local/toolchain/fault";
import { trustedCertificates, writePipConfiguration } from "../../../local/toolchain/hostSettings";
import { uploadImage } from "../../../local/toolchain/imageUpload";
import { writeImage } from "../../../local/toolchain/imageWrite";
import { checkoutPaths } from "../../../local/toolchain/paths";
import { type Step } from "../../../local/toolchain/steps";
import { type FakeEngine, fakeEngine } from "./fakeEngine";
import { removeTemporaryFolders, temporaryFolder, writeTree } from "./temporary";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
const address = `registry.example/base/other:1@${digest}`;

function silent(): Step & { reusedCount: number } {
    const step = { reusedCount: 0, progress: () => undefined, detail: () => undefined, reused: () => void step.reusedCount++ };
    return step;
}

function context(engine: FakeEngine, images: Readonly<Record<string, string>>): BaseImageContext {
    const root = temporaryFolder();
    writeTree(root, { "app/base-images.json": JSON.stringify(images) });
    const docker = { dockerHost: engine.dockerHost, ownership: "found" as const, version: "1", sharesLoopback: true };
    const unused = (): Promise<string> => Promise.reject(new Error("nothing is made in this test"));
    return { paths: checkoutPaths(root), cache: temporaryFolder(), engine: docker, registry: "127.0.0.1:1", upload: "127.0.0.1:1", python: unused };
}

describe("base images", () => {
    let engine: FakeEngine;
    afterEach(async () => {
        await engine.close();
        removeTemporaryFolders();
    });

    it("are the public ones where the engine can pull them, and are not asked for again", async () => {
        engine = await fakeEngine((method) => (method === "GET" ? { status: 404 } : { status: 200, body: { status: "Downloading" } }));
        const given = context(engine, { other: address });
        assert.deepEqual(await prepareBaseImages(given, silent()), { other: address });
        assert.deepEqual(JSON.parse(fs.readFileSync(given.paths.baseImagesFile, "utf8")), { other: address });

        const before = engine.requests.length;
        const step = silent();
        assert.deepEqual(await prepareBaseImages(given, step), { other: address });
        assert.deepEqual([engine.requests.length, step.reusedCount], [before, 1]);
    });

    it("are not pulled when the engine has them", async () => {
        engine = await fakeEngine(() => ({ status: 200, body: {} }));
        await prepareBaseImages(context(engine, { other: address }), silent());
        assert.deepEqual(engine.requests.filter((request) => request.startsWith("POST")), []);
    });

    it("that can be neither pulled nor made are a fault that names the image, the reason and the way out", async () => {
        engine = await fakeEngine((method) => (method === "GET" ? { status: 404 } : { status: 200, body: { error: "no such host" } }));
        await assert.rejects(prepareBaseImages(context(engine, { other: address }), silent()), (error: LocalFault) => {
            assert.equal(error instanceof LocalFault, true);
            assert.match(error.found, /"other".*registry\.example.*no such host/);
            assert.match(error.allowed, /python/);
            assert.match(error.next, /docker load/);
            return true;
        });
    });

    it("must be pinned by digest", async () => {
        engine = await fakeEngine(() => ({ status: 200, body: {} }));
        await assert.rejects(prepareBaseImages(context(engine, { other: "registry.example/base/other:latest" }), silent()), /pin every base image by digest/);
        assert.deepEqual(engine.requests, []);
    });
});

describe("images made on this machine", () => {
    afterEach(removeTemporaryFolders);

    async function image(order: readonly string[]): Promise<string> {
        const [root, target] = [temporaryFolder(), temporaryFolder()];
        for (const name of order) {
            writeTree(root, { [name]: `content of ${name}\n` });
        }
        await writeImage(root, target, { WorkingDir: "/var/task" });
        return target;
    }

    it("have the same digest whenever and in whatever order their files were written", async () => {
        const [one, two] = [await image(["a", "b/c"]), await image(["b/c", "a"])];
        assert.equal(fs.readFileSync(path.join(one, "manifest.json"), "utf8"), fs.readFileSync(path.join(two, "manifest.json"), "utf8"));
    });

    it("are made of blobs that carry their own digest", async () => {
        const blobs = path.join(await image(["a"]), "blobs", "sha256");
        const names = fs.readdirSync(blobs);
        assert.equal(names.length, 2);
        for (const name of names) {
            assert.equal(createHash("sha256").update(fs.readFileSync(path.join(blobs, name))).digest("hex"), name);
        }
    });

    it("are uploaded whole, and what the registry has is not sent again", async () => {
        const blobs = new Map<string, Buffer>();
        let uploads = 0;
        const server = http.createServer((request, response) => {
            const parts: Buffer[] = [];
            request.on("data", (part: Buffer) => parts.push(part));
            request.on("end", () => {
                const url = new URL(request.url ?? "", "http://registry");
                const body = Buffer.concat(parts);
                if (request.method === "HEAD") {
                    response.writeHead(blobs.has(path.basename(url.pathname)) ? 200 : 404).end();
                } else if (request.method === "POST") {
                    response.writeHead(202, { Location: "/v2/base/python/blobs/uploads/1?state=x" }).end();
                } else if (url.pathname.includes("/blobs/uploads/")) {
                    assert.equal(url.searchParams.get("state"), "x");
                    uploads++;
                    blobs.set(url.searchParams.get("digest") ?? "", body);
                    response.writeHead(201).end();
                } else {
                    response.writeHead(201, { "Docker-Content-Digest": `sha256:${createHash("sha256").update(body).digest("hex")}` }).end();
                }
            });
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
        const folder = await image(["a"]);
        const [first, second] = [await uploadImage(folder, registry, "base/python"), await uploadImage(folder, registry, "base/python")];
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
        assert.equal(first, second);
        assert.equal(uploads, 2);
        for (const [name, content] of blobs) {
            assert.equal(`sha256:${createHash("sha256").update(content).digest("hex")}`, name);
        }
    });

    it("trust what this machine trusts, extra certificates included", () => {
        const folder = temporaryFolder();
        writeTree(folder, { "bundle.pem": "BUNDLE", "extra.pem": "EXTRA" });
        const text = trustedCertificates({ SSL_CERT_FILE: path.join(folder, "bundle.pem"), NODE_EXTRA_CA_CERTS: path.join(folder, "extra.pem") });
        assert.equal(text, "BUNDLE\nEXTRA");
    });

    it("get the machine's proxy, but never an address with a password in it", () => {
        assert.match(writePipConfiguration({ HTTPS_PROXY: "http://proxy:3128" }), /^proxy = http:\/\/proxy:3128$/m);
        assert.doesNotMatch(writePipConfiguration({ HTTPS_PROXY: "http://me:secret@proxy:3128" }), /secret|proxy =/);
    });
});
