import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const ITEM = "aws:dynamodb/tableItem:TableItem";

describe(ITEM, () => {
    const type = typeOf(ITEM);
    const attributes = { id: { S: "a" }, at: { N: "4" }, order: { L: [{ S: "b" }, { S: "a" }] }, tags: { SS: ["x", "y"] }, raw: { B: "AAE=" } };
    const itemInputs = (item: object = attributes, changes: Properties = {}): Properties =>
        checkedInputs(ITEM, { tableName: "t", hashKey: "id", rangeKey: "at", item: JSON.stringify(item), ...changes });
    const gone = (): never => {
        throw awsError("ResourceNotFoundException", "no such table");
    };

    it("is put only where nothing is, and read back as it was given", async () => {
        const live = { raw: { B: new Uint8Array([0, 1]) }, tags: { SS: ["y", "x"] }, order: attributes.order, at: attributes.at, id: attributes.id };
        const aws = fakeAws({ "dynamodb.putItem": () => ({}), "dynamodb.getItem": () => ({ Item: live }) });
        const inputs = itemInputs();
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, "t|id|a|at|4");
        assert.equal(aws.requests.get("dynamodb.putItem")?.["ConditionExpression"], "attribute_not_exists(#hash)");
        assert.deepEqual(aws.requests.get("dynamodb.getItem")?.["Key"], { id: { S: "a" }, at: { N: "4" } });
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
    });

    it("sees that a list was reordered outside, which a set never is", async () => {
        const aws = fakeAws({ "dynamodb.getItem": () => ({ Item: { ...attributes, raw: { B: new Uint8Array([0, 1]) }, order: { L: [{ S: "a" }, { S: "b" }] } } }) });
        const found = await aws.operations.read(type, "t|id|a|at|4", itemInputs(), {}, OPERATION);
        assert.deepEqual(diffResource(type, found?.inputs ?? {}, itemInputs()).changed, ["item"]);
    });

    it("moves when its key changes, and stays when another attribute does", async () => {
        const aws = fakeAws({ "dynamodb.updateItem": () => ({}), "dynamodb.deleteItem": () => ({}), "dynamodb.getItem": () => ({ Item: { id: { S: "z" }, at: { N: "4" } } }) });
        await aws.operations.update(type, "t|id|a|at|4", itemInputs(), itemInputs({ ...attributes, more: { BOOL: true } }), {}, OPERATION);
        assert.equal(aws.calls.includes("dynamodb.deleteItem"), false);
        const { Key, ExpressionAttributeNames } = aws.requests.get("dynamodb.updateItem") ?? {};
        assert.deepEqual(Key, { id: { S: "a" }, at: { N: "4" } });
        assert.ok(Object.values(ExpressionAttributeNames as Record<string, string>).includes("more"));
        await aws.operations.update(type, "t|id|a|at|4", itemInputs(), itemInputs({ id: { S: "z" }, at: { N: "4" } }), {}, OPERATION);
        assert.deepEqual(aws.requests.get("dynamodb.deleteItem")?.["Key"], { id: { S: "a" }, at: { N: "4" } });
        assert.deepEqual(diffResource(type, itemInputs(), itemInputs(attributes, { tableName: "u" })).replaces, ["tableName"]);
    });

    it("has vanished with its table or alone, and can be deleted then", async () => {
        assert.equal(await fakeAws({ "dynamodb.getItem": () => ({}) }).operations.read(type, "i", itemInputs(), {}, OPERATION), undefined);
        assert.equal(await fakeAws({ "dynamodb.getItem": gone }).operations.read(type, "i", itemInputs(), {}, OPERATION), undefined);
        await fakeAws({ "dynamodb.deleteItem": gone }).operations.delete(type, "i", itemInputs(), OPERATION);
    });

    it("refuses what is no item of its table, and a property that the SDK does not have", () => {
        assert.throws(() => itemInputs(attributes, { item: "[]" }), /"item" is not the JSON of an object/);
        assert.throws(() => itemInputs({ id: { S: "a" } }), /"item" has no attribute "at", which is a key/);
        assert.throws(() => itemInputs(attributes, { table: "t" }), /"table" is not known/);
    });
});
