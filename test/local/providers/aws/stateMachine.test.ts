import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const MACHINE = "aws:sfn/stateMachine:StateMachine";
const ARN = "arn:aws:states:us-east-1:000000000000:stateMachine:m";
const ROLE = "arn:aws:iam::000000000000:role/r";
const DEFINITION = JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } });

const gone = (): never => {
    throw awsError("StateMachineDoesNotExist");
};
const answers = (described: object = {}): Answers => ({
    "sfn.createStateMachine": () => ({ stateMachineArn: ARN }),
    "sfn.describeStateMachine": () => ({
        stateMachineArn: ARN,
        name: "m",
        definition: DEFINITION,
        roleArn: ROLE,
        type: "STANDARD",
        status: "ACTIVE",
        revisionId: "1",
        creationDate: new Date(0),
        loggingConfiguration: { level: "OFF", includeExecutionData: false },
        encryptionConfiguration: { type: "AWS_OWNED_KEY" },
        ...described,
    }),
    "sfn.listTagsForResource": () => ({ tags: [{ key: "a", value: "1" }] }),
    "sfn.listStateMachineVersions": () => ({ stateMachineVersions: [] }),
    "sfn.updateStateMachine": () => ({}),
    "sfn.tagResource": () => ({}),
    "sfn.untagResource": () => ({}),
});

describe(MACHINE, () => {
    const type = typeOf(MACHINE);
    const machine = (changes: Properties = {}): Properties => checkedInputs(MACHINE, { name: "m", roleArn: ROLE, definition: DEFINITION, tags: { a: "1" }, ...changes });

    it("is made in one call, and read back as it was given", async () => {
        const aws = fakeAws(answers({ tracingConfiguration: { enabled: true } }));
        const inputs = machine({ tracingConfiguration: { enabled: true } });
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, ARN);
        assert.deepEqual(aws.requests.get("sfn.createStateMachine"), {
            name: "m",
            definition: DEFINITION,
            roleArn: ROLE,
            publish: false,
            type: "STANDARD",
            tracingConfiguration: { enabled: true },
            tags: [{ key: "a", value: "1" }],
        });
        assert.deepEqual([state["arn"], state["status"], state["creationDate"]], [ARN, "ACTIVE", "1970-01-01T00:00:00.000Z"]);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
    });

    it("waits for a role that Step Functions does not know yet", async () => {
        let tries = 0;
        const aws = fakeAws({
            ...answers(),
            "sfn.createStateMachine": () => {
                if (tries++ === 0) {
                    throw awsError("AccessDeniedException", "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role.");
                }
                return { stateMachineArn: ARN };
            },
        });
        await aws.operations.create(type, machine(), { ...OPERATION, timeout: 10 });
        assert.equal(tries, 2);
    });

    it("changes in place with definition and role always sent, and tags apart", async () => {
        const definition = JSON.stringify({ StartAt: "End", States: { End: { Type: "Succeed" } } });
        const aws = fakeAws(answers({ definition }));
        await aws.operations.update(type, ARN, machine(), machine({ definition, loggingConfiguration: { level: "ALL", logDestination: "arn:l:*" }, tags: { b: "2" } }), {}, OPERATION);
        assert.deepEqual(aws.requests.get("sfn.updateStateMachine"), {
            stateMachineArn: ARN,
            definition,
            roleArn: ROLE,
            publish: false,
            loggingConfiguration: { includeExecutionData: false, level: "ALL", destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: "arn:l:*" } }] },
        });
        assert.deepEqual(aws.requests.get("sfn.untagResource"), { resourceArn: ARN, tagKeys: ["a"] });
        const tagsOnly = fakeAws(answers());
        await tagsOnly.operations.update(type, ARN, machine(), machine({ tags: { b: "2" } }), {}, OPERATION);
        assert.equal(tagsOnly.calls.includes("sfn.updateStateMachine"), false);
    });

    it("is replaced for another name or kind, and notices another definition", async () => {
        assert.deepEqual(diffResource(type, machine(), machine({ name: "n", type: "EXPRESS" })).replaces, ["name", "type"]);
        const drifted = await fakeAws(answers({ definition: "{}" })).operations.read(type, ARN, machine(), {}, OPERATION);
        assert.deepEqual(diffResource(type, drifted?.inputs ?? {}, machine()).changed, ["definition"]);
    });

    it("refuses a definition that is no JSON and a name that Step Functions does not take", () => {
        assert.throws(() => machine({ definition: "StartAt: Done" }), /"definition" is a text that is not JSON/);
        assert.throws(() => machine({ name: "a b" }), /the name "a b" of a state machine/);
    });

    it("has vanished while it is being deleted, and can be deleted when it is gone", async () => {
        assert.equal(await fakeAws(answers({ status: "DELETING" })).operations.read(type, ARN, machine(), {}, OPERATION), undefined);
        await fakeAws({ "sfn.deleteStateMachine": gone, "sfn.describeStateMachine": gone }).operations.delete(type, ARN, {}, OPERATION);
    });
});
