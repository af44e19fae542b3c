import assert from "node:assert/strict";
import fc from "fast-check";
import { inputKey, KeyInputs } from "../../../components/images/inputKey";

const BASE: KeyInputs = {
    kind: "function",
    platform: "linux/amd64",
    buildArguments: { A: "1", B: "2" },
    baseDigests: { BASE_PYTHON: "sha256:aa" },
    layerKey: "l",
    entries: [
        { path: "Dockerfile", type: "file", content: "d" },
        { path: "src/app.py", type: "file", content: "a" },
    ],
};

describe("an input key", () => {
    it("is 32 hex digits, and the same today as when this test was written", () => {
        assert.equal(inputKey(BASE), "6356cae9b168d4010a364dd90d0cab85");
    });

    it("does not depend on the order in which anything is given", () => {
        fc.assert(
            fc.property(fc.shuffledSubarray([...BASE.entries], { minLength: 2 }), fc.boolean(), (entries, swap) => {
                const buildArguments = swap ? { B: "2", A: "1" } : { A: "1", B: "2" };
                assert.equal(inputKey({ ...BASE, entries, buildArguments }), inputKey(BASE));
            }),
        );
    });

    const changes: Record<string, Partial<KeyInputs>> = {
        "the kind": { kind: "layer" },
        "the platform": { platform: "linux/arm64" },
        "the target": { target: "final" },
        "a build argument": { buildArguments: { A: "1", B: "3" } },
        "a base image's digest": { baseDigests: { BASE_PYTHON: "sha256:bb" } },
        "the layer's key": { layerKey: "m" },
        "a file's content": { entries: [BASE.entries[0], { ...BASE.entries[1], content: "b" }] },
        "a file's executable bit": { entries: [BASE.entries[0], { ...BASE.entries[1], type: "executable" }] },
        "a file's path": { entries: [BASE.entries[0], { ...BASE.entries[1], path: "src/app2.py" }] },
        "one file less": { entries: [BASE.entries[0]] },
    };
    for (const [what, change] of Object.entries(changes)) {
        it(`changes with ${what}`, () => {
            assert.notEqual(inputKey({ ...BASE, ...change }), inputKey(BASE));
        });
    }

    it("is never shared by two different lists of files", () => {
        const entry = fc.record({ path: fc.string({ minLength: 1 }), type: fc.constantFrom("file" as const, "link" as const), content: fc.string() });
        const list = fc.uniqueArray(entry, { selector: ({ path }) => path });
        fc.assert(
            fc.property(list, list, (a, b) => {
                const canonical = (entries: typeof a): string => JSON.stringify([...entries].sort((x, y) => (x.path < y.path ? -1 : 1)));
                assert.equal(inputKey({ ...BASE, entries: a }) === inputKey({ ...BASE, entries: b }), canonical(a) === canonical(b));
            }),
        );
    });
});
