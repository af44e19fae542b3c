import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const absent = (): never => {
    throw awsError("InvalidRequestException", "WorkGroup w is not found.");
};

describe("aws:athena/workgroup:Workgroup", () => {
    const type = typeOf("aws:athena/workgroup:Workgroup");
    const workgroup = (changes: Properties = {}): Properties =>
        checkedInputs(type.token, { name: "w", configuration: { resultConfiguration: { outputLocation: "s3://b/results/" } }, tags: { a: "1" }, ...changes });
    const configuration = { EnforceWorkGroupConfiguration: true, PublishCloudWatchMetricsEnabled: true, RequesterPaysEnabled: false, ResultConfiguration: { OutputLocation: "s3://b/results/" } };
    const answers = {
        "athena.createWorkGroup": () => ({}),
        "athena.updateWorkGroup": () => ({}),
        "athena.getWorkGroup": () => ({ WorkGroup: { Name: "w", State: "ENABLED", Description: "", Configuration: configuration } }),
        "athena.listTagsForResource": () => ({ Tags: [{ Key: "a", Value: "1" }] }),
    };

    it("is made with the real provider's defaults, and read back as it was given", async () => {
        const aws = fakeAws(answers);
        const inputs = workgroup();
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.deepEqual(aws.requests.get("athena.createWorkGroup"), { Name: "w", Configuration: configuration, Tags: [{ Key: "a", Value: "1" }] });
        assert.deepEqual([id, state["arn"]], ["w", "arn:aws:athena:us-east-1:000000000000:workgroup/w"]);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        assert.equal(aws.calls.includes("athena.updateWorkGroup"), false);
    });

    it("is disabled after it was made, because Athena makes enabled ones only", async () => {
        const aws = fakeAws(answers);
        await aws.operations.create(type, workgroup({ state: "DISABLED" }), OPERATION);
        assert.deepEqual(aws.requests.get("athena.updateWorkGroup"), { WorkGroup: "w", State: "DISABLED" });
    });

    it("says expressly what goes, since an update leaves the rest as it was", async () => {
        const aws = fakeAws(answers);
        const old = workgroup({ description: "d", configuration: { bytesScannedCutoffPerQuery: 10485760, resultConfiguration: { outputLocation: "s3://b/results/" } } });
        await aws.operations.update(type, "w", old, workgroup({ configuration: {} }), {}, OPERATION);
        const { Description, ConfigurationUpdates: updates } = aws.requests.get("athena.updateWorkGroup") as Record<string, Properties>;
        assert.equal(Description, "");
        assert.equal(updates?.["RemoveBytesScannedCutoffPerQuery"], true);
        assert.equal((updates?.["ResultConfigurationUpdates"] as Properties | undefined)?.["RemoveOutputLocation"], true);
    });

    it("is deleted with its queries only where the program said so, and can be deleted when it is gone", async () => {
        const aws = fakeAws({ "athena.deleteWorkGroup": absent, "athena.getWorkGroup": absent });
        await aws.operations.delete(type, "w", workgroup(), OPERATION);
        assert.equal(aws.requests.get("athena.deleteWorkGroup")?.["RecursiveDeleteOption"], false);
        await aws.operations.delete(type, "w", workgroup({ forceDestroy: true }), OPERATION);
        assert.equal(aws.requests.get("athena.deleteWorkGroup")?.["RecursiveDeleteOption"], true);
        assert.equal(await aws.operations.read(type, "w", workgroup(), {}, OPERATION), undefined);
    });

    it("is replaced for another name, and refuses what the emulator does not carry out", () => {
        assert.deepEqual(diffResource(type, workgroup(), workgroup({ name: "v" })).replaces, ["name"]);
        assert.throws(() => workgroup({ configuration: { executionRole: "arn:aws:iam::000000000000:role/r" } }), /"executionRole" is not carried out/);
        assert.throws(() => workgroup({ name: "a b" }), /the name "a b" of a workgroup/);
    });

    it("tells a refusal from absence", async () => {
        const aws = fakeAws({
            "athena.getWorkGroup": () => {
                throw awsError("InvalidRequestException", "WorkGroup name is invalid");
            },
        });
        await assert.rejects(aws.operations.read(type, "w", workgroup(), {}, OPERATION), /is invalid/);
    });
});

describe("aws:athena/namedQuery:NamedQuery", () => {
    const type = typeOf("aws:athena/namedQuery:NamedQuery");
    const query = (changes: Properties = {}): Properties => checkedInputs(type.token, { name: "q", database: "lake", query: "SELECT 1", ...changes });

    it("is made in the primary workgroup, and read back as it was given", async () => {
        const aws = fakeAws({
            "athena.createNamedQuery": () => ({ NamedQueryId: "id" }),
            "athena.getNamedQuery": () => ({ NamedQuery: { Name: "q", Database: "lake", QueryString: "SELECT 1", WorkGroup: "primary", Description: "" } }),
        });
        const { id, state } = await aws.operations.create(type, query(), OPERATION);
        assert.equal(id, "id");
        assert.deepEqual(aws.requests.get("athena.createNamedQuery"), { Name: "q", Database: "lake", QueryString: "SELECT 1", WorkGroup: "primary" });
        assert.deepEqual((await aws.operations.read(type, id, query(), state, OPERATION))?.inputs, query());
    });

    it("is replaced for any change", () => {
        const changed = query({ name: "p", database: "sea", query: "SELECT 2", description: "d", workgroup: "w" });
        assert.deepEqual(diffResource(type, query(), changed).replaces, ["database", "description", "name", "query", "workgroup"]);
    });

    it("has vanished when Athena does not know it, and can be deleted then", async () => {
        const gone = (): never => {
            throw awsError("InvalidRequestException", "NamedQuery id does not exist.");
        };
        const aws = fakeAws({ "athena.getNamedQuery": gone, "athena.deleteNamedQuery": gone });
        assert.equal(await aws.operations.read(type, "id", query(), {}, OPERATION), undefined);
        await aws.operations.delete(type, "id", {}, OPERATION);
    });
});
