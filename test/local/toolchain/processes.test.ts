import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

import { acceptsConnections, isPortFree, isSameProcess, processStartTime, runningProcess, runsUnchanged, startDetached, stopProcess, waitUntilReady } from "../../../local/processes";
import { removeTemporaryFolders, temporaryFolder } from "./temporary";

function options(folder: string, script: string, variables: Record<string, string> = {}): Parameters<typeof startDetached>[0] {
    const files = { cwd: folder, logFile: path.join(folder, "log"), pidFile: path.join(folder, "pid.json") };
    return { command: process.execPath, args: ["-e", script], variables, inherited: { PATH: process.env["PATH"] }, ...files };
}

describe("processes", () => {
    afterEach(removeTemporaryFolders);

    it("finds a process by its pid file, and stops it", async () => {
        const given = options(temporaryFolder(), "setInterval(() => undefined, 1000)");
        const record = await startDetached(given);
        assert.equal(runningProcess(given.pidFile)?.pid, record.pid);
        assert.equal(await stopProcess(given.pidFile), true);
        assert.equal(isSameProcess(record), false);
        assert.equal(fs.existsSync(given.pidFile), false);
    });

    it("ends a process that ignores the polite signal", async () => {
        const given = options(temporaryFolder(), "process.on('SIGTERM', () => undefined); console.log('up'); setInterval(() => undefined, 1000)");
        const record = await startDetached(given);
        await waitUntilReady("it", record, given.logFile, () => Promise.resolve(fs.readFileSync(given.logFile, "utf8").includes("up")));
        await stopProcess(given.pidFile, 50);
        assert.equal(isSameProcess(record), false);
    });

    it("leaves a process alone that only got the number of ours", async () => {
        const given = options(temporaryFolder(), "setInterval(() => undefined, 1000)");
        const record = await startDetached(given);
        const kept = fs.readFileSync(given.pidFile, "utf8");
        fs.writeFileSync(given.pidFile, JSON.stringify({ ...record, startTime: "1" }));
        assert.equal(await stopProcess(given.pidFile), false);
        assert.equal(isSameProcess(record), true, "it must still run");
        fs.writeFileSync(given.pidFile, kept);
        await stopProcess(given.pidFile);
    });

    it("takes a damaged or missing pid file for no process", () => {
        const folder = temporaryFolder();
        fs.writeFileSync(path.join(folder, "pid.json"), '{"pid": 1, "sta');
        assert.equal(runningProcess(path.join(folder, "pid.json")), undefined);
        assert.equal(runningProcess(path.join(folder, "none.json")), undefined);
    });

    it("notices when a process was started with other variables or sources", async () => {
        const given = options(temporaryFolder(), "setInterval(() => undefined, 1000)", { A: "1" });
        await startDetached(given);
        assert.equal(runsUnchanged({ ...given, inherited: { PATH: "/elsewhere" } }), true, "inherited variables do not matter");
        assert.equal(runsUnchanged({ ...given, variables: { A: "2" } }), false);
        assert.equal(runsUnchanged({ ...given, sources: ["changed"] }), false);
        await stopProcess(given.pidFile);
    });

    it("shows the end of the log of a process that dies while it starts", async () => {
        const given = options(temporaryFolder(), "console.error('port is taken'); process.exit(1)");
        const record = await startDetached(given);
        await assert.rejects(
            waitUntilReady("the thing", record, given.logFile, () => Promise.resolve(false)),
            (error: Error) => error.message.includes("the thing") && error.message.includes("ended while it was starting") && error.message.includes("port is taken"),
        );
    });

    it("tells free ports from taken ones", async () => {
        const server = net.createServer();
        const port = await new Promise<number>((resolve) => {
            server.listen(0, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
        });
        assert.deepEqual([await isPortFree(port), await acceptsConnections("127.0.0.1", port)], [false, true]);
        await new Promise((resolve) => server.close(resolve));
        assert.deepEqual([await isPortFree(port), await acceptsConnections("127.0.0.1", port)], [true, false]);
    });

    it("knows when a process began, and nothing of one that is gone", () => {
        assert.notEqual(processStartTime(process.pid), undefined);
        assert.equal(processStartTime(4_194_304 + 1), undefined);
    });
});
