import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { STAGE_STEPS, type Stage } from "../../app/stageDefinitions";
import { StageMachine } from "../../app/StageMachine";
import { registrationOf, startMockEngine } from "../support/mockEngine";
import { settleOutputs, valueOf } from "../support/valueOf";

const NAMES = [...STAGE_STEPS.a, ...STAGE_STEPS.b, "routing"];
const arnOf = (name: string): string => `arn:${name}:live`;

async function declare(stage: Stage, names: readonly string[] = NAMES, permissionsBoundary?: string): Promise<(type: string, suffix: string) => Record<string, unknown>> {
    await startMockEngine();
    const address = (name: string) => ({ arn: pulumi.output(arnOf(name)), functionName: pulumi.output(name), name: pulumi.output("live") });
    const functions = Object.fromEntries(names.map((name) => [name, { address: address(name) }]));
    await valueOf(new StageMachine("machine", { stage, machineName: "lake-stage", accountId: "123456789012", functions, permissionsBoundary }).arn);
    await settleOutputs();
    return (type, suffix) => registrationOf(type, `machine-${suffix}`).inputs;
}

describe("a stage's state machine", () => {
    for (const stage of ["a", "b"] as const) {
        it(`${stage} may call the aliases of its steps, and do nothing else`, async () => {
            const { policy, role } = (await declare(stage))("aws:iam/rolePolicy:RolePolicy", "policy");
            assert.equal(role, "lake-stage-machine");
            assert.deepEqual((JSON.parse(String(policy)) as { Statement: object[] }).Statement, [
                { Sid: "Steps", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: STAGE_STEPS[stage].map(arnOf).sort() },
            ]);
        });

        it(`${stage} calls exactly those aliases`, async () => {
            const { definition } = (await declare(stage))("aws:sfn/stateMachine:StateMachine", "machine");
            const called = [...String(definition).matchAll(/"FunctionName":"([^"]+)"/g)].map(([, arn]) => arn);
            assert.deepEqual([...new Set(called)].sort(), STAGE_STEPS[stage].map(arnOf).sort());
        });
    }

    it("runs as a role that only Step Functions may assume, for this account, under the boundary that it is given", async () => {
        const { assumeRolePolicy, permissionsBoundary } = (await declare("a", NAMES, "arn:boundary"))("aws:iam/role:Role", "role");
        const [{ Principal, Condition }] = (JSON.parse(String(assumeRolePolicy)) as { Statement: Record<string, unknown>[] }).Statement;
        assert.deepEqual([Principal, Condition], [{ Service: "states.amazonaws.com" }, { StringEquals: { "aws:SourceAccount": "123456789012" } }]);
        assert.equal(permissionsBoundary, "arn:boundary");
    });

    it("names a step whose function is not there, and those that are", async () => {
        await assert.rejects(declare("a", ["routing", "stage-a-error"]), /step "stage-a-postupdate-metadata" has no function; there are routing, stage-a-error\. Add the directory/);
    });
});
