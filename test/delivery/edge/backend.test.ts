import assert from "node:assert/strict";
import { outputsOf, pendingOperations } from "../../../automation/deployment";
import { readState, statePlace, stateVersion } from "../../../delivery/edge/backend";
import { MemoryDocuments } from "../support/documents";

describe("where the state of a stack lies", () => {
    it("follows from the backend's address", () => {
        assert.deepEqual(statePlace("s3://bucket?region=eu-central-1", "p", "dev", {}), {
            bucket: "bucket",
            region: "eu-central-1",
            endpoint: undefined,
            stateKey: ".pulumi/stacks/p/dev.json",
            lockFolder: ".pulumi/locks/organization/p/dev/",
        });
        const place = statePlace("s3://bucket/a/b/?endpoint=http://127.0.0.1:1&s3ForcePathStyle=true", "p", "dev", { region: "us-east-1" });
        assert.deepEqual([place.stateKey, place.endpoint, place.region], ["a/b/.pulumi/stacks/p/dev.json", "http://127.0.0.1:1", "us-east-1"]);
    });

    it("must have versions and locks that can be looked at", () => {
        assert.throws(() => statePlace("file:///tmp/x", "p", "dev", {}), /PULUMI_BACKEND_URL is "file:\/\/\/tmp\/x"\.\n {2}The steps of a delivery need the state in S3.*\n {2}Next: /s);
    });
});

describe("a state that is read without an engine", () => {
    it("has the outputs and the unfinished operations of the last update, and the name of its version", async () => {
        const documents = new MemoryDocuments();
        const latest = {
            resources: [{ urn: "s", type: "pulumi:pulumi:Stack", outputs: { commit: "c" } }],
            pending_operations: [{ type: "creating", resource: { urn: "u", type: "t" } }],
        };
        await documents.write("k", JSON.stringify({ version: 3, checkpoint: { stack: "organization/p/dev", latest } }));
        const read = await readState(documents, "k");
        assert.ok(read);
        assert.deepEqual(outputsOf(read.deployment), { commit: "c" });
        assert.deepEqual(pendingOperations(read.deployment).map(({ urn, operation }) => [urn, operation]), [["u", "creating"]]);
        assert.equal(read.version, "v-1");
        assert.equal(await stateVersion(documents, "k"), "v-1");
    });

    it("is empty before the first update, and absent before the stack is made", async () => {
        const documents = new MemoryDocuments();
        assert.equal(await readState(documents, "k"), undefined);
        assert.equal(await stateVersion(documents, "k"), undefined);
        await documents.write("k", JSON.stringify({ version: 3, checkpoint: { stack: "s" } }));
        assert.deepEqual((await readState(documents, "k"))?.deployment.deployment, {});
    });

    it("is told apart by its content where the bucket keeps no versions", async () => {
        const mark = async (version: string | undefined): Promise<{ revision: string; version?: string }> => ({ revision: '"abc"', version });
        for (const version of [undefined, "null"]) {
            assert.equal(await stateVersion(Object.assign(new MemoryDocuments(), { mark: () => mark(version) }), "k"), "etag-abc");
        }
    });
});
