import assert from "node:assert/strict";
import fc from "fast-check";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { decode, encode, hasUnknown, type Plain, UNKNOWN } from "../../../../local/providers/framework/values";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

/** Through bytes, as between two processes. */
function overTheWire(message: Struct): Struct {
    return Struct.deserializeBinary(message.serializeBinary());
}

describe("property values between engine and provider", () => {
    it("come back as they were sent", () => {
        const value: fc.Arbitrary<Plain> = fc.letrec<{ value: Plain }>((tie) => ({
            value: fc.oneof(
                { depthSize: "small" },
                fc.string(),
                fc.boolean(),
                fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => (Object.is(number, -0) ? 0 : number)),
                fc.array(tie("value")),
                fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
            ),
        })).value;
        fc.assert(
            fc.property(fc.dictionary(fc.string({ minLength: 1 }).filter((key) => key !== "__proto__"), value, { noNullPrototype: true }), (values) => {
                fc.pre(!JSON.stringify(values).includes("__proto__"));
                assert.deepEqual(decode(overTheWire(encode(values))).values, values);
            }),
        );
    });

    it("keep their secrets, at any depth", () => {
        const values = { a: "x", b: { c: ["y", { d: "z" }] } };
        const secrets = [["a"], ["b", "c", 1, "d"]];
        const message = encode(values, secrets);
        assert.deepEqual(message.toJavaScript(), {
            a: { [SIGNATURE]: SECRET, value: "x" },
            b: { c: ["y", { d: { [SIGNATURE]: SECRET, value: "z" } }] },
        });
        assert.deepEqual(decode(overTheWire(message)), { values, secrets });
    });

    it("are unknown by any of the protocol's markers", () => {
        const bool = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";
        const { values } = decode(Struct.fromJavaScript({ a: bool, b: [UNKNOWN], c: "known" }));
        assert.deepEqual(values, { a: UNKNOWN, b: [UNKNOWN], c: "known" });
        assert.deepEqual([hasUnknown(values["a"]), hasUnknown(values["b"]), hasUnknown(values["c"])], [true, true, false]);
    });

    it("keep assets and resource references as the engine wrote them", () => {
        const values = {
            asset: { [SIGNATURE]: "c44067f5952c0a294b673a41bacd8c17", hash: "h", text: "t" },
            reference: { [SIGNATURE]: "5cf8f73096256a8f31e491e813e4eb8e", urn: "urn:x", id: "1" },
        };
        assert.deepEqual(decode(overTheWire(encode(values))), { values, secrets: [] });
    });
});
