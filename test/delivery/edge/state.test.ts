import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { Deployment } from "../../../automation/deployment";
import { EngineError } from "../../../automation/engine";
import { statePort } from "../../../delivery/edge/state";
import { LockedError, MovedError, NotPropagatedError } from "../../../delivery/ports";
import { FakeEngine } from "../../automation/support";

const TARGETS = ["urn:pulumi:dev::p::**t:D::**"];
const COMMIT = "c".repeat(40);

function diagnostic(message: string): EngineEvent {
    return { sequence: 1, timestamp: 1, diagnosticEvent: { message, color: "never", severity: "error" } };
}

function deployment(resources: readonly object[], pending: readonly object[] = []): Deployment {
    return { version: 3, deployment: { resources, pending_operations: pending } };
}

describe("the state, as a self-update uses it", () => {
    let engine: FakeEngine;
    let recorded: Deployment | undefined;
    let opened: Readonly<Record<string, string>>[];
    beforeEach(() => {
        engine = new FakeEngine();
        recorded = undefined;
        opened = [];
    });

    const port = (): ReturnType<typeof statePort> =>
        statePort({
            open: async (variables) => {
                opened.push(variables);
                return engine;
            },
            read: async () => recorded,
            targets: () => TARGETS,
            signal: new AbortController().signal,
        });

    it("tells the last applied commit without an engine", async () => {
        const stack = (commit: string): object => ({ urn: "s", type: "pulumi:pulumi:Stack", outputs: { commit } });
        assert.equal(await port().lastApplied(), undefined);
        recorded = deployment([stack(COMMIT)]);
        assert.equal(await port().lastApplied(), COMMIT);
        recorded = deployment([stack("04da6b54-80e4-46f7-96ec-b56ff0331ba9")]);
        assert.equal(await port().lastApplied(), undefined, "the engine's unknown marker is no commit");
        assert.deepEqual(opened, []);
    });

    it("tells what was left unfinished; what it does not know counts as a change", async () => {
        const pending = (type: string, kind: string): object => ({ type: kind, resource: { urn: `urn::${type}`, type } });
        recorded = deployment([], [pending("a", "creating"), pending("b", "something new")]);
        assert.deepEqual(await port().pendingOperations(), [
            { urn: "urn::a", type: "a", kind: "creating" },
            { urn: "urn::b", type: "b", kind: "updating" },
        ]);
    });

    it("forgets pending creates of images and nothing else", async () => {
        const pending = (type: string, kind: string): object => ({ type: kind, resource: { urn: `urn::${type}`, type } });
        engine.state = deployment([{ urn: "kept" }], [pending("docker:index/image:Image", "creating"), pending("docker:index/image:Image", "deleting"), pending("aws:x", "creating")]);
        await port().clearPendingImages();
        assert.deepEqual(engine.state.deployment, {
            resources: [{ urn: "kept" }],
            pending_operations: [pending("docker:index/image:Image", "deleting"), pending("aws:x", "creating")],
        });
    });

    it("looks at the delivery's part only, with the program limited to it", async () => {
        const metadata = (urn: string, op: string): EngineEvent => ({
            sequence: 1,
            timestamp: 1,
            resourcePreEvent: { metadata: { op: op as "create", urn, type: "t", provider: "", new: { type: "t", urn, id: "", parent: "", provider: "", inputs: { a: 1 }, outputs: {} } } },
        });
        engine.events = [metadata("urn:pulumi:dev::p::t:D::delivery", "update"), metadata("urn:pulumi:dev::p::app:X::app", "create")];
        const { changes, desired } = await port().previewDelivery();
        assert.deepEqual(changes.map(({ urn, operation }) => `${operation} ${urn}`), ["update urn:pulumi:dev::p::t:D::delivery"]);
        assert.deepEqual(desired, [{ urn: "urn:pulumi:dev::p::t:D::delivery", inputs: { a: 1 } }]);
        assert.deepEqual(engine.calls, [`preview ${TARGETS.join(" ")}`]);
        assert.deepEqual(opened, [{ CONTAINER_LAMBDAS_SCOPE: "delivery" }]);
    });

    it("tells the program which commit it applies, and after which", async () => {
        await port().applyDelivery({ commit: COMMIT, after: undefined });
        await port().applyDelivery({ commit: COMMIT, after: "d".repeat(40) });
        await port().refreshDelivery();
        assert.deepEqual(opened, [
            { CONTAINER_LAMBDAS_SCOPE: "delivery", CONTAINER_LAMBDAS_COMMIT: COMMIT, CONTAINER_LAMBDAS_AFTER: "" },
            { CONTAINER_LAMBDAS_SCOPE: "delivery", CONTAINER_LAMBDAS_COMMIT: COMMIT, CONTAINER_LAMBDAS_AFTER: "d".repeat(40) },
            { CONTAINER_LAMBDAS_SCOPE: "delivery" },
        ]);
        assert.deepEqual(engine.calls, ["up", "up", "refresh"].map((kind) => `${kind} ${TARGETS.join(" ")}`));
    });

    it("tells a lock, a foreign delivery and a role that is too new from every other failure", async () => {
        const fails = (events: readonly EngineEvent[], reason: "failed" | "locked" = "failed"): Promise<void> => {
            engine.events = events;
            engine.failure = new EngineError(reason, "stderr");
            return port().applyDelivery({ commit: COMMIT, after: undefined });
        };
        await assert.rejects(fails([], "locked"), LockedError);
        await assert.rejects(fails([diagnostic('commit: "x" was updated by another delivery in the meantime: "" was expected.')]), MovedError);
        for (const text of [
            "InvalidInputException: CodeBuild is not authorized to perform: sts:AssumeRole on arn:aws:iam::1:role/r",
            "ValidationException: Provided role cannot be assumed by principal 'events.amazonaws.com'",
            "InvalidStructureException: CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::1:role/r",
        ]) {
            await assert.rejects(fails([diagnostic(text)]), NotPropagatedError, text);
        }
        await assert.rejects(fails([diagnostic("InvalidStructureException: too many stages"), diagnostic("update failed")]), (error: Error) => error instanceof EngineError && error.message === "InvalidStructureException: too many stages");
        await assert.rejects(fails([]), /^EngineError: stderr$/);
    });
});
