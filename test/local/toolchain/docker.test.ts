import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { freeGateway } from "../../../local/toolchain/bridge";
import { removeContainersOf } from "../../../local/toolchain/containers";
import { configuredHosts } from "../../../local/toolchain/docker";
import { askEngine, engineAddress, engineAnswers } from "../../../local/toolchain/dockerApi";
import { fakeEngine } from "./fakeEngine";
import { removeTemporaryFolders, temporaryFolder, writeTree } from "./temporary";

const usual = "unix:///var/run/docker.sock";

describe("the Docker engine", () => {
    afterEach(removeTemporaryFolders);

    it("is looked for where DOCKER_HOST says, and nowhere else then", () => {
        assert.deepEqual(configuredHosts({ DOCKER_HOST: "unix:///home/me/docker.sock" }), ["unix:///home/me/docker.sock"]);
    });

    it("is looked for in the client's current context before the usual socket", () => {
        const config = temporaryFolder();
        const id = createHash("sha256").update("colima").digest("hex");
        writeTree(config, {
            "config.json": '{"currentContext": "colima"}',
            [`contexts/meta/${id}/meta.json`]: '{"Name": "colima", "Endpoints": {"docker": {"Host": "unix:///home/me/.colima/docker.sock"}}}',
        });
        assert.deepEqual(configuredHosts({ DOCKER_CONFIG: config }), ["unix:///home/me/.colima/docker.sock", usual]);
        assert.deepEqual(configuredHosts({ DOCKER_CONFIG: config, DOCKER_CONTEXT: "default" }), [usual]);
    });

    it("is never the private one of another checkout, although local:env of that one exported it", () => {
        const config = temporaryFolder();
        assert.deepEqual(configuredHosts({ DOCKER_CONFIG: config, DOCKER_HOST: "unix:///run/container-lambdas-0123abcd/docker.sock" }), [usual]);
    });

    it("is used on this machine only", () => {
        assert.deepEqual(engineAddress("unix:///a/b.sock"), { socketPath: "/a/b.sock" });
        assert.deepEqual(engineAddress("tcp://127.0.0.1:2375"), { host: "127.0.0.1", port: 2375 });
        assert.equal(engineAddress("tcp://build-server:2375"), undefined);
        assert.equal(engineAddress("ssh://me@server"), undefined);
    });

    it("does not answer where there is nothing", async () => {
        assert.equal(await engineAnswers(`unix://${temporaryFolder()}/none.sock`), false);
    });

    it("is quoted when it refuses", async () => {
        const engine = await fakeEngine(() => ({ status: 409, body: { message: "conflict of names" } }));
        await assert.rejects(askEngine(engine.dockerHost, "POST", "/containers/create", {}), /409.*conflict of names/);
        await engine.close();
    });
});

describe("containers of functions", () => {
    afterEach(removeTemporaryFolders);

    it("are removed by the label of their checkout; those of other checkouts stay", async () => {
        const containers = [
            { Id: "ours-1", Labels: { "ministack.instance": "container-lambdas-0123abcd:20001" } },
            { Id: "theirs", Labels: { "ministack.instance": "container-lambdas-ffffffff:20001" } },
            { Id: "ours-2", Labels: { "ministack.instance": "container-lambdas-0123abcd:20999" } },
            { Id: "other", Labels: { "ministack.instance": "laptop:4566" } },
        ];
        const engine = await fakeEngine((method) => (method === "GET" ? { status: 200, body: containers } : { status: 204 }));
        assert.equal(await removeContainersOf(engine.dockerHost, "0123abcd"), 2);
        const removed = engine.requests.filter((request) => request.startsWith("DELETE")).sort();
        assert.deepEqual(removed, ["DELETE /containers/ours-1?force=1&v=1", "DELETE /containers/ours-2?force=1&v=1"]);
        await engine.close();
    });
});

describe("a private engine's network", () => {
    const network = (text: string, bits: number): { base: number; mask: number } => ({
        base: text.split(".").reduce((sum, part) => sum * 256 + Number(part), 0),
        mask: bits === 0 ? 0 : (0xff_ff_ff_ff << (32 - bits)) | 0,
    });

    it("is the checkout's own while that is free", () => {
        assert.equal(freeGateway("00000001", []), "10.192.1.1");
        assert.equal(freeGateway("00003fff", []), "10.255.255.1");
    });

    it("overlaps no network in use, however large or small", () => {
        assert.equal(freeGateway("00000001", [network("10.192.1.0", 24)]), "10.192.2.1");
        assert.equal(freeGateway("00000001", [network("10.192.0.0", 16)]), "10.193.0.1");
        assert.equal(freeGateway("00000001", [network("10.192.1.7", 32)]), "10.192.2.1");
        assert.equal(freeGateway("00003fff", [network("10.255.255.0", 24)]), "10.192.0.1");
        assert.throws(() => freeGateway("00000001", [network("10.0.0.0", 8)]), /no \/24 network/);
    });
});
