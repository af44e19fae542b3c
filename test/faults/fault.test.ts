import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { applyFault, failedTests, Fault } from "./fault";
import { faults } from "./faults";

const ROOT = path.join(__dirname, "..", "..");
const fault = (from: string, to: string): Fault => ({ name: "f", promise: "p", file: "x.ts", from, to, tests: [] });

describe("a seeded fault", () => {
    it("is put in where its text stands exactly once, letter for letter", () => {
        assert.deepEqual(applyFault(fault("b", "$&"), "abc"), { text: "a$&c" });
        assert.match(JSON.stringify(applyFault(fault("b", "x"), "abcb")), /stands 2 times in x\.ts/);
        assert.match(JSON.stringify(applyFault(fault("b", "x"), "ac")), /stands 0 times in x\.ts/);
    });

    it("that changes nothing is refused", () => {
        assert.match(JSON.stringify(applyFault(fault("b", "b"), "abc")), /replaces a text by the same/);
        assert.match(JSON.stringify(applyFault(fault("", "b"), "abc")), /none at all/);
    });

    it("is noticed by failing tests only: a run that cannot start is not a failing test", () => {
        assert.deepEqual(failedTests({ failures: [{ fullTitle: "a b" }] }), ["a b"]);
        assert.deepEqual(failedTests({ failures: [] }), []);
        assert.deepEqual(failedTests(undefined), []);
    });

    it("has a name of its own", () => {
        assert.equal(new Set(faults.map(({ name }) => name)).size, faults.length);
    });

    for (const one of faults) {
        it(`fits the program as it is now: ${one.name}`, () => {
            const applied = applyFault(one, fs.readFileSync(path.join(ROOT, one.file), "utf8"));
            assert.ok("text" in applied, JSON.stringify(applied));
            assert.ok(one.tests.length > 0);
            for (const test of one.tests) {
                assert.ok(fs.existsSync(path.join(ROOT, test)), test);
            }
        });
    }
});
