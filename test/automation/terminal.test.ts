import { strict as assert } from "node:assert";
import { ProgressDisplay } from "../../automation/progressDisplay";
import { StepLines } from "../../automation/steps";
import { Terminal } from "../../automation/terminal";
import { Recorder, plainTerminal, recorded } from "./support";

describe("output", () => {
    it("keeps stdout for the document with --json, and everything for people on stderr", () => {
        const { terminal, stdout, stderr } = plainTerminal(true);
        terminal.line("for people");
        terminal.result({ b: 1, a: 2 });
        assert.deepEqual([stdout.text, stderr.text], ['{"a":2,"b":1}\n', "for people\n"]);
    });

    it("prints no document without --json", () => {
        const { terminal, stdout } = plainTerminal();
        terminal.result({ a: 1 });
        assert.equal(stdout.text, "");
    });

    it("has colours and a live region on a terminal only, and no colours with NO_COLOR", () => {
        const make = (tty: boolean, environment: NodeJS.ProcessEnv): Terminal => new Terminal({ stdout: new Recorder(tty), stderr: new Recorder(), json: false, environment });
        const look = (terminal: Terminal): unknown[] => [terminal.live, terminal.colors.red("x") !== "x"];
        assert.deepEqual(look(make(true, {})), [true, true]);
        assert.deepEqual(look(make(true, { NO_COLOR: "1" })), [true, false]);
        assert.deepEqual(look(make(true, { TERM: "dumb" })), [false, false]);
        assert.deepEqual(look(make(false, {})), [false, false]);
    });

    it("takes the live region away before every line and draws it in its place again", () => {
        const stdout = new Recorder(true);
        const terminal = new Terminal({ stdout, stderr: new Recorder(), json: false, environment: { NO_COLOR: "1" } });
        terminal.drawRegion(["one", "two"]);
        terminal.drawRegion(["three"]);
        terminal.line("said");
        terminal.clearRegion();
        assert.equal(stdout.text, "\r\u001b[Jone\ntwo\n\u001b[2A\r\u001b[Jthree\n\u001b[1A\r\u001b[Jsaid\n");
    });

    it("never contains an escape sequence where there is no terminal", () => {
        const { terminal, stdout } = plainTerminal();
        const display = new ProgressDisplay(terminal, () => 0, "up");
        recorded("up-failed").forEach(display.onEvent);
        display.tick();
        display.close();
        assert.ok(!stdout.text.includes("\u001b"));
        assert.deepEqual(stdout.lines, [
            "✗ creating failed: docker Image gamma  0.0 s",
            "✓ created: docker Image beta-1  0.0 s",
            "✗ creating failed: docker Image alpha-2  0.0 s",
            "✓ created: docker Image alpha-1  0.0 s",
        ]);
    });

    it("gives a sign of life after a long silence in a log", () => {
        const { terminal, stdout } = plainTerminal();
        let now = 0;
        const display = new ProgressDisplay(terminal, () => now, "up");
        recorded("up-killed").forEach(display.onEvent);
        now = 19_999;
        display.tick();
        now = 20_000;
        display.tick();
        now = 21_000;
        display.tick();
        display.close();
        assert.deepEqual(stdout.lines, ["… creating docker Image slow-0  20.0 s  #1 [1/5] RUN pip install thing1; 1 more in flight"]);
    });
});

describe("steps of the set-up", () => {
    it("are announced and ended in a log, with the time each took", async () => {
        const { terminal, stdout } = plainTerminal();
        let now = 0;
        const steps = new StepLines(terminal, () => now);
        steps.report({ step: "engine", state: "started" });
        steps.report({ step: "engine", state: "progress", detail: "downloading" });
        now = 2500;
        steps.report({ step: "engine", state: "done", detail: "3.230.0" });
        steps.report({ step: "registry", state: "reused" });
        await steps.run("own", async () => 7, (result) => `${result} things`);
        await assert.rejects(steps.run("bad", async () => assert.fail("x")));
        steps.close();
        assert.deepEqual(stdout.lines, ["… engine", "✓ engine  3.230.0  2.5 s", "✓ registry  reused", "… own", "✓ own  7 things  0.0 s", "… bad", "✗ bad  failed  0.0 s"]);
        assert.deepEqual(steps.seconds(), { engine: 2.5, registry: 0, own: 0 });
    });
});
