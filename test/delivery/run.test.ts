import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { InvalidInputError } from "../../components/manifest/problem";
import type { Exports } from "../../delivery/exports";
import { runStep } from "../../delivery/run";
import type { StepEntry } from "../../delivery/step";
import { plainTerminal } from "../automation/support";

const ROOT = path.join(__dirname, "..", "..");

describe("a step of the pipeline", () => {
    let root: string;
    beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "step-"))));
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    const entry = (run: () => Promise<Exports>, exports: readonly string[] = []): StepEntry => ({
        name: "plan",
        load: () => ({ name: "plan", summary: "Plans.", needs: ["stack"], exports, run }),
    });

    async function start(argv: readonly string[], step: StepEntry, variables: Record<string, string> = { STACK: "dev" }, signal = new AbortController().signal): Promise<{ status: number; out: string; err: string }> {
        const { terminal, stdout, stderr } = plainTerminal();
        const status = await runStep(argv, { root, variables, terminal, signal, shield: (work) => work(), now: () => 0, steps: [step] });
        return { status, out: stdout.text, err: stderr.text };
    }

    const written = (): string | undefined => (fs.existsSync(path.join(root, ".delivery/exports.env")) ? fs.readFileSync(path.join(root, ".delivery/exports.env"), "utf8") : undefined);

    it("writes what it exports, and says so", async () => {
        const { status, out } = await start(["plan"], entry(async () => ({ SUMMARY: "1 to create" }), ["SUMMARY"]));
        assert.equal(status, ExitCode.done);
        assert.match(out, /SUMMARY=1 to create\nplan ended well/);
        assert.equal(written(), "SUMMARY='1 to create'\n");
    });

    it("that exports nothing leaves an empty file: the build sources it in any case", async () => {
        assert.equal((await start(["plan"], entry(async () => ({})))).status, ExitCode.done);
        assert.equal(written(), "");
    });

    it("that fails exports nothing, also not what an earlier one left", async () => {
        await start(["plan"], entry(async () => ({ SUMMARY: "old" })));
        const { status, err } = await start(["plan"], entry(async () => Promise.reject(new CommandFailure(ExitCode.refused, { given: "No.", allowed: "Yes.", next: "try." }))));
        assert.equal(status, ExitCode.refused);
        assert.equal(err, "✗ No.\n  Yes.\n  Next: try.\n");
        assert.equal(written(), undefined);
    });

    it("that forgets a variable which the pipeline waits for is a fault, with its stack", async () => {
        const { status, err } = await start(["plan"], entry(async () => ({}), ["SUMMARY"]));
        assert.equal(status, ExitCode.failed);
        assert.match(err, /ended without a value for SUMMARY\.\n\s+at /);
    });

    it("does not start in a wrong environment", async () => {
        let started = false;
        const { status, err } = await start(["plan"], entry(async () => ((started = true), {})), {});
        assert.equal(status, ExitCode.badInput);
        assert.equal(started, false);
        assert.match(err, /environment: STACK: is not set.*\n1 problem in 1 file; nothing was called or changed\.\n {2}Next:/);
    });

    it("shows wrong manifests as their own report", async () => {
        const problem = { file: "app/functions/x/function.yaml", rule: "is wrong", fix: "mend it" };
        const { status, err } = await start(["plan"], entry(() => Promise.reject(new InvalidInputError([problem]))));
        assert.equal(status, ExitCode.badInput);
        assert.match(err, /^app\/functions\/x\/function\.yaml: is wrong\. Fix: mend it\.\n/);
    });

    it("that was stopped says so and nothing else", async () => {
        const controller = new AbortController();
        const { status, err } = await start(["plan"], entry(async () => (controller.abort(), Promise.reject(new Error("torn")))), { STACK: "dev" }, controller.signal);
        assert.deepEqual([status, err], [ExitCode.interrupted, "Interrupted.\n"]);
    });

    it("is named, and takes no arguments", async () => {
        for (const [argv, text] of [
            [[], /No step is named\.\n {2}Steps: plan\./],
            [["pln"], /There is no step "pln"\. Did you mean "plan"\?/],
            [["plan", "--now"], /The step plan is given "--now"/],
        ] as const) {
            const { status, err } = await start(argv, entry(async () => ({})));
            assert.equal(status, ExitCode.badInput);
            assert.match(err, text);
        }
    });

    it("is listed by the launcher, from any folder", () => {
        const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, "delivery/start.mjs"), "--help"], { cwd: os.tmpdir(), encoding: "utf8" });
        assert.equal(status, 0, stderr);
        for (const step of ["self-update", "pipeline-plan", "verify", "build", "test", "resolve", "plan", "deploy", "release", "record", "watchdog", "repair"]) {
            assert.match(stdout, new RegExp(`^  ${step} +[A-Z]`, "m"));
        }
    }).timeout(60_000);
});
