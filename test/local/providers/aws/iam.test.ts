import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const POLICY = "aws:iam/policy:Policy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const ROLE = "aws:iam/role:Role";
const ARN = "arn:aws:iam::000000000000:policy/p";
const DOCUMENT = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}';

const gone = (): never => {
    throw awsError("NoSuchEntityException", "gone", 404);
};

describe(POLICY, () => {
    const type = typeOf(POLICY);
    const policyInputs = (changes: Properties = {}): Properties => checkedInputs(POLICY, { name: "p", policy: DOCUMENT, tags: { a: "1" }, ...changes });
    const answers = (versions: readonly object[], more: Answers = {}): Answers => ({
        "iam.createPolicy": () => ({ Policy: { Arn: ARN } }),
        "iam.getPolicy": () => ({ Policy: { Arn: ARN, PolicyName: "p", PolicyId: "ID", Path: "/", DefaultVersionId: "v1", Tags: [{ Key: "a", Value: "1" }] } }),
        "iam.getPolicyVersion": () => ({ PolicyVersion: { Document: encodeURIComponent(DOCUMENT) } }),
        "iam.listPolicyVersions": () => ({ Versions: versions }),
        "iam.createPolicyVersion": () => ({}),
        "iam.deletePolicyVersion": () => ({}),
        "iam.deletePolicy": () => ({}),
        ...more,
    });
    const version = (number: number, isDefault = false): object => ({ VersionId: `v${number}`, IsDefaultVersion: isDefault });

    it("is made, and read back from its default version", async () => {
        const inputs = policyInputs();
        const aws = fakeAws(answers([]));
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, ARN);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        assert.deepEqual(aws.requests.get("iam.getPolicyVersion"), { PolicyArn: ARN, VersionId: "v1" });
    });

    it("gets another version for another document, and makes room for it", async () => {
        const changed = policyInputs({ policy: '{"Version":"2012-10-17","Statement":[]}' });
        const full = fakeAws(answers([version(11, true), version(10), version(9), version(4), version(3)]));
        await full.operations.update(type, ARN, policyInputs(), changed, {}, OPERATION);
        assert.deepEqual(full.requests.get("iam.deletePolicyVersion"), { PolicyArn: ARN, VersionId: "v3" });
        assert.deepEqual(full.requests.get("iam.createPolicyVersion"), { PolicyArn: ARN, PolicyDocument: changed["policy"], SetAsDefault: true });
        const restored = fakeAws(answers([version(1, true), version(2), version(3), version(4), version(5)]));
        await restored.operations.update(type, ARN, policyInputs(), changed, {}, OPERATION);
        assert.deepEqual(restored.requests.get("iam.deletePolicyVersion"), { PolicyArn: ARN, VersionId: "v2" });
        const room = fakeAws(answers([version(2, true), version(1)]));
        await room.operations.update(type, ARN, policyInputs(), changed, {}, OPERATION);
        assert.equal(room.calls.includes("iam.deletePolicyVersion"), false);
    });

    it("gets no version for a document of the same meaning, and is replaced for what cannot be changed", () => {
        const same = '{"Statement":{"Action":["s3:GetObject"],"Effect":"Allow","Resource":["*"]},"Version":"2012-10-17"}';
        assert.deepEqual(diffResource(type, policyInputs(), policyInputs({ policy: same })).changed, []);
        assert.deepEqual(diffResource(type, policyInputs(), policyInputs({ name: "q", path: "/x/", description: "d" })).replaces, ["description", "name", "path"]);
    });

    it("is deleted after its other versions, and can be deleted when it is gone", async () => {
        const aws = fakeAws(answers([version(1), version(2, true)]));
        await aws.operations.delete(type, ARN, {}, OPERATION);
        assert.deepEqual(aws.calls, ["iam.listPolicyVersions", "iam.deletePolicyVersion", "iam.deletePolicy"]);
        assert.equal(aws.requests.get("iam.deletePolicyVersion")?.["VersionId"], "v1");
        await fakeAws({ "iam.listPolicyVersions": gone, "iam.deletePolicy": gone }).operations.delete(type, ARN, {}, OPERATION);
    });

    it("has vanished when IAM does not know it, and refuses a property that the SDK does not have", async () => {
        assert.equal(await fakeAws({ "iam.getPolicy": gone }).operations.read(type, ARN, policyInputs(), {}, OPERATION), undefined);
        assert.throws(() => policyInputs({ document: "{}" }), /"document" is not known/);
    });
});

describe(ATTACHMENT, () => {
    const type = typeOf(ATTACHMENT);
    const inputs = checkedInputs(ATTACHMENT, { role: "r", policyArn: ARN });
    const attached = (...arns: readonly string[]): Answers => ({ "iam.listAttachedRolePolicies": () => ({ AttachedPolicies: arns.map((PolicyArn) => ({ PolicyArn })) }) });

    it("is made, found among the others of its role, and replaced by every change", async () => {
        const aws = fakeAws({ ...attached("arn:other", ARN), "iam.attachRolePolicy": () => ({}) });
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, `r/${ARN}`);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        assert.deepEqual(diffResource(type, inputs, { role: "s", policyArn: "arn:x" }).replaces, ["policyArn", "role"]);
    });

    it("has vanished with itself or with its role, and can be deleted then", async () => {
        assert.equal(await fakeAws(attached("arn:other")).operations.read(type, `r/${ARN}`, inputs, {}, OPERATION), undefined);
        assert.equal(await fakeAws({ "iam.listAttachedRolePolicies": gone }).operations.read(type, `r/${ARN}`, inputs, {}, OPERATION), undefined);
        const aws = fakeAws({ "iam.detachRolePolicy": gone });
        await aws.operations.delete(type, `r/${ARN}`, {}, OPERATION);
        assert.deepEqual(aws.requests.get("iam.detachRolePolicy"), { RoleName: "r", PolicyArn: ARN });
    });

    it("refuses an id without a role, and a property that the SDK does not have", async () => {
        await assert.rejects(fakeAws({}).operations.read(type, ARN.replaceAll("/", ":"), {}, {}, OPERATION), /is not of the form ROLE\/POLICY-ARN/);
        assert.throws(() => checkedInputs(ATTACHMENT, { role: "r", policyArn: ARN, policy: "p" }), /"policy" is not known/);
    });
});

describe(ROLE, () => {
    const type = typeOf(ROLE);
    const roleInputs = (changes: Properties = {}): Properties => checkedInputs(ROLE, { name: "r", path: "/delivery/", permissionsBoundary: ARN, assumeRolePolicy: "{}", ...changes });

    it("is made at its path and within its boundary, which it can change and lose", async () => {
        const aws = fakeAws({
            "iam.createRole": () => ({}),
            "iam.getRole": () => ({ Role: { Arn: "arn:r", RoleName: "r", Path: "/delivery/", AssumeRolePolicyDocument: "%7B%7D", MaxSessionDuration: 3600, PermissionsBoundary: { PermissionsBoundaryArn: ARN } } }),
            "iam.listAttachedRolePolicies": () => ({}),
            "iam.listRolePolicies": () => ({}),
            "iam.putRolePermissionsBoundary": () => ({}),
            "iam.deleteRolePermissionsBoundary": () => ({}),
        });
        const inputs = roleInputs();
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        const sent = aws.requests.get("iam.createRole");
        assert.deepEqual([sent?.["Path"], sent?.["PermissionsBoundary"]], ["/delivery/", ARN]);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        await aws.operations.update(type, id, inputs, roleInputs({ permissionsBoundary: "arn:other" }), state, OPERATION);
        assert.equal(aws.requests.get("iam.putRolePermissionsBoundary")?.["PermissionsBoundary"], "arn:other");
        const unbound = { ...inputs };
        delete unbound["permissionsBoundary"];
        await aws.operations.update(type, id, inputs, unbound, state, OPERATION);
        assert.equal(aws.calls.includes("iam.deleteRolePermissionsBoundary"), true);
        assert.deepEqual(diffResource(type, inputs, roleInputs({ path: "/" })).replaces, ["path"]);
    });
});
