import assert from "node:assert/strict";
import { type Difference, diffResource } from "../../../../local/providers/framework/diff";
import { type Properties, UNKNOWN } from "../../../../local/providers/framework/values";
import { box } from "./toy";

function diff(old: Properties, news: Properties, ignored: readonly string[] = []): Difference {
    return diffResource(box, old, news, ignored);
}

describe("comparing inputs", () => {
    it("finds nothing between equal inputs, whatever the record of defaults says", () => {
        assert.deepEqual(diff({ size: 1, __defaults: ["a"] }, { size: 1, __defaults: [] }).changed, []);
    });

    it("names each changed place and what happened there", () => {
        const { details } = diff({ tags: { a: "1", b: "2" }, size: 1 }, { tags: { a: "1", "b.c": "3" }, open: true });
        assert.deepEqual(
            details.map(({ path, kind }) => `${kind} ${path}`),
            ["add open", "delete size", "delete tags.b", 'add tags["b.c"]'],
        );
    });

    it("finds nothing in a first wish for what the service has chosen already, as after an import", () => {
        const imported = { size: 1, lid: { kind: "flap", hinges: 2 } };
        assert.deepEqual(diffResource(box, { size: 1 }, imported, [], imported).changed, []);
        assert.deepEqual(diffResource(box, { size: 1 }, { size: 1 }, [], imported).changed, []);
        assert.deepEqual(diffResource(box, { size: 1 }, { size: 1, lid: { kind: "flap", hinges: 3 } }, [], imported).changed, ["lid"]);
        assert.deepEqual(diffResource(box, { size: 1 }, { size: 1, color: "red" }, [], { ...imported, color: "red" }).changed, ["color"]);
    });

    it("replaces for properties of the replace rules only", () => {
        assert.deepEqual(diff({ color: "red", size: 1 }, { color: "blue", size: 2 }).replaces, ["color"]);
        assert.deepEqual(diff({ size: 1 }, { size: 2 }).replaces, []);
    });

    it("deletes before replacing when the name is the user's and stays", () => {
        assert.equal(diff({ name: "a", color: "red" }, { name: "a", color: "blue" }).deleteBeforeReplace, true);
        assert.equal(diff({ name: "a" }, { name: "b" }).deleteBeforeReplace, false);
        assert.equal(diff({ name: "a", color: "red" }, { name: "a", color: "blue", __defaults: ["name"] }).deleteBeforeReplace, false);
    });

    it("sees no difference between documents that mean the same", () => {
        const old = JSON.stringify({ Statement: { Action: ["b", "a"], Effect: "Allow" } });
        const news = JSON.stringify({ Statement: [{ Effect: "Allow", Action: ["a", "b"] }] });
        assert.deepEqual(diff({ policy: old }, { policy: news }).changed, []);
        assert.deepEqual(diff({ policy: old }, { policy: news.replace("Allow", "Deny") }).changed, ["policy"]);
    });

    it("does not mind the order of a set", () => {
        assert.deepEqual(diff({ labels: ["a", "b"] }, { labels: ["b", "a"] }).changed, []);
        assert.deepEqual(diff({ labels: ["a", "b"] }, { labels: ["b", "c"] }).changed, ["labels"]);
    });

    it("leaves alone what the service chose when the program has no wish", () => {
        assert.deepEqual(diff({ lid: { kind: "flap" } }, {}).changed, []);
        assert.deepEqual(diff({ color: "red" }, {}).changed, ["color"]);
    });

    it("takes an unknown value for a change", () => {
        assert.deepEqual(diff({ size: 1 }, { size: UNKNOWN }).changed, ["size"]);
    });

    it("takes an empty value for an absent one", () => {
        assert.deepEqual(diff({ labels: [], tags: {} }, {}).changed, []);
    });

    it("leaves out ignored paths, with everything below them and with wildcards", () => {
        const old = { size: 1, tags: { a: "1", b: "1" } };
        const news = { size: 2, tags: { a: "2", b: "2" } };
        assert.deepEqual(diff(old, news, ["tags"]).changed, ["size"]);
        assert.deepEqual(diff(old, news, ["tags.a", "size"]).details.map(({ path }) => path), ["tags.b"]);
        assert.deepEqual(diff(old, news, ["tags.*", "size"]).changed, []);
    });
});
