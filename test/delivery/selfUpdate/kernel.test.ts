import assert from "node:assert/strict";
import { CommandFailure } from "../../../automation/failure";
import { guardKernel, kernelRemovals, permissionFor } from "../../../delivery/selfUpdate/kernel";
import type { ResourceChange } from "../../../delivery/ports";

const PREFIX = "urn:pulumi:prod::container-lambdas::container-lambdas:delivery:DeliveryPipeline$";

function change(type: string, name: string, operation: ResourceChange["operation"], more: Partial<ResourceChange> = {}): ResourceChange {
    return { urn: `${PREFIX}${type}::${name}`, type, operation, protect: false, ...more };
}

const BUCKET = change("aws:s3/bucket:Bucket", "delivery-artifacts-bucket", "delete");
const PIPELINE = change("aws:codepipeline/pipeline:Pipeline", "delivery-pipeline", "replace");

describe("the kernel of a pipeline", () => {
    it("is whatever the run stands on, and whatever is protected", () => {
        const project = (name: string): ResourceChange => change("aws:codebuild/project:Project", name, "delete", { before: { name: `container-lambdas-prod-${name}` } });
        const topic = change("aws:sns/topic:Topic", "delivery-topic", "delete", { protect: true });
        const removed = kernelRemovals([BUCKET, PIPELINE, project("self-update"), project("deploy"), project("verify"), topic, change("aws:sns/topic:Topic", "other", "delete")]);
        assert.deepEqual(removed.map(({ urn }) => urn.split("::").at(-1)), ["delivery-artifacts-bucket", "delivery-pipeline", "self-update", "deploy", "delivery-topic"]);
    });

    it("may be updated in place, and added to", () => {
        assert.deepEqual(kernelRemovals([{ ...PIPELINE, operation: "update" }, { ...BUCKET, operation: "create" }]), []);
        guardKernel([{ ...PIPELINE, operation: "update" }], undefined);
    });

    it("is not removed: the refusal names the parts, the way around, and the permission for exactly this", () => {
        const permission = permissionFor([PIPELINE, BUCKET]);
        assert.match(permission, /^[0-9a-f]{32}$/);
        assert.throws(
            () => guardKernel([BUCKET, PIPELINE], undefined),
            (error: Error) => {
                assert.ok(error instanceof CommandFailure);
                assert.equal(
                    error.message,
                    [
                        "This commit would remove parts of the pipeline that the run itself stands on:",
                        "    delete aws:s3/bucket:Bucket delivery-artifacts-bucket",
                        "    replace aws:codepipeline/pipeline:Pipeline delivery-pipeline",
                        "  Kernel parts are changed by expand and contract, in three releases:",
                        "    1. add the new part beside the old one, under another name;",
                        "    2. switch to the new part; the pipeline restarts and runs on it;",
                        "    3. remove the old part, with the permission that this message then prints.",
                        `  Next: split the change like that; if this is step 3, release it with container-lambdas:kernelPermission set to "${permission}".`,
                    ].join("\n"),
                );
                return true;
            },
        );
    });

    it("is removed with the permission for it, and with no other", () => {
        guardKernel([BUCKET], permissionFor([BUCKET]));
        assert.throws(() => guardKernel([BUCKET, PIPELINE], permissionFor([BUCKET])), new RegExp(`The permission "${permissionFor([BUCKET])}" is for something else\\.`));
        assert.notEqual(permissionFor([BUCKET]), permissionFor([{ ...BUCKET, operation: "replace" }]));
    });
});
