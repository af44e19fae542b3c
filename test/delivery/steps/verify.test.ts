import assert from "node:assert/strict";
import { verify, type VerifyPorts } from "../../../delivery/steps/verify";
import type { TestResult } from "../../../delivery/testResults";
import { inputsHash, programFiles, projectFiles, scriptFiles, typedFiles } from "../../../delivery/verify/inputs";
import { type Ended, type Suite, SUITES, type SuiteTools } from "../../../delivery/verify/suites";
import { MemoryDocuments } from "../support/documents";
import { Lines } from "../support/lines";

const COMMIT = "c".repeat(40);
const line = (path: string, content = "1"): string => `100644 blob ${content.repeat(40)}\t${path}`;
const TREE = [line("index.ts"), line("app/functions/ping/src/app.py"), line("docs/a.md")];

describe("Verify", () => {
    let documents: MemoryDocuments;
    let log: Lines;
    let ran: string[];
    let reports: Record<string, readonly TestResult[]>;
    beforeEach(() => {
        documents = new MemoryDocuments();
        log = new Lines();
        ran = [];
        reports = {};
    });

    const tools: SuiteTools = { stack: "dev", node: async () => assert.fail("no suite of these tests starts a program"), scratch: (name) => name, read: async () => "" };
    const suite = (name: string, failure?: string): Suite => ({
        name,
        isInput: projectFiles,
        run: async () => {
            ran.push(name);
            return [{ name: "holds", seconds: 1, ...(failure === undefined ? {} : { failure }) }];
        },
    });
    const ports = (): VerifyPorts => ({ documents, tools, clock: { now: () => 0 }, log, report: async (name, results) => void (reports[name] = results) });
    const run = (suites: readonly Suite[], tree: readonly string[] | undefined = TREE, more: { commit?: string; node?: string; stack?: string } = {}): Promise<unknown> =>
        verify({ stack: "dev", commit: COMMIT, node: "20.0.0", tree, ...more }, ports(), suites);

    it("runs every suite of a new commit and keeps what it proved", async () => {
        await run([suite("a"), suite("b")]);
        assert.deepEqual(ran, ["a", "b"]);
        assert.equal(documents.stored.size, 2);
        assert.deepEqual(reports.a, [{ suite: "a", name: "holds", seconds: 1 }]);
    });

    it("does not run again what only a function's code or prose has changed, and names the commit that proved it", async () => {
        await run([suite("a")]);
        await run([suite("a")], [line("index.ts"), line("app/functions/ping/src/app.py", "2"), line("docs/b.md")], { commit: "d".repeat(40) });
        assert.deepEqual(ran, ["a"]);
        assert.match(log.said.at(-1) ?? "", /^= a: nothing that it depends on has changed since c{40} \(1 test passed /);
        assert.equal(reports.a?.[0]?.name, `proved by ${COMMIT} with the same inputs (1 test)`);
    });

    it("runs again for another file, Node or stack", async () => {
        await run([suite("a")]);
        await run([suite("a")], [line("index.ts", "2")]);
        await run([suite("a")], TREE, { node: "22.0.0" });
        await run([suite("a")], TREE, { stack: "prod" });
        assert.deepEqual(ran, ["a", "a", "a", "a"]);
    });

    it("keeps no proof of a failure, and reports all of them", async () => {
        await assert.rejects(run([suite("a", "1 is not 2\n    at x"), suite("b"), suite("c", "no")]), /2 checks failed:\n {4}a: holds\n {8}1 is not 2\n {12}at x\n {4}c: holds\n {8}no/);
        assert.equal(documents.stored.size, 1);
        assert.deepEqual(Object.keys(reports).sort(), ["a", "b", "c"]);
    });

    it("neither believes nor keeps proofs for a checkout that differs from its commit", async () => {
        await run([suite("a")]);
        await verify({ stack: "dev", commit: COMMIT, node: "20.0.0" }, ports(), [suite("a")]);
        assert.deepEqual(ran, ["a", "a"]);
        assert.equal(documents.stored.size, 1);
    });
});

describe("the inputs of a suite", () => {
    it("are all that can change how it ends, and not a function's code", () => {
        const paths = ["index.ts", "app/functions/ping/function.yaml", "app/functions/ping/Dockerfile", "app/functions/ping/src/app.py", "app/functions/ping/tests/test_app.py", "docs/x.md", "README.md", "test/a.test.ts", "local/a.py", "package-lock.json", ".oxlintrc.json"];
        const inputs = (filter: (path: string) => boolean): string[] => paths.filter(filter);
        assert.deepEqual(inputs(projectFiles), ["index.ts", "app/functions/ping/function.yaml", "app/functions/ping/Dockerfile", "test/a.test.ts", "local/a.py", "package-lock.json", ".oxlintrc.json"]);
        assert.deepEqual(inputs(programFiles), ["index.ts", "app/functions/ping/function.yaml", "app/functions/ping/Dockerfile", "package-lock.json", ".oxlintrc.json"]);
        assert.deepEqual(inputs(typedFiles), ["index.ts", "test/a.test.ts", "package-lock.json", ".oxlintrc.json"]);
        assert.deepEqual(inputs(scriptFiles), ["index.ts", "test/a.test.ts", "package-lock.json", ".oxlintrc.json"]);
    });

    it("have one name in whatever order git lists them, and another one for another suite, mode or content", () => {
        const hash = (suite: string, tree: readonly string[]): string => inputsHash(suite, tree, projectFiles, { node: "20", stack: "dev" });
        assert.equal(hash("a", [line("x"), line("y")]), hash("a", [line("y"), line("x")]));
        const others = [hash("a", [line("x")]), hash("b", [line("x")]), hash("a", [line("x", "2")]), hash("a", [line("y")]), hash("a", [line("x").replace("100644", "100755")])];
        assert.equal(new Set(others).size, others.length);
    });
});

describe("a suite of Verify", () => {
    const run = (name: string, ended: Partial<Ended>, file = ""): Promise<readonly Omit<TestResult, "suite">[]> => {
        const suite = SUITES.find((one) => one.name === name);
        assert.ok(suite);
        return suite.run({ stack: "dev", node: async () => ({ status: 0, stdout: "", stderr: "", ...ended }), scratch: (one) => one, read: async () => file });
    };

    it("is one test where the tool says nothing but well done", async () => {
        assert.deepEqual(await run("types", {}), [{ name: "the compiler accepts every file", seconds: 0 }]);
        assert.deepEqual(await run("lint", {}), [{ name: "the linter accepts every file", seconds: 0 }]);
    });

    it("is a failure for every line of the compiler and the linter", async () => {
        const types = await run("types", { status: 2, stdout: "a/b.ts(1,7): error TS2322: Type 'x'.\n  more\na/c.ts(2,1): error TS1: y\n" });
        assert.deepEqual(types.map(({ name, failure }) => [name, failure]), [
            ["a/b.ts(1,7)", "a/b.ts(1,7): error TS2322: Type 'x'."],
            ["a/c.ts(2,1)", "a/c.ts(2,1): error TS1: y"],
        ]);
        const lint = await run("lint", { status: 1, stdout: "a/b.ts:1:2: Bad. [Error/x]\n\n1 problem\n" });
        assert.deepEqual(lint.map(({ failure }) => failure), ["a/b.ts:1:2: Bad. [Error/x]"]);
    });

    it("fails when the tool cannot be run at all", async () => {
        assert.deepEqual((await run("types", { status: 1, stderr: "no such file" })).map(({ failure }) => failure), ["no such file"]);
        assert.deepEqual((await run("unit", { status: 1, stderr: "cannot load" }, "no JSON")).map(({ failure }) => failure), ["cannot load"]);
        assert.deepEqual((await run("security", { status: 1, stderr: "wrong settings" })).map(({ failure }) => failure), ["wrong settings"]);
    });

    it("is every unit test with its time, hooks that failed included", async () => {
        const tests = [{ fullTitle: "a holds", duration: 1500, err: {} }, { fullTitle: "b breaks", duration: 1, err: { message: "m", stack: "m\n at b" } }];
        const failures = [tests[1], { fullTitle: 'c "before all" hook', err: { message: "hook" } }];
        const results = await run("unit", { status: 2 }, JSON.stringify({ tests, failures }));
        assert.deepEqual(results, [
            { name: "a holds", seconds: 1.5 },
            { name: "b breaks", seconds: 0.001, failure: "m\n at b" },
            { name: 'c "before all" hook', seconds: 0, failure: "hook" },
        ]);
    });

    it("does not pass when no test ran, or when the suite ended badly without a failing test", async () => {
        const empty = JSON.stringify({ tests: [], failures: [] });
        assert.match((await run("unit", {}, empty))[0]?.failure ?? "", /ended with status 0/);
        const one = JSON.stringify({ tests: [{ fullTitle: "a", duration: 1, err: {} }], failures: [] });
        assert.match((await run("unit", { status: 7, stderr: "crash" }, one))[1]?.failure ?? "", /ended with status 7: crash/);
    });

    it("is a test for every security rule, with what breaks it", async () => {
        const report = { rules: [{ id: "a", promise: "A." }, { id: "b", promise: "B." }], findings: [{ rule: "b", resource: "t x", problem: "is open" }] };
        assert.deepEqual(await run("security", { stdout: JSON.stringify(report) }), [
            { name: "a: A.", seconds: 0 },
            { name: "b: B.", seconds: 0, failure: "t x is open" },
        ]);
    });
});
