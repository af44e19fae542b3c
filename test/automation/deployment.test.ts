import { strict as assert } from "node:assert";
import { applyPending, type Deployment, outputsOf, parseDeployment, pendingOperations, type PendingPlan, planPending } from "../../automation/deployment";
import { identityOf } from "../../automation/identities";

const urn = (type: string, name: string): string => `urn:pulumi:local::container-lambdas::${type}::${name}`;

function pending(operation: string, type: string, name: string, inputs: Record<string, unknown> = {}): Record<string, unknown> {
    return { type: operation, resource: { urn: urn(type, name), custom: true, type, inputs } };
}

function stateWith(...operations: Record<string, unknown>[]): Deployment {
    return { version: 3, deployment: { manifest: { magic: "m" }, resources: [{ urn: urn("pulumi:pulumi:Stack", "s"), type: "pulumi:pulumi:Stack", outputs: { rawBucket: "raw" } }], pending_operations: operations } };
}

const image = pending("creating", "docker:index/image:Image", "ping-0123456789ab");
const role = pending("creating", "aws:iam/role:Role", "ping-role", { name: "container-lambdas-local-ping" });
const policy = pending("creating", "aws:iam/rolePolicy:RolePolicy", "ping-policy", { role: "x" });
const update = pending("updating", "aws:lambda/function:Function", "ping", { name: "p" });

function plan(state: Deployment, emulated: boolean): PendingPlan {
    const operations = pendingOperations(state);
    return planPending(operations, emulated, new Map(operations.flatMap((operation) => (operation.type === "aws:iam/role:Role" ? [[operation, "container-lambdas-local-ping"]] : []))));
}

describe("pending operations", () => {
    it("of images are dropped everywhere, for images are found again by their key", () => {
        for (const emulated of [true, false]) {
            const planned = plan(stateWith(image), emulated);
            assert.deepEqual([planned.drop.length, planned.adopt.length, planned.blocked.length], [1, 0, 0]);
        }
    });

    it("of anything else stop the update of a real account", () => {
        const planned = plan(stateWith(image, role, update), false);
        assert.deepEqual([planned.drop.length, planned.adopt.length, planned.blocked.map(({ operation }) => operation)], [1, 0, ["creating", "updating"]]);
    });

    it("are looked up in the emulator when a second create would fail, and otherwise just done again", () => {
        const planned = plan(stateWith(role, policy, update), true);
        assert.deepEqual(planned.adopt.map(({ id, type }) => [type, id]), [["aws:iam/role:Role", "container-lambdas-local-ping"]]);
        assert.deepEqual(planned.drop.map(({ type }) => type), ["aws:iam/rolePolicy:RolePolicy", "aws:lambda/function:Function"]);
    });

    it("leave a state without any, with what may exist at its end and everything else as it was", () => {
        const state = stateWith(role, image);
        const before = JSON.stringify(state);
        const { deployment } = applyPending(state, plan(state, true));
        assert.equal(deployment.pending_operations, undefined);
        assert.deepEqual(deployment.manifest, { magic: "m" });
        assert.deepEqual((deployment.resources as { urn: string; id?: string }[]).map(({ urn, id }) => [urn, id]), [
            [urn("pulumi:pulumi:Stack", "s"), undefined],
            [urn("aws:iam/role:Role", "ping-role"), "container-lambdas-local-ping"],
        ]);
        assert.equal(JSON.stringify(state), before);
    });

    it("do not enter the state twice: the old half of a replacement has the same URN", () => {
        const state = stateWith(role);
        const known: Deployment = { ...state, deployment: { ...state.deployment, resources: [{ urn: urn("aws:iam/role:Role", "ping-role"), type: "aws:iam/role:Role", id: "old" }] } };
        const { deployment } = applyPending(known, plan(known, true));
        assert.equal((deployment.resources as unknown[]).length, 1);
    });
});

describe("an exported state", () => {
    it("gives the stack's outputs", () => assert.deepEqual(outputsOf(stateWith()), { rawBucket: "raw" }));

    it("of a stack that was never updated is empty", () => {
        const state = parseDeployment('{"version": 3, "deployment": null}');
        assert.deepEqual([outputsOf(state), pendingOperations(state)], [{}, []]);
    });

    it("is refused when it is none", () => assert.throws(() => parseDeployment("[]"), /has no format version/));
});

describe("the identity of what an unfinished create may have made", () => {
    const identity = (type: string, inputs: Record<string, unknown>): Promise<string | undefined> =>
        identityOf({ urn: "u", type, operation: "creating", resource: { inputs } }, { findEventSourceMapping: async (name, source) => `${name} ${source}` });

    it("comes from the checked inputs, in the notation in which its provider reads it", async () => {
        const arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        assert.equal(await identity("aws:iam/role:Role", { name: "r" }), "r");
        assert.equal(await identity("aws:lambda/alias:Alias", { functionName: arn, name: "live" }), "f/live");
        assert.equal(await identity("aws:lambda/functionUrl:FunctionUrl", { functionName: "f" }), "f");
        assert.equal(await identity("aws:lambda/functionUrl:FunctionUrl", { functionName: "f", qualifier: "live" }), "f/live");
        assert.equal(await identity("aws:lambda/permission:Permission", { statementId: "s", function: "f" }), "s");
        assert.equal(await identity("aws:scheduler/schedule:Schedule", { name: "s" }), "default/s");
        assert.equal(await identity("aws:lambda/eventSourceMapping:EventSourceMapping", { functionName: "f", eventSourceArn: "q" }), "f q");
    });

    it("is unknown for types that can be put twice, and when an input is missing or not known", async () => {
        assert.equal(await identity("aws:iam/rolePolicy:RolePolicy", { name: "p", role: "r" }), undefined);
        assert.equal(await identity("aws:iam/role:Role", {}), undefined);
        assert.equal(await identity("aws:lambda/alias:Alias", { name: "live" }), undefined);
    });
});
