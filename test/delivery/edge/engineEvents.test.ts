import assert from "node:assert/strict";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";
import { changesIn, errorsIn, scopeOf } from "../../../delivery/edge/engineEvents";
import { deliveryTargets } from "../../../delivery/targets";

const URN = "urn:pulumi:dev::p::container-lambdas:delivery:DeliveryPipeline$aws:codepipeline/pipeline:Pipeline::delivery-pipeline";

describe("what a preview says", () => {
    const event = (op: StepEventMetadata["op"], sides: { before?: object; after?: object; protect?: boolean } = {}, urn = URN): EngineEvent => {
        const state = (inputs: object): NonNullable<StepEventMetadata["new"]> => ({ type: "t", urn, id: "", parent: "", provider: "", protect: sides.protect, inputs: { ...inputs }, outputs: {} });
        return {
            sequence: 1,
            timestamp: 1,
            resourcePreEvent: { metadata: { op, urn, type: "t", provider: "", old: sides.before && state(sides.before), new: sides.after && state(sides.after) } },
        };
    };

    it("is a change with both sides, or nothing for what stays", () => {
        const { changes, desired } = changesIn([event("update", { before: { a: 1 }, after: { a: 2 }, protect: true })], ["**"]);
        assert.deepEqual(changes, [{ urn: URN, type: "t", operation: "update", protect: true, before: { a: 1 }, after: { a: 2 } }]);
        assert.deepEqual(desired, [{ urn: URN, inputs: { a: 2 } }]);
        assert.deepEqual(changesIn([event("same", { before: { a: 1 }, after: { a: 1 } })], ["**"]), { changes: [], desired: [{ urn: URN, inputs: { a: 1 } }] });
    });

    it("is one replacement for the steps of a replacement", () => {
        const { changes } = changesIn(
            [event("create-replacement", { after: { a: 2 } }), event("replace", { before: { a: 1 }, after: { a: 2 }, protect: true }), event("delete-replaced", { before: { a: 1 } })],
            ["**"],
        );
        assert.deepEqual(changes.map(({ operation, protect, before, after }) => ({ operation, protect, before, after })), [{ operation: "replace", protect: true, before: { a: 1 }, after: { a: 2 } }]);
    });

    it("is the same where the engine writes null for what there is not", () => {
        const created = event("create", { after: {} });
        const text = JSON.stringify(created).replace('"inputs":{}', '"inputs":null').replace('"op":"create"', '"op":"create","old":null');
        const { changes, desired } = changesIn([JSON.parse(text) as EngineEvent], ["**"]);
        assert.deepEqual(changes, [{ urn: URN, type: "t", operation: "create", protect: false, after: {} }]);
        assert.deepEqual(desired, [{ urn: URN, inputs: {} }]);
    });

    it("is sorted by URN and limited to the targets", () => {
        const other = "urn:pulumi:dev::p::container-lambdas:images:ImageRepository$aws:ecr/repository:Repository::a-repository";
        const app = "urn:pulumi:dev::p::container-lambdas:app:Infrastructure$aws:s3/bucket:Bucket::b";
        const { changes } = changesIn([event("create", { after: {} }, other), event("delete", { before: {} }), event("create", { after: {} }, app)], deliveryTargets({ project: "p", stack: "dev" }, ["a"]));
        assert.deepEqual(changes.map(({ urn, operation }) => `${operation} ${urn}`), [`delete ${URN}`, `create ${other}`]);
    });

    it("holds errors without the engine's own summary", () => {
        const error = (message: string, severity: "error" | "info" = "error"): EngineEvent => ({ sequence: 1, timestamp: 1, diagnosticEvent: { message, color: "never", severity } });
        assert.deepEqual(errorsIn([error("\u001b[31mrefused\u001b[0m\n"), error("update failed"), error("hello", "info")]), ["refused"]);
    });
});

describe("a target pattern", () => {
    it("crosses names by two stars and stays inside one by a single star", () => {
        const one = scopeOf(["urn::a*c::x"]);
        assert.deepEqual(["urn::abc::x", "urn::a:c::x", "urn::ac::x", "urn::abc::xy"].map(one), [true, false, true, false]);
        assert.equal(scopeOf(["urn::**$**"])("urn::t$u::x"), true);
        assert.equal(scopeOf(["urn::a.c"])("urn::abc"), false);
    });
});
