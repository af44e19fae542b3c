import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { awsError, checkedInputs, type FakeAws, fakeAws, OPERATION, typeOf } from "./fake";

const ACCOUNT = "000000000000";
const tableInput = (aws: FakeAws, call: string): Properties | undefined => aws.requests.get(call)?.["TableInput"] as Properties | undefined;
const gone = (): never => {
    throw awsError("EntityNotFoundException");
};

describe("aws:glue/catalogDatabase:CatalogDatabase", () => {
    const type = typeOf("aws:glue/catalogDatabase:CatalogDatabase");
    const database = (changes: Properties = {}): Properties => checkedInputs(type.token, { name: "lake", description: "d", tags: { a: "1" }, ...changes });
    const live = { Name: "lake", Description: "d", Parameters: {}, CatalogId: ACCOUNT };

    it("is made in the account's catalogue, and read back as it was given", async () => {
        const aws = fakeAws({ "glue.createDatabase": () => ({}), "glue.getDatabase": () => ({ Database: live }), "glue.getTags": () => ({ Tags: { a: "1" } }) });
        const inputs = database();
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.deepEqual([id, state["arn"], state["catalogId"]], [`${ACCOUNT}:lake`, `arn:aws:glue:us-east-1:${ACCOUNT}:database/lake`, ACCOUNT]);
        assert.deepEqual(aws.requests.get("glue.createDatabase"), { CatalogId: ACCOUNT, DatabaseInput: { Name: "lake", Description: "d", Parameters: {} }, Tags: { a: "1" } });
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
    });

    it("empties what was taken away, and changes tags on its ARN", async () => {
        const aws = fakeAws({ "glue.updateDatabase": () => ({}), "glue.tagResource": () => ({}), "glue.untagResource": () => ({}), "glue.getDatabase": () => ({ Database: live }), "glue.getTags": () => ({}) });
        const { description: _, ...silent } = database({ tags: { b: "2" } });
        await aws.operations.update(type, `${ACCOUNT}:lake`, database(), silent, {}, OPERATION);
        assert.deepEqual(aws.requests.get("glue.updateDatabase"), { CatalogId: ACCOUNT, Name: "lake", DatabaseInput: { Name: "lake", Description: "", Parameters: {} } });
        assert.deepEqual(aws.requests.get("glue.untagResource"), { ResourceArn: `arn:aws:glue:us-east-1:${ACCOUNT}:database/lake`, TagsToRemove: ["a"] });
    });

    it("is replaced for another name, refuses capitals, and explains the form of an id", async () => {
        assert.deepEqual(diffResource(type, database(), database({ name: "sea" })).replaces, ["name"]);
        assert.throws(() => database({ name: "Lake" }), /the name "Lake" of a database has capitals/);
        assert.match(String(checkedInputs(type.token, {})["name"]), /^thing-[0-9a-f]{7}$/);
        await assert.rejects(fakeAws({}).operations.read(type, "lake", {}, {}, OPERATION), /the id "lake" is not of the form CATALOG:DATABASE/);
    });

    it("has vanished when Glue does not know it, and can be deleted then", async () => {
        const aws = fakeAws({ "glue.getDatabase": gone, "glue.deleteDatabase": gone });
        assert.equal(await aws.operations.read(type, `${ACCOUNT}:lake`, database(), {}, OPERATION), undefined);
        await aws.operations.delete(type, `${ACCOUNT}:lake`, {}, OPERATION);
    });
});

describe("aws:glue/catalogTable:CatalogTable", () => {
    const type = typeOf("aws:glue/catalogTable:CatalogTable");
    const storage: Properties = {
        location: "s3://stage/post-stage/",
        inputFormat: "in",
        outputFormat: "out",
        serDeInfo: { serializationLibrary: "serde", parameters: { "serialization.format": "1" } },
        columns: [{ name: "name", type: "string" }, { name: "mass", type: "double", comment: "grams" }],
    };
    const table = (changes: Properties = {}): Properties =>
        checkedInputs(type.token, { name: "t", databaseName: "lake", tableType: "EXTERNAL_TABLE", partitionKeys: [{ name: "date", type: "string" }], storageDescriptor: storage, ...changes });
    const descriptor = {
        Location: "s3://stage/post-stage/",
        InputFormat: "in",
        OutputFormat: "out",
        SerdeInfo: { SerializationLibrary: "serde", Parameters: { "serialization.format": "1" } },
        Columns: [{ Name: "name", Type: "string" }, { Name: "mass", Type: "double", Comment: "grams" }],
    };
    // Glue answers more than it was given.
    const live = { Name: "t", DatabaseName: "lake", CatalogId: ACCOUNT, TableType: "EXTERNAL_TABLE", Description: "", Owner: "", Parameters: {}, PartitionKeys: [{ Name: "date", Type: "string" }], StorageDescriptor: { ...descriptor, Compressed: false, NumberOfBuckets: 0 } };
    const id = `${ACCOUNT}:lake:t`;

    it("is made with columns, format and partition keys, and read back as it was given", async () => {
        const aws = fakeAws({ "glue.createTable": () => ({}), "glue.getTable": () => ({ Table: live }) });
        const inputs = table();
        const made = await aws.operations.create(type, inputs, OPERATION);
        assert.deepEqual([made.id, made.state["arn"]], [id, `arn:aws:glue:us-east-1:${ACCOUNT}:table/lake/t`]);
        assert.deepEqual(tableInput(aws, "glue.createTable")?.["StorageDescriptor"], descriptor);
        assert.deepEqual((await aws.operations.read(type, id, inputs, made.state, OPERATION))?.inputs, inputs);
    });

    it("notices a column that others changed, and sends the whole table to mend it", async () => {
        const changed = { ...live, StorageDescriptor: { ...descriptor, Columns: [{ Name: "name", Type: "int" }] } };
        const found = await fakeAws({ "glue.getTable": () => ({ Table: changed }) }).operations.read(type, id, table(), {}, OPERATION);
        const { changed: properties, replaces } = diffResource(type, found?.inputs ?? {}, table());
        assert.deepEqual([properties, replaces], [["storageDescriptor"], []]);
        const aws = fakeAws({ "glue.updateTable": () => ({}), "glue.getTable": () => ({ Table: live }) });
        await aws.operations.update(type, id, found?.inputs ?? {}, table(), {}, OPERATION);
        assert.deepEqual(tableInput(aws, "glue.updateTable")?.["PartitionKeys"], [{ Name: "date", Type: "string" }]);
    });

    it("is replaced for another name or database, and refuses what the emulator does not keep", () => {
        assert.deepEqual(diffResource(type, table(), table({ name: "u", databaseName: "sea" })).replaces, ["databaseName", "name"]);
        assert.throws(() => table({ retention: 3 }), /"retention" of aws:glue.*does not carry it out/);
        assert.throws(() => table({ name: "T" }), /the name "T" of a table has capitals/);
        assert.throws(() => table({ storageDescriptor: { serdeInfo: {} } }), /did you mean "serDeInfo"/);
    });

    it("has vanished with its database or alone, and can be deleted then", async () => {
        const aws = fakeAws({ "glue.getTable": gone, "glue.deleteTable": gone });
        assert.equal(await aws.operations.read(type, id, table(), {}, OPERATION), undefined);
        await aws.operations.delete(type, id, {}, OPERATION);
    });
});
