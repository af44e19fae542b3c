import { isRecord, stringMember } from "../../automation/json";
import { cleanText } from "../../automation/text";
import type { TestResult } from "../testResults";
import { type InputFilter, programFiles, projectFiles, scriptFiles, typedFiles } from "./inputs";

/** How a program ended. */
export interface Ended {
    readonly status: number;
    readonly stdout: string;
    readonly stderr: string;
}

export interface SuiteTools {
    /** The stack whose resources are rendered. */
    readonly stack: string;
    /** Runs a JavaScript program of the checkout, without anything of the build's own rights. */
    node(...args: readonly string[]): Promise<Ended>;
    /** Path of a file that does not exist yet, below `.delivery/`. */
    scratch(name: string): string;
    read(path: string): Promise<string>;
}

/** A check of the whole commit. */
export interface Suite {
    readonly name: string;
    readonly isInput: InputFilter;
    /** Every test with its end; at least one. */
    run(tools: SuiteTools): Promise<readonly Omit<TestResult, "suite">[]>;
}

type Result = Omit<TestResult, "suite">;

export const SUITES: readonly Suite[] = [
    { name: "types", isInput: typedFiles, run: async ({ node }) => linesOf(await node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json", "--pretty", "false", ...REMEMBER), "the compiler accepts every file") },
    { name: "lint", isInput: scriptFiles, run: async ({ node }) => linesOf(await node("node_modules/oxlint/bin/oxlint", "--deny-warnings", "--format", "unix"), "the linter accepts every file") },
    { name: "unit", isInput: projectFiles, run: unit },
    { name: "security", isInput: programFiles, run: security },
];

/** The compiler looks again only at what changed since the last build, as far as packages are kept between builds. */
const REMEMBER = ["--incremental", "--tsBuildInfoFile", "node_modules/.cache/tsconfig.tsbuildinfo"];

/** A line for each problem: `FILE(LINE,COLUMN): error …`, `FILE:LINE:COLUMN: …`. */
function linesOf({ status, stdout, stderr }: Ended, promise: string): Result[] {
    if (status === 0) {
        return [{ name: promise, seconds: 0 }];
    }
    const lines = cleanText(stdout)
        .split("\n")
        .filter((line) => /^[^\s(:]+[(:]\d+[,:]\d+/.test(line));
    const failures = lines.map((line) => ({ name: line.slice(0, line.indexOf(": ")), seconds: 0, failure: line }));
    return failures.length > 0 ? failures : [{ name: promise, seconds: 0, failure: cleanText(`${stdout}\n${stderr}`).trim() || `ended with status ${status}` }];
}

async function unit({ node, scratch, read }: SuiteTools): Promise<Result[]> {
    const file = scratch("unit.json");
    // A handle that a failed test left open would hold the build until its time-out; machines of builds are slow and shared.
    const ended = await node("node_modules/mocha/bin/mocha.js", "--exit", "--timeout", "60000", "--reporter", "json", "--reporter-option", `output=${file}`);
    let report: unknown;
    try {
        report = JSON.parse(await read(file));
    } catch {
        return [{ name: "the suite starts", seconds: 0, failure: cleanText(`${ended.stderr}\n${ended.stdout}`).trim() || `ended with status ${ended.status}` }];
    }
    const tests = isRecord(report) && Array.isArray(report.tests) ? report.tests.filter(isRecord) : [];
    const failed = isRecord(report) && Array.isArray(report.failures) ? report.failures.filter(isRecord) : [];
    // Of a hook that failed there is a failure and no test.
    const hooks = failed.filter(({ fullTitle }) => !tests.some((test) => test.fullTitle === fullTitle));
    const results = [...tests, ...hooks].map(testResult);
    return results.length > 0 && (ended.status === 0 || results.some(({ failure }) => failure !== undefined))
        ? results
        : [...results, { name: "the suite ends well", seconds: 0, failure: `ended with status ${ended.status}: ${cleanText(ended.stderr).trim()}` }];
}

function testResult(test: Record<string, unknown>): Result {
    const failure = isRecord(test.err) ? (stringMember(test.err, "stack") ?? stringMember(test.err, "message")) : undefined;
    const seconds = typeof test.duration === "number" ? test.duration / 1000 : 0;
    const name = stringMember(test, "fullTitle") ?? "";
    return failure === undefined ? { name, seconds } : { name, seconds, failure };
}

async function security({ node, stack }: SuiteTools): Promise<Result[]> {
    const { status, stdout, stderr } = await node("--import", "tsx", "delivery/security/main.ts", stack);
    const report: unknown = status === 0 ? JSON.parse(stdout) : undefined;
    if (!isRecord(report) || !Array.isArray(report.rules) || !Array.isArray(report.findings)) {
        return [{ name: "the program can be rendered", seconds: 0, failure: cleanText(stderr).trim() || `ended with status ${status}` }];
    }
    const findings = report.findings.filter(isRecord);
    return report.rules.filter(isRecord).map(({ id, promise }) => {
        const broken = findings.filter(({ rule }) => rule === id).map(({ resource, problem }) => `${String(resource)} ${String(problem)}`);
        const name = `${String(id)}: ${String(promise)}`;
        return broken.length === 0 ? { name, seconds: 0 } : { name, seconds: 0, failure: broken.join("\n") };
    });
}
