import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endBuild, processesOf, shellOf } from "../../../../local/endpoint/codebuild/processes";
import { quoted, Shell } from "../../../../local/endpoint/codebuild/shell";

describe("emulated CodeBuild: the shell of a build", () => {
    async function started(lines: string[] = [], extra: Record<string, string> = {}): Promise<Shell> {
        return Shell.start({ cwd: "/tmp", environment: { PATH: process.env.PATH ?? "", ...extra }, onLine: (line) => lines.push(line) });
    }

    it("keeps variables, functions and the folder from command to command, and tells each exit status", async () => {
        const lines: string[] = [];
        const shell = await started(lines);
        assert.equal(await shell.run("cd /; A=1; export B=two; f() { echo \"f $1\"; }"), 0);
        assert.equal(await shell.run("f \"$A $B $PWD\""), 0);
        assert.equal(await shell.run("(exit 7)"), 7);
        assert.equal(await shell.run("for i in 1 2; do\n  echo line $i\ndone >&2; false"), 1);
        await shell.close();
        assert.deepEqual(lines, ["f 1 two /", "line 1", "line 2"]);
    });

    it("survives commands that leave loops, and says so when a command ends it", async () => {
        const shell = await started();
        assert.equal(await shell.run("continue"), 0);
        assert.equal(await shell.run("true"), 0);
        assert.equal(await shell.run("exit 3"), 3);
        assert.equal(shell.alive, false);
        assert.equal(await shell.run("echo never"), 3);
    });

    it("gives commands neither its own channels nor an input", async () => {
        const lines: string[] = [];
        const shell = await started(lines);
        assert.equal(await shell.run("cat; [ ! -e /proc/self/fd/3 ] && [ ! -e /proc/self/fd/4 ] && echo closed"), 0);
        await shell.close();
        assert.deepEqual(lines, ["closed"]);
    });

    it("leaves no process of a build, neither one that ignores SIGTERM nor one in a session of its own", async () => {
        const id = `demo:${process.pid}-${Date.now()}`;
        const shell = await started([], { CODEBUILD_BUILD_ID: id });
        const identity = shellOf(shell.pid);
        const running = shell.run("setsid sleep 60 & trap '' TERM; sleep 60");
        while (processesOf(id).length < 4) {
            await sleep(10);
        }
        await endBuild(id, identity, 200);
        assert.deepEqual(processesOf(id), []);
        assert.notEqual(await running, 0);
    });

    it("ends with all it started when the endpoint is killed", async () => {
        const id = `demo:${process.pid}-${Date.now()}`;
        const shellModule = JSON.stringify(join(__dirname, "..", "..", "..", "..", "local", "endpoint", "codebuild", "shell.ts"));
        const program = `require(${shellModule}).Shell.start({ cwd: "/tmp", environment: { PATH: process.env.PATH, CODEBUILD_BUILD_ID: ${JSON.stringify(id)} }, onLine: () => {} }).then((shell) => shell.run("trap '' TERM; sleep 60 & sleep 60"))`;
        const owner = spawn(process.execPath, ["--require", "tsx/cjs", "--eval", program], { stdio: "ignore" });
        while (processesOf(id).length < 4) {
            await sleep(10);
        }
        owner.kill("SIGKILL");
        while (processesOf(id).length > 0) {
            await sleep(10);
        }
    });

    it("has no job of its own that a command would wait for", async () => {
        const lines: string[] = [];
        const shell = await started(lines);
        assert.equal(await shell.run("jobs; sleep 0.05 & wait; echo waited"), 0);
        await shell.close();
        assert.deepEqual(lines, ["waited"]);
    });

    it("quotes any text as one word", async () => {
        const lines: string[] = [];
        const shell = await started(lines);
        await shell.run(`printf '%s\\n' ${quoted("it's $HOME \"and\" `more`")}`);
        await shell.close();
        assert.deepEqual(lines, ["it's $HOME \"and\" `more`"]);
    });
});
