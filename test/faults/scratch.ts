import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { ProjectCopy } from "../support/projectCopy";
import { applyFault, failedTests, Fault } from "./fault";

/** What a run of some test files showed. `problem` is set where they could not be run at all. */
export interface TestRun {
    readonly failed: readonly string[];
    readonly passed: number;
    readonly problem?: string;
}

/** Milliseconds after which a run is given up: a fault may make a test wait for ever. */
const TIME_LIMIT = 120_000;

/** A copy of the project that faults are put into: the checkout itself is never changed. */
export class ScratchProject {
    private constructor(private readonly copy: ProjectCopy) {}

    static create(project: string): ScratchProject {
        return new ScratchProject(ProjectCopy.create(project, "faults"));
    }

    remove(): void {
        this.copy.remove();
    }

    /** Runs the fault's test files with the fault in place, and takes it back. */
    async tryFault(fault: Fault, signal: AbortSignal): Promise<TestRun> {
        const file = path.join(this.copy.root, fault.file);
        const sound = fs.readFileSync(file, "utf8");
        const changed = applyFault(fault, sound);
        if ("problem" in changed) {
            return { failed: [], passed: 0, problem: changed.problem };
        }
        fs.writeFileSync(file, changed.text);
        try {
            // One failing test settles it; the rest would only take time.
            return await this.runTests(fault.tests, signal, ["--bail"]);
        } finally {
            fs.writeFileSync(file, sound);
        }
    }

    async runTests(tests: readonly string[], signal: AbortSignal, more: readonly string[] = []): Promise<TestRun> {
        const report = path.join(this.copy.parent, "report.json");
        fs.rmSync(report, { force: true });
        const { status, output } = await this.mocha(["--reporter", "json", "--reporter-option", `output=${report}`, ...more, ...tests], signal);
        signal.throwIfAborted();
        if (!fs.existsSync(report)) {
            return { failed: [], passed: 0, problem: `the tests could not be run (exit status ${String(status)}): ${output.trim().split("\n").slice(0, 3).join(" ")}` };
        }
        const content: unknown = JSON.parse(fs.readFileSync(report, "utf8"));
        const failed = failedTests(content);
        const passed = (content as { readonly stats: { readonly passes: number } }).stats.passes;
        if (failed.length === 0 && status !== 0) {
            return { failed, passed, problem: `exit status ${String(status)} without a failing test: ${output.trim().split("\n")[0] ?? ""}` };
        }
        return { failed, passed };
    }

    private mocha(args: readonly string[], signal: AbortSignal): Promise<{ status: number | null; output: string }> {
        const mocha = path.join(this.copy.root, "node_modules", "mocha", "bin", "mocha.js");
        // Long enough for a busy machine; a test that fails by waiting costs this once.
        const fixed = ["--no-config", "--require", "tsx/cjs", "--require", "test/guards/index.ts", "--timeout", "20000"];
        const child = spawn(process.execPath, [mocha, ...fixed, ...args], { cwd: this.copy.root, stdio: ["ignore", "pipe", "pipe"], timeout: TIME_LIMIT, signal });
        let output = "";
        child.stdout.on("data", () => undefined);
        child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
        return new Promise((resolve, reject) => {
            child.on("error", (error) => (signal.aborted ? resolve({ status: null, output }) : reject(error)));
            child.on("close", (status) => resolve({ status, output }));
        });
    }
}
