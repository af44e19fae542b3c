import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Plain } from "../../../../local/providers/framework/values";
import { align, documentsEqual, meaningOf, project } from "../../../../local/providers/framework/equal";
import { toySchema } from "./toy";

const MEANING = meaningOf({ json: ["policy"], sets: ["rules", "rules.events"], local: ["rules.note"] });

describe("documents", () => {
    it("are equal to themselves with members and lists in any order", () => {
        fc.assert(
            fc.property(fc.dictionary(fc.string(), fc.array(fc.string(), { minLength: 2 })), (document) => {
                const reversed = Object.fromEntries(Object.entries(document).reverse().map(([key, list]) => [key, [...list].reverse()]));
                assert.equal(documentsEqual(JSON.stringify(document), JSON.stringify(reversed)), true);
            }),
        );
    });

    it("take a number for its text, as SQS returns it", () => {
        assert.equal(documentsEqual('{"maxReceiveCount":4}', '{"maxReceiveCount":"4"}'), true);
        assert.equal(documentsEqual('{"maxReceiveCount":4}', '{"maxReceiveCount":5}'), false);
    });

    it("that are no JSON are equal only when they are the same", () => {
        assert.equal(documentsEqual("a", "a"), true);
        assert.equal(documentsEqual("a", "b"), false);
    });
});

describe("live values in the words of the wish", () => {
    it("keep the wished text of an equal document, and the live one of another", () => {
        assert.equal(align('{"a": 1}', '{"a":1}', "policy", MEANING), '{"a": 1}');
        assert.equal(align('{"a": 1}', '{"a":2}', "policy", MEANING), '{"a":2}');
    });

    it("keep the wished order of sets, nested ones too, with new members last", () => {
        const wished = [{ arn: "b", events: ["y", "x"] }, { arn: "a", events: ["z"] }];
        const live: Plain = [
            { arn: "new", events: [] },
            { arn: "a", events: ["z"], id: "1" },
            { arn: "b", events: ["x", "y"], id: "2" },
        ];
        assert.deepEqual(align(wished, live, "rules", MEANING), [
            { arn: "b", events: ["y", "x"], id: "2" },
            { arn: "a", events: ["z"], id: "1" },
            { arn: "new", events: [] },
        ]);
    });

    it("keep what only the program knows", () => {
        assert.deepEqual(align([{ arn: "a", note: "mine" }], [{ arn: "a" }], "rules", MEANING), [{ arn: "a", note: "mine" }]);
    });

    it("show what is really gone as gone", () => {
        assert.deepEqual(align({ a: "1", b: "2" }, { a: "1" }, "tags", MEANING), { a: "1" });
    });
});

describe("the wished part of a live value", () => {
    it("leaves out members of nested types that the service added, and keeps foreign keys of maps", () => {
        assert.deepEqual(project(toySchema, "#toy.Lid", { kind: "flap" }, { kind: "flap", hinges: 2 }), { kind: "flap" });
        assert.deepEqual(project(toySchema, "{string}", { a: "1" }, { a: "1", b: "2" }), { a: "1", b: "2" });
    });
});
