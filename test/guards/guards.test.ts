import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const ROOT = path.join(__dirname, "..", "..");

/** Runs a suite of its own under the same root hooks. */
function runSuite(body: string): { status: number | null; output: string } {
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), "guards-"));
    const file = path.join(directory, "suite.test.ts");
    const support = JSON.stringify(path.join(ROOT, "test", "support"));
    fs.writeFileSync(
        file,
        `const assert = require("node:assert/strict");
         const pulumi = require(${JSON.stringify(path.join(ROOT, "node_modules/@pulumi/pulumi"))});
         const { startMockEngine } = require(${support} + "/mockEngine");
         const { valueOf } = require(${support} + "/valueOf");
         class Thing extends pulumi.CustomResource { constructor(name, opts) { super("test:index:Thing", name, { value: 1, other: undefined }, opts); } }
         describe("suite", () => { ${body} });`,
    );
    try {
        const mocha = path.join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
        const { status, stdout, stderr } = spawnSync(
            process.execPath,
            [mocha, "--no-config", "--require", "tsx/cjs", "--require", "test/guards/index.ts", file],
            { cwd: ROOT, encoding: "utf8", env: { ...process.env, NODE_PATH: path.join(ROOT, "node_modules") } },
        );
        return { status, output: stdout + stderr };
    } finally {
        fs.rmSync(directory, { recursive: true, force: true });
    }
}

describe("the guards of every suite", function () {
    this.timeout(60_000);

    it("let a sound suite pass", () => {
        const { status, output } = runSuite(`it("t", async () => {
            await startMockEngine();
            const thing = new Thing("a");
            assert.equal(await valueOf(thing.id), "a-id");
        });`);
        assert.equal(status, 0, output);
    });

    it("fail a test whose assertion nobody awaits", () => {
        const { status, output } = runSuite(`it("t", async () => {
            await startMockEngine();
            new Thing("a").id.apply((id) => assert.equal(id, "something else"));
        });`);
        assert.notEqual(status, 0);
        assert.match(output, /An assertion failed that no test awaited/);
    });

    it("fail a test that leaves a rejected promise behind", () => {
        const { status, output } = runSuite(`it("t", () => { void Promise.reject(new Error("lost")); });`);
        assert.notEqual(status, 0);
        assert.match(output, /A promise was rejected that nothing awaited: Error: lost/);
    });

    it("fail a test that registers one URN twice", () => {
        const { status, output } = runSuite(`it("t", async () => {
            await startMockEngine();
            new Thing("a");
            new Thing("a");
        });`);
        assert.notEqual(status, 0);
        assert.match(output, /duplicate URN: test:index:Thing a/);
    });

    it("fail a test that reads an unknown output", () => {
        const { status, output } = runSuite(`it("t", async () => {
            await startMockEngine({ preview: true });
            await valueOf(new Thing("a").other);
        });`);
        assert.notEqual(status, 0);
        assert.match(output, /The output is unknown/);
    });
});
