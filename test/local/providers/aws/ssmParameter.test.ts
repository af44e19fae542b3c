import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const PARAMETER = "aws:ssm/parameter:Parameter";
const gone = (): never => {
    throw awsError("ParameterNotFound");
};
const answers = (parameter: object = {}, details: object = {}): Answers => ({
    "ssm.putParameter": () => ({}),
    "ssm.getParameter": () => ({ Parameter: { Name: "/p", ARN: "arn:p", Type: "String", Value: "v", DataType: "text", Version: 1, ...parameter } }),
    "ssm.describeParameters": () => ({ Parameters: [{ Tier: "Standard", Description: "", ...details }] }),
    "ssm.listTagsForResource": () => ({ TagList: [{ Key: "a", Value: "1" }] }),
    "ssm.addTagsToResource": () => ({}),
    "ssm.removeTagsFromResource": () => ({}),
});

describe(PARAMETER, () => {
    const type = typeOf(PARAMETER);
    const parameter = (changes: Properties = {}): Properties => checkedInputs(PARAMETER, { name: "/p", type: "String", value: "v", tags: { a: "1" }, ...changes });

    it("is made only where none is, and read back as it was given", async () => {
        const aws = fakeAws(answers());
        const { id, state } = await aws.operations.create(type, parameter(), OPERATION);
        assert.equal(id, "/p");
        assert.deepEqual(aws.requests.get("ssm.putParameter"), { Name: "/p", Type: "String", Value: "v", AllowedPattern: "", Description: "", Overwrite: false, Tags: [{ Key: "a", Value: "1" }] });
        assert.deepEqual([state["version"], state["tier"], state["value"]], [1, "Standard", "v"]);
        assert.deepEqual((await aws.operations.read(type, id, parameter(), state, OPERATION))?.inputs, parameter());
    });

    it("calls its value secret, and shows an insecure one only where it was given as such", async () => {
        assert.deepEqual(type.secrets, ["value"]);
        const { value: _, ...rest } = parameter();
        const inputs = { ...rest, insecureValue: "v" };
        const found = await fakeAws(answers()).operations.read(type, "/p", inputs, {}, OPERATION);
        assert.deepEqual([found?.state["insecureValue"], found?.state["value"]], ["v", undefined]);
    });

    it("reads a SecureString decrypted, so that another value is noticed", async () => {
        const aws = fakeAws(answers({ Type: "SecureString", Value: "other" }, { KeyId: "alias/aws/ssm" }));
        const secure = parameter({ type: "SecureString" });
        const found = await aws.operations.read(type, "/p", secure, {}, OPERATION);
        assert.equal(aws.requests.get("ssm.getParameter")?.["WithDecryption"], true);
        assert.deepEqual(diffResource(type, found?.inputs ?? {}, secure).changed, ["value"]);
        assert.equal(found?.state["keyId"], "alias/aws/ssm");
    });

    it("overwrites what changed, and leaves the value alone when only tags change", async () => {
        const aws = fakeAws(answers());
        await aws.operations.update(type, "/p", parameter({ description: "d" }), parameter({ value: "w" }), {}, OPERATION);
        assert.deepEqual(aws.requests.get("ssm.putParameter"), { Name: "/p", Type: "String", Value: "w", AllowedPattern: "", Description: "", Overwrite: true });
        const tagsOnly = fakeAws(answers());
        await tagsOnly.operations.update(type, "/p", parameter(), parameter({ tags: { b: "2" } }), {}, OPERATION);
        assert.equal(tagsOnly.calls.includes("ssm.putParameter"), false);
        assert.deepEqual(tagsOnly.requests.get("ssm.removeTagsFromResource"), { ResourceType: "Parameter", ResourceId: "/p", TagKeys: ["a"] });
    });

    it("makes the tags of an overwritten parameter in a call of their own, as SSM wants", async () => {
        const aws = fakeAws(answers());
        await aws.operations.create(type, parameter({ overwrite: true }), OPERATION);
        assert.equal(aws.requests.get("ssm.putParameter")?.["Tags"], undefined);
        assert.deepEqual(aws.requests.get("ssm.addTagsToResource"), { ResourceType: "Parameter", ResourceId: "/p", Tags: [{ Key: "a", Value: "1" }] });
    });

    it("is replaced for another name, and refuses what is no parameter, without its value", () => {
        assert.deepEqual(diffResource(type, parameter(), parameter({ name: "/q" })).replaces, ["name"]);
        assert.throws(() => parameter({ insecureValue: "v" }), /2 of "value" and "insecureValue" were given/);
        assert.throws(() => checkedInputs(PARAMETER, { type: "SecureString", insecureValue: "hush" }), (error: Error) => /"insecureValue" of a SecureString/.test(error.message) && !error.message.includes("hush"));
        assert.throws(() => parameter({ type: "Text" }), /"Text" is no type of a parameter/);
    });

    it("has vanished when SSM does not know it, and can be deleted then", async () => {
        const aws = fakeAws({ "ssm.getParameter": gone, "ssm.deleteParameter": gone });
        assert.equal(await aws.operations.read(type, "/p", parameter(), {}, OPERATION), undefined);
        await aws.operations.delete(type, "/p", {}, OPERATION);
    });
});
