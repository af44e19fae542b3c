import assert from "node:assert/strict";
import { checkResource, type CheckOptions } from "../../../../local/providers/framework/check";
import { type Properties, UNKNOWN } from "../../../../local/providers/framework/values";
import { box, toySchema } from "./toy";

const OPTIONS: CheckOptions = { name: "crate", seed: Buffer.from("seed"), old: {}, defaultTags: {} };

function check(news: Properties, options: Partial<CheckOptions> = {}): ReturnType<typeof checkResource> {
    return checkResource(box, toySchema, news, { ...OPTIONS, ...options });
}

describe("checking inputs", () => {
    it("reports all problems at once, each by the path of its property", () => {
        const { failures } = check({ colour: "red", labels: "one", lid: { hinge: 2 }, window: "small", policy: 5 });
        assert.deepEqual(failures.map(({ property }) => property).sort(), ["colour", "labels", "lid.hinge", "lid.kind", "size", "window"]);
    });

    it("names the nearest known property for an unknown one", () => {
        const { failures } = check({ size: 1, colour: "red" });
        assert.match(failures[0]?.reason ?? "", /"colour" is not known: did you mean "color"\?/);
    });

    it("lists what is known where nothing is near", () => {
        const { failures } = check({ size: 1, xylophone: true });
        assert.match(failures[0]?.reason ?? "", /known are color, labels, lid/);
    });

    it("refuses a property that is known but not carried out, by name", () => {
        assert.match(check({ size: 1, window: "x" }).failures[0]?.reason ?? "", /"window" of toy:index\/box:Box is known, but .* does not carry it out/);
    });

    it("never shows a value that has the wrong type, because it may be a secret", () => {
        const { failures } = check({ size: "hush-hush" });
        assert.equal(failures.length, 1);
        assert.doesNotMatch(failures[0]?.reason ?? "", /hush/);
    });

    it("converts what is harmless: numbers and booleans given as texts, documents given as objects", () => {
        const { inputs, failures } = check({ size: "4", open: "true", color: 7, policy: { b: 1 } });
        assert.deepEqual(failures, []);
        assert.deepEqual([inputs["size"], inputs["open"], inputs["color"], inputs["policy"]], [4, true, "7", '{"b":1}']);
    });

    it("refuses a document that is no JSON, without showing it", () => {
        const { failures } = check({ size: 1, policy: "{hush" });
        assert.match(failures[0]?.reason ?? "", /"policy" is a text that is not JSON/);
        assert.doesNotMatch(failures[0]?.reason ?? "", /hush/);
    });

    it("accepts unknown values everywhere and asks the type's own rules only when everything is known", () => {
        assert.deepEqual(check({ size: UNKNOWN, lid: UNKNOWN, labels: [UNKNOWN], tags: UNKNOWN }).failures, []);
        assert.match(check({ size: 13 }).failures[0]?.reason ?? "", /bad luck/);
        assert.deepEqual(check({ size: 13, color: UNKNOWN }).failures, []);
    });

    it("fills in defaults and records which", () => {
        const { inputs } = check({ size: 1 });
        assert.equal(inputs["open"], false);
        assert.deepEqual(inputs["__defaults"], ["name", "open"]);
        assert.deepEqual(check({ size: 1, open: true, name: "n" }).inputs["__defaults"], []);
    });

    it("adds the provider's default tags to all tags only, and lets own tags win", () => {
        const { inputs } = check({ size: 1, tags: { owner: "me" } }, { defaultTags: { owner: "team", cost: "1" } });
        assert.deepEqual(inputs["tags"], { owner: "me" });
        assert.deepEqual(inputs["tagsAll"], { owner: "me", cost: "1" });
    });

    it("refuses a name together with a prefix", () => {
        assert.equal(check({ size: 1, name: "a", namePrefix: "b" }).failures[0]?.property, "namePrefix");
    });
});

describe("generated names", () => {
    it("are the logical name with seven random digits, the same for the same seed", () => {
        const first = check({ size: 1 }).inputs["name"];
        assert.match(String(first), /^crate-[0-9a-f]{7}$/);
        assert.equal(check({ size: 1 }).inputs["name"], first);
        assert.notEqual(check({ size: 1 }, { seed: Buffer.from("other") }).inputs["name"], first);
    });

    it("stay when the resource exists already", () => {
        const old = { name: "crate-0000000", __defaults: ["name"] };
        assert.equal(check({ size: 1 }, { old }).inputs["name"], "crate-0000000");
    });

    it("are not taken over from a name that the user had written and removed", () => {
        assert.match(String(check({ size: 1 }, { old: { name: "mine", __defaults: [] } }).inputs["name"]), /^crate-/);
    });

    it("begin with the prefix where one is given", () => {
        assert.match(String(check({ size: 1, namePrefix: "box-" }).inputs["name"]), /^box-[0-9a-f]{7}$/);
    });

    it("follow the engine's autonaming setting", () => {
        assert.equal(check({ size: 1 }, { autonaming: { mode: "propose", proposed: "crate-x" } }).inputs["name"], "crate-x");
        assert.equal(check({ size: 1 }, { autonaming: { mode: "enforce", proposed: "Crate" } }).inputs["name"], "Crate");
        assert.match(check({ size: 1 }, { autonaming: { mode: "disable", proposed: "" } }).failures[0]?.reason ?? "", /"pulumi:autonaming" has mode "disabled"/);
    });

    it("are refused with both lengths when they are too long", () => {
        const { failures } = check({ size: 1 }, { name: "a-very-long-logical-name" });
        assert.match(failures[0]?.reason ?? "", /has 32 characters, at most 20 are allowed/);
    });
});
