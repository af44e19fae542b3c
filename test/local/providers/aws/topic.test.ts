import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const TOPIC = "aws:sns/topic:Topic";
const POLICY = "aws:sns/topicPolicy:TopicPolicy";
const ARN = "arn:aws:sns:us-east-1:000000000000:t";
const ATTRIBUTES = { TopicArn: ARN, Owner: "000000000000", DisplayName: "", Policy: '{"Id":"__default_policy_ID"}', EffectiveDeliveryPolicy: "{}" };

const gone = (): never => {
    throw awsError("NotFound", "Topic does not exist", 404);
};
const answers = (attributes: Readonly<Record<string, string>> = {}): Answers => ({
    "sns.createTopic": () => ({ TopicArn: ARN }),
    "sns.getTopicAttributes": () => ({ Attributes: { ...ATTRIBUTES, ...attributes } }),
    "sns.listTagsForResource": () => ({ Tags: [{ Key: "a", Value: "1" }] }),
    "sns.setTopicAttributes": () => ({}),
    "sns.tagResource": () => ({}),
    "sns.untagResource": () => ({}),
});

describe(TOPIC, () => {
    const type = typeOf(TOPIC);
    const topicInputs = (changes: Properties = {}): Properties => checkedInputs(TOPIC, { name: "t", tags: { a: "1" }, ...changes });

    it("is made in one call, and read back as it was given", async () => {
        const inputs = topicInputs({ kmsMasterKeyId: "alias/artifacts" });
        const aws = fakeAws(answers({ KmsMasterKeyId: "alias/artifacts" }));
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.deepEqual(aws.requests.get("sns.createTopic"), { Name: "t", Attributes: { KmsMasterKeyId: "alias/artifacts" }, Tags: [{ Key: "a", Value: "1" }] });
        const found = await aws.operations.read(type, id, inputs, state, OPERATION);
        assert.deepEqual(found?.inputs, inputs);
        assert.deepEqual([found?.state["owner"], found?.state["signatureVersion"]], ["000000000000", 1]);
    });

    it("keeps to its own policy: one that another resource set is no difference", async () => {
        const aws = fakeAws(answers({ Policy: '{"Version":"2012-10-17"}' }));
        const found = await aws.operations.read(type, ARN, topicInputs(), {}, OPERATION);
        assert.deepEqual(found?.inputs, topicInputs());
        assert.equal(found?.state["policy"], undefined);
    });

    it("changes what changed, and empties what was taken away", async () => {
        const aws = fakeAws(answers());
        const old = topicInputs({ displayName: "x", kmsMasterKeyId: "k" });
        await aws.operations.update(type, ARN, old, topicInputs({ displayName: "x", tags: { b: "2" } }), {}, OPERATION);
        assert.equal(aws.calls.filter((call) => call === "sns.setTopicAttributes").length, 1);
        assert.deepEqual(aws.requests.get("sns.setTopicAttributes"), { TopicArn: ARN, AttributeName: "KmsMasterKeyId", AttributeValue: "" });
        assert.deepEqual(aws.requests.get("sns.untagResource"), { ResourceArn: ARN, TagKeys: ["a"] });
        assert.deepEqual(aws.requests.get("sns.tagResource"), { ResourceArn: ARN, Tags: [{ Key: "b", Value: "2" }] });
    });

    it("is replaced for another name or kind, and names FIFO topics as SNS wants", () => {
        assert.deepEqual(diffResource(type, topicInputs(), topicInputs({ name: "u.fifo", fifoTopic: true })).replaces, ["fifoTopic", "name"]);
        assert.match(String(checkedInputs(TOPIC, { fifoTopic: true })["name"]), /^thing-[0-9a-f]{7}\.fifo$/);
        assert.throws(() => topicInputs({ fifoTopic: true }), /does not end in "\.fifo"/);
        assert.throws(() => topicInputs({ contentBasedDeduplication: true }), /"contentBasedDeduplication" is for FIFO topics only/);
    });

    it("has vanished when SNS does not know it, and can be deleted then", async () => {
        const aws = fakeAws({ "sns.getTopicAttributes": gone, "sns.deleteTopic": gone });
        assert.equal(await aws.operations.read(type, ARN, topicInputs(), {}, OPERATION), undefined);
        await aws.operations.delete(type, ARN, {}, OPERATION);
    });

    it("refuses feedback, which is not carried out, and a property that the SDK does not have", () => {
        assert.throws(() => topicInputs({ sqsFailureFeedbackRoleArn: "arn:aws:iam::000000000000:role/r" }), /"sqsFailureFeedbackRoleArn" of aws:sns.*does not carry it out/);
        assert.throws(() => topicInputs({ kmsKeyId: "k" }), /"kmsKeyId" is not known/);
    });
});

describe(POLICY, () => {
    const type = typeOf(POLICY);
    const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sns:Publish", Resource: ARN, Principal: { Service: "codestar-notifications.amazonaws.com" } }] };
    const inputs = checkedInputs(POLICY, { arn: ARN, policy: JSON.stringify(document) });

    it("is set, and recognised by its meaning", async () => {
        const live = JSON.stringify({ Statement: { ...document.Statement[0], Action: ["sns:Publish"] }, Version: "2012-10-17" });
        const aws = fakeAws(answers({ Policy: live }));
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, ARN);
        assert.deepEqual(aws.requests.get("sns.setTopicAttributes"), { TopicArn: ARN, AttributeName: "Policy", AttributeValue: JSON.stringify(document) });
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
    });

    it("is replaced for another topic, and changed in place otherwise", async () => {
        assert.deepEqual(diffResource(type, inputs, { ...inputs, arn: "arn:u" }).replaces, ["arn"]);
        const aws = fakeAws(answers());
        await aws.operations.update(type, ARN, inputs, checkedInputs(POLICY, { arn: ARN, policy: '{"Statement":[]}' }), {}, OPERATION);
        assert.equal(aws.requests.get("sns.setTopicAttributes")?.["AttributeValue"], '{"Statement":[]}');
    });

    it("leaves the default policy behind, because a topic has none without", async () => {
        const aws = fakeAws(answers());
        await aws.operations.delete(type, ARN, { owner: "000000000000" }, OPERATION);
        const left = JSON.parse(String(aws.requests.get("sns.setTopicAttributes")?.["AttributeValue"])) as { Statement: Record<string, unknown>[] };
        assert.deepEqual([left.Statement[0]?.["Resource"], left.Statement[0]?.["Condition"]], [ARN, { StringEquals: { "AWS:SourceOwner": "000000000000" } }]);
        await fakeAws({ "sns.setTopicAttributes": gone }).operations.delete(type, ARN, { owner: "000000000000" }, OPERATION);
    });

    it("has vanished with its topic, and refuses a text that is no document", async () => {
        assert.equal(await fakeAws({ "sns.getTopicAttributes": gone }).operations.read(type, ARN, inputs, {}, OPERATION), undefined);
        assert.throws(() => checkedInputs(POLICY, { arn: ARN, policy: "nonsense" }), /is a text that is not JSON/);
        assert.throws(() => checkedInputs(POLICY, { topicArn: ARN, policy: "{}" }), /"topicArn" is not known/);
    });
});
