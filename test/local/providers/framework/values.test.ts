import assert from "node:assert/strict";
import { decode, encode, hasUnknown, plainProperties, UNKNOWN } from "../../../../local/providers/framework/values";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const UNKNOWN_NUMBER = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";

describe("property values", () => {
    it("keep secrets at their places through decoding and encoding", () => {
        const wire = encode({ a: { b: [1, { ...SECRET, value: "hush" }] }, c: "plain" });
        const decoded = decode(wire);
        assert.deepEqual(decoded.values, { a: { b: [1, "hush"] }, c: "plain" });
        assert.deepEqual(decoded.secrets, [["a", "b", 1]]);
        assert.deepEqual(encode(decoded.values, decoded.secrets).toJavaScript(), wire.toJavaScript());
    });

    it("make the nearest ancestor secret when the secret's own place is gone", () => {
        const wire = encode({ a: { x: 1 } }, [["a", "b", 0]]).toJavaScript();
        assert.deepEqual(wire, { a: { ...SECRET, value: { x: 1 } } });
    });

    it("leave out secrets whose property is gone altogether", () => {
        assert.deepEqual(encode({ c: 1 }, [["a", "b"]]).toJavaScript(), { c: 1 });
    });

    it("do not wrap what is inside a secret already", () => {
        assert.deepEqual(encode({ a: { b: 1 } }, [["a", "b"], ["a"]]).toJavaScript(), { a: { ...SECRET, value: { b: 1 } } });
    });

    it("turn every kind of unknown into one", () => {
        const { values } = decode(encode({ n: UNKNOWN_NUMBER, list: [UNKNOWN], known: 1 }));
        assert.deepEqual(values, { n: UNKNOWN, list: [UNKNOWN], known: 1 });
        assert.equal(hasUnknown(values["list"]), true);
        assert.equal(hasUnknown(values["known"]), false);
    });

    it("treat null as absent", () => {
        assert.deepEqual(decode(encode({ a: null, b: { c: null } })).values, { b: {} });
    });

    it("take dates as texts and drop members without a value", () => {
        assert.deepEqual(plainProperties({ at: new Date(0), none: undefined, list: [{ x: undefined, y: 1 }] }), {
            at: "1970-01-01T00:00:00.000Z",
            list: [{ y: 1 }],
        });
    });
});
