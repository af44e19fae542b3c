import assert from "node:assert/strict";
import { test, type TestPorts } from "../../../delivery/steps/test";
import type { TestResult } from "../../../delivery/testResults";
import { MemoryDocuments } from "../support/documents";
import { Lines } from "../support/lines";

const COMMIT = "c".repeat(40);
const KEY = `delivery/dev/test-results/${COMMIT}.json`;

describe("Test", () => {
    let documents: MemoryDocuments;
    let calls: string[];
    let reported: readonly TestResult[];
    beforeEach(() => {
        documents = new MemoryDocuments();
        calls = [];
        reported = [];
    });

    const ports = (answer: { text: string; error?: string }, more: Partial<TestPorts> = {}): TestPorts => ({
        functions: {
            invoke: async (name, qualifier, payload) => {
                calls.push(`${name}:${qualifier} ${payload}`);
                return { ...answer, log: answer.error === undefined ? "" : "Traceback" };
            },
        },
        documents,
        clock: { now: () => 0 },
        log: new Lines(),
        report: async (results) => void (reported = results),
        ...more,
    });

    const request = (...functions: Parameters<typeof test>[0]["functions"]): Parameters<typeof test>[0] => ({ stack: "dev", commit: COMMIT, executionId: "e", prefix: "p-dev", functions });

    it("calls the alias of every function that has a smoke test, and writes down that the commit passed", async () => {
        await test(request({ name: "ping", smoke: { payload: { a: 1 }, expect: { message: "pong" } } }, { name: "silent" }), ports({ text: '{"message":"pong","more":1}' }));
        assert.deepEqual(calls, ['p-dev-ping:live {"a":1}']);
        assert.deepEqual(documents.json(KEY), {
            commit: COMMIT,
            passed: true,
            executionId: "e",
            at: "1970-01-01T00:00:00.000Z",
            results: [{ suite: "functions", name: "ping", seconds: 0 }],
        });
        assert.equal(reported.length, 1);
    });

    it("fails on another answer and on an error, and the record says so", async () => {
        const smoke = { payload: null, expect: { message: "pong" } };
        await assert.rejects(test(request({ name: "ping", smoke }), ports({ text: '{"message":"no"}' })), /1 test of 1 failed:\n {4}functions: ping: answer\.message: expected "pong", got "no"/);
        assert.equal((documents.json(KEY) as { passed: boolean }).passed, false);
        await assert.rejects(test(request({ name: "ping", smoke: { payload: null } }), ports({ text: "{}", error: "Unhandled" })), /ended with an error \(Unhandled\): \{\}\nLog of the call:\nTraceback/);
        assert.match(reported[0]?.failure ?? "", /Unhandled/);
    });

    it("fails when a function cannot be called or answers no JSON", async () => {
        const broken = { functions: { invoke: () => Promise.reject(new Error("Function not found")) } };
        await assert.rejects(test(request({ name: "ping", smoke: { payload: null } }), ports({ text: "" }, broken)), /ping: Function not found/);
        await assert.rejects(test(request({ name: "ping", smoke: { payload: null, expect: 1 } }), ports({ text: "<html>" })), /ping: Unexpected token/);
    });

    it("runs the application's own tests after the functions", async () => {
        await test(request({ name: "ping", smoke: { payload: null } }), ports({ text: "" }, { application: async () => void calls.push("application") }));
        assert.deepEqual(calls, ["p-dev-ping:live null", "application"]);
        await assert.rejects(test(request(), ports({ text: "" }, { application: () => Promise.reject(new Error("row 3 differs")) })), /application: end to end: row 3 differs/);
        assert.equal((documents.json(KEY) as { passed: boolean }).passed, false);
    });
});
