import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const RULE = "aws:codestarnotifications/notificationRule:NotificationRule";
const CONNECTION = "aws:codeconnections/connection:Connection";
const RULE_ARN = "arn:aws:codestar-notifications:us-east-1:000000000000:notificationrule/1";
const CONNECTION_ARN = "arn:aws:codeconnections:us-east-1:000000000000:connection/1";

const gone = (): never => {
    throw awsError("ResourceNotFoundException", "gone", 404);
};

describe(RULE, () => {
    const type = typeOf(RULE);
    const ruleInputs = (changes: Properties = {}): Properties =>
        checkedInputs(RULE, {
            name: "p-failures",
            detailType: "FULL",
            eventTypeIds: ["codepipeline-pipeline-pipeline-execution-failed", "codepipeline-pipeline-manual-approval-needed"],
            resource: "arn:aws:codepipeline:us-east-1:000000000000:p",
            targets: [{ address: "arn:aws:sns:us-east-1:000000000000:t" }],
            ...changes,
        });
    const answers = (more: Answers = {}): Answers => ({
        "codestarnotifications.createNotificationRule": () => ({ Arn: RULE_ARN }),
        "codestarnotifications.describeNotificationRule": () => ({
            Arn: RULE_ARN,
            Name: "p-failures",
            DetailType: "FULL",
            // Without an order, and with what a console shows.
            EventTypes: [
                { EventTypeId: "codepipeline-pipeline-manual-approval-needed", ServiceName: "CodePipeline" },
                { EventTypeId: "codepipeline-pipeline-pipeline-execution-failed", ServiceName: "CodePipeline" },
            ],
            Resource: "arn:aws:codepipeline:us-east-1:000000000000:p",
            Status: "ENABLED",
            Tags: { a: "1" },
            Targets: [{ TargetAddress: "arn:aws:sns:us-east-1:000000000000:t", TargetType: "SNS", TargetStatus: "ACTIVE" }],
        }),
        "codestarnotifications.updateNotificationRule": () => ({}),
        "codestarnotifications.deleteNotificationRule": () => ({}),
        "codestarnotifications.deleteTarget": () => ({}),
        "codestarnotifications.tagResource": () => ({}),
        "codestarnotifications.untagResource": () => ({}),
        ...more,
    });

    it("is made for SNS where no kind of target is given, and read back as it was given", async () => {
        const inputs = ruleInputs({ tags: { a: "1" } });
        const aws = fakeAws(answers());
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, RULE_ARN);
        assert.deepEqual(aws.requests.get("codestarnotifications.createNotificationRule")?.["Targets"], [{ TargetAddress: "arn:aws:sns:us-east-1:000000000000:t", TargetType: "SNS" }]);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        assert.equal((state["targets"] as readonly { status?: string }[])[0]?.status, "ACTIVE");
    });

    it("is changed in place, gives up targets that it no longer has, and changes tags by calls of their own", async () => {
        const old = ruleInputs({ tags: { a: "1" } });
        const aws = fakeAws(answers());
        await aws.operations.update(type, RULE_ARN, old, ruleInputs({ tags: { b: "2" } }), {}, OPERATION);
        assert.deepEqual(aws.calls.slice(0, 2), ["codestarnotifications.untagResource", "codestarnotifications.tagResource"]);
        assert.equal(aws.calls.includes("codestarnotifications.updateNotificationRule"), false);
        await aws.operations.update(type, RULE_ARN, old, ruleInputs({ tags: { a: "1" }, targets: [{ address: "arn:aws:sns:us-east-1:000000000000:u" }] }), {}, OPERATION);
        assert.equal(aws.requests.get("codestarnotifications.updateNotificationRule")?.["Arn"], RULE_ARN);
        assert.deepEqual(aws.requests.get("codestarnotifications.deleteTarget"), { TargetAddress: "arn:aws:sns:us-east-1:000000000000:t", ForceUnsubscribeAll: false });
    });

    it("is replaced for another resource only", () => {
        assert.deepEqual(diffResource(type, ruleInputs(), ruleInputs({ name: "q", resource: "arn:other", detailType: "BASIC" })).replaces, ["resource"]);
    });

    it("leaves a target that another rule uses when it is deleted, and can be deleted when it is gone", async () => {
        const aws = fakeAws(
            answers({
                "codestarnotifications.deleteNotificationRule": gone,
                "codestarnotifications.deleteTarget": () => {
                    throw awsError("ValidationException", "The target cannot be deleted because it is subscribed to one or more notification rules.");
                },
            }),
        );
        await aws.operations.delete(type, RULE_ARN, { targets: [{ address: "arn:t" }] }, OPERATION);
        const refused = fakeAws(
            answers({
                "codestarnotifications.deleteTarget": () => {
                    throw awsError("ValidationException", "bad address");
                },
            }),
        );
        await assert.rejects(refused.operations.delete(type, RULE_ARN, { targets: [{ address: "arn:t" }] }, OPERATION), /bad address/);
    });

    it("has vanished when the service does not know it", async () => {
        const aws = fakeAws(answers({ "codestarnotifications.describeNotificationRule": gone }));
        assert.equal(await aws.operations.read(type, RULE_ARN, ruleInputs(), {}, OPERATION), undefined);
    });

    it("refuses names and lists of events that the service would refuse, and a property that the SDK does not have", () => {
        assert.throws(() => ruleInputs({ name: "p.failures" }), /the name "p\.failures" is not allowed/);
        assert.throws(() => ruleInputs({ eventTypeIds: [] }), /"eventTypeIds" is empty/);
        assert.throws(() => ruleInputs({ target: [] }), /"target" is not known: did you mean "targets"\?/);
    });
});

describe(CONNECTION, () => {
    const type = typeOf(CONNECTION);
    const inputs = checkedInputs(CONNECTION, { name: "c", providerType: "GitHub", tags: { a: "1" } });
    const answers: Answers = {
        "codeconnections.createConnection": () => ({ ConnectionArn: CONNECTION_ARN }),
        "codeconnections.getConnection": () => ({ Connection: { ConnectionArn: CONNECTION_ARN, ConnectionName: "c", ProviderType: "GitHub", OwnerAccountId: "000000000000", ConnectionStatus: "PENDING" } }),
        "codeconnections.listTagsForResource": () => ({ Tags: [{ Key: "a", Value: "1" }] }),
        "codeconnections.tagResource": () => ({}),
        "codeconnections.untagResource": () => ({}),
    };

    it("is made pending, and read back as it was given", async () => {
        const aws = fakeAws(answers);
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.deepEqual([id, state["connectionStatus"], state["ownerAccountId"]], [CONNECTION_ARN, "PENDING", "000000000000"]);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
    });

    it("changes its tags in place, and is replaced for all else", async () => {
        const aws = fakeAws(answers);
        await aws.operations.update(type, CONNECTION_ARN, inputs, checkedInputs(CONNECTION, { name: "c", providerType: "GitHub", tags: { b: "2" } }), {}, OPERATION);
        assert.deepEqual(aws.requests.get("codeconnections.tagResource"), { ResourceArn: CONNECTION_ARN, Tags: [{ Key: "b", Value: "2" }] });
        assert.deepEqual(aws.requests.get("codeconnections.untagResource"), { ResourceArn: CONNECTION_ARN, TagKeys: ["a"] });
        assert.deepEqual(diffResource(type, inputs, checkedInputs(CONNECTION, { name: "d", hostArn: "arn:host" })).replaces, ["hostArn", "name"]);
        assert.deepEqual(diffResource(type, inputs, checkedInputs(CONNECTION, { name: "c", providerType: "GitLab" })).replaces, ["providerType"]);
    });

    it("has vanished when the service does not know it, and can be deleted then", async () => {
        const aws = fakeAws({ "codeconnections.getConnection": gone, "codeconnections.deleteConnection": gone });
        assert.equal(await aws.operations.read(type, CONNECTION_ARN, inputs, {}, OPERATION), undefined);
        await aws.operations.delete(type, CONNECTION_ARN, {}, OPERATION);
    });

    it("wants either a kind of git host or a host of one's own, and no property that the SDK does not have", () => {
        assert.throws(() => checkedInputs(CONNECTION, { name: "c" }), /neither "hostArn" nor "providerType" was given/);
        assert.throws(() => checkedInputs(CONNECTION, { name: "c", providerType: "GitHub", hostArn: "arn" }), /both "hostArn" and "providerType" were given/);
        assert.throws(() => checkedInputs(CONNECTION, { name: "c", provider: "GitHub" }), /"provider" is not known/);
    });
});
