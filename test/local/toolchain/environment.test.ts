import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { runningLocal, stopLocal } from "../../../local/environment";
import { runStep, type StepEvent } from "../../../local/toolchain/steps";
import { begin, settle, SeveralFaults } from "../../../local/toolchain/together";
import { removeTemporaryFolders, temporaryFolder, writeTree } from "./temporary";

describe("a checkout's emulator", () => {
    afterEach(removeTemporaryFolders);

    it("does not run in a fresh checkout, and looking for it writes nothing", async () => {
        const root = temporaryFolder();
        assert.equal(await runningLocal(root), undefined);
        assert.deepEqual(fs.readdirSync(root), []);
    });

    it("does not run when only its notes are left", async () => {
        const root = temporaryFolder();
        writeTree(root, {
            ".local/state.json": '{"ports": {"endpoint": 20001, "ministack": 20002, "registry": 20003, "registryData": 20004}, "accessKeyId": "A", "secretAccessKey": "B"}',
            ".local/running.json": '{"engine": {"dockerHost": "unix:///none.sock", "ownership": "found", "version": "1", "sharesLoopback": true}, "python": "/none", "providers": "standin", "key": "k"}',
            ".local/pids/endpoint.json": '{"pid": 999999999, "startTime": "1", "command": []}',
        });
        assert.equal(await runningLocal(root), undefined);
    });

    it("can be stopped where nothing runs: nothing is reported as stopped, and data is kept", async () => {
        const root = temporaryFolder();
        writeTree(root, { ".local/registry/blob": "data", ".local/pids/registry.json": '{"pid": 999999999, "startTime": "1", "command": []}' });
        const report = await stopLocal(root);
        assert.deepEqual(report.stopped, []);
        assert.deepEqual(report.kept.map((entry) => path.relative(root, entry.path)), [".local/registry"]);
        assert.equal(fs.readFileSync(path.join(root, ".local/registry/blob"), "utf8"), "data");
    });
});

describe("the steps of a start", () => {
    it("are reported from begin to end, with what was found", async () => {
        const events: StepEvent[] = [];
        await runStep((event) => events.push(event), "registry", (step) => {
            step.progress("looking");
            step.reused("127.0.0.1:1");
            return Promise.resolve();
        });
        assert.deepEqual(events.map(({ state, detail }) => [state, detail]), [["started", undefined], ["progress", "looking"], ["reused", "127.0.0.1:1"]]);
        assert.equal(events.every((event) => event.state === "started" || typeof event.seconds === "number"), true);
    });

    it("report all faults together, each once, and leave nothing running behind the report", async () => {
        let finished = false;
        const python = begin(() => Promise.reject(new Error("no Python")));
        const ministack = begin(() => python);
        const docker = begin(() => Promise.reject(new Error("no Docker")));
        const slow = begin(() => new Promise<void>((resolve) => setTimeout(() => resolve(void (finished = true)), 30)));
        await assert.rejects(settle([python, ministack, docker, slow]), (error: SeveralFaults) => {
            assert.equal(error.message, "no Python\nno Docker");
            return true;
        });
        assert.equal(finished, true);
    });
});
