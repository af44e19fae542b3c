import assert from "node:assert/strict";
import { diffProperties, formatChanges } from "../../../delivery/selfUpdate/propertyDiff";
import { fingerprintOf } from "../../../delivery/selfUpdate/fingerprint";

describe("a difference of properties", () => {
    it("names every leaf that differs, and nothing else", () => {
        const before = { name: "p", stages: [{ name: "Source", actions: [{ name: "Source" }] }, { name: "Verify", actions: [{ name: "Verify", runOrder: 1 }] }], tags: { a: "1" } };
        const after = { name: "p", stages: [{ name: "Source", actions: [{ name: "Source" }] }, { name: "Verify", actions: [{ name: "Verify", runOrder: 2 }, { name: "Lint" }] }] };
        assert.deepEqual(diffProperties(before, after), [
            { path: "stages[1].actions[0].runOrder", before: 1, after: 2 },
            { path: "stages[1].actions[1]", after: { name: "Lint" } },
            { path: "tags", before: { a: "1" } },
        ]);
    });

    it("does not mind the order of members", () => {
        assert.deepEqual(diffProperties({ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }), []);
    });

    it("is shown below its resource, long values cut, and long lists too", () => {
        const urn = "urn:pulumi:dev::container-lambdas::container-lambdas:delivery:DeliveryPipeline$aws:codepipeline/pipeline:Pipeline::delivery-pipeline";
        const type = "aws:codepipeline/pipeline:Pipeline";
        const shown = formatChanges([
            { urn, type, operation: "update", protect: true, before: { at: "10:00", text: "x" }, after: { at: "10:01", text: "y".repeat(500) } },
            { urn, type, operation: "delete", protect: true, before: { at: "10:00" } },
        ]);
        assert.deepEqual(shown, [
            "update aws:codepipeline/pipeline:Pipeline delivery-pipeline",
            '    at: "10:00" → "10:01"',
            `    text: "x" → "${"y".repeat(118)}…`,
            "delete aws:codepipeline/pipeline:Pipeline delivery-pipeline",
        ]);
        const long = { before: {}, after: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`p${index}`, 1])) };
        assert.deepEqual(formatChanges([{ urn, type, operation: "update", protect: true, ...long }]).slice(39), [expect("p43"), "… and 21 lines more"]);
    });
});

function expect(name: string): string {
    return `    ${name}: (none) → 1`;
}

describe("the fingerprint of a definition", () => {
    const desired = [{ urn: "a", inputs: { x: 1, y: [1, 2] } }];

    it("is the same whatever exists, and in whatever order members come", () => {
        const change = { urn: "a", type: "t", operation: "create" as const, protect: false };
        assert.equal(fingerprintOf({ changes: [], desired }), fingerprintOf({ changes: [change], desired: [{ inputs: { y: [1, 2], x: 1 }, urn: "a" }] }));
    });

    it("is another one for another wish", () => {
        assert.notEqual(fingerprintOf({ changes: [], desired }), fingerprintOf({ changes: [], desired: [{ urn: "a", inputs: { x: 1, y: [2, 1] } }] }));
    });
});
