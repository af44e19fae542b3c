import assert from "node:assert/strict";
import { unmarshallText } from "./support/unmarshall";
import * as fc from "fast-check";
import { itemText } from "../../app/attributeValues";

const plain = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: "small" }, fc.string(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean(), fc.constant(null), fc.array(tie("value")), fc.dictionary(fc.string({ minLength: 1 }), tie("value"))),
})).value;

describe("a record in DynamoDB's form", () => {
    it("says of every value what it is", () => {
        const record = { text: "a", whole: 7, part: 1.5, yes: true, nothing: null, list: ["x", 1], inner: { b: 1 } };
        assert.deepEqual(JSON.parse(itemText(record)), {
            text: { S: "a" },
            whole: { N: "7" },
            part: { N: "1.5" },
            yes: { BOOL: true },
            nothing: { NULL: true },
            list: { L: [{ S: "x" }, { N: "1" }] },
            inner: { M: { b: { N: "1" } } },
        });
    });

    it("comes back as the record that it was made of, whatever that is", () => {
        fc.assert(fc.property(fc.dictionary(fc.string({ minLength: 1 }), plain), (record) => {
            assert.deepEqual(unmarshallText(itemText(record)), JSON.parse(JSON.stringify(record)));
        }));
    });

    it("is the same text for equal records, whatever the order of their members", () => {
        assert.equal(itemText({ b: { d: 1, c: 2 }, a: 1 }), itemText({ a: 1, b: { c: 2, d: 1 } }));
    });

    it("refuses what JSON does not know", () => {
        assert.throws(() => itemText({ at: undefined }), /A undefined cannot be stored in a table; allowed is what JSON knows/);
        assert.throws(() => itemText({ at: () => 1 }), /A function cannot be stored/);
    });
});
