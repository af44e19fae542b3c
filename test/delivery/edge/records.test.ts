import assert from "node:assert/strict";
import { recordsPort } from "../../../delivery/edge/records";
import { recordKeys } from "../../../delivery/keys";
import { type Intent, RevisionError } from "../../../delivery/ports";
import { MemoryDocuments } from "../support/documents";

const intent: Intent = {
    executionId: "e",
    buildId: "p:1",
    commit: "c".repeat(40),
    generation: 0,
    versionBefore: 3,
    fingerprint: "f",
    phase: "applied",
    at: "2026-01-01T00:00:00.000Z",
};

describe("the records of self-updates", () => {
    let documents: MemoryDocuments;
    beforeEach(() => (documents = new MemoryDocuments()));
    const port = (): ReturnType<typeof recordsPort> => recordsPort(documents, recordKeys("dev"));

    it("come back as they were written", async () => {
        const revision = await port().putIntent(intent, undefined);
        assert.deepEqual(await port().intent(), { value: intent, revision });
        const cause = { executionId: "e", fingerprint: "f", at: intent.at };
        await port().putRestart({ commit: intent.commit, moved: cause, killed: [cause] });
        assert.deepEqual(await port().restart(intent.commit), { commit: intent.commit, moved: cause, killed: [cause] });
        await port().putLastKnownGood({ version: 3, commit: undefined, definition: { name: "p", stages: [] } });
        assert.deepEqual(await port().lastKnownGood(), { version: 3, commit: undefined, definition: { name: "p", stages: [] } });
        assert.deepEqual([...documents.stored.keys()].sort(), ["intent.json", "last-known-good.json", `restarts/${intent.commit}.json`].map((name) => `delivery/dev/${name}`));
    });

    it("are absent before", async () => {
        assert.deepEqual([await port().intent(), await port().restart("c"), await port().lastKnownGood()], [undefined, undefined, undefined]);
    });

    it("replace only the intent that was read", async () => {
        const first = await port().putIntent(intent, undefined);
        await assert.rejects(port().putIntent(intent, undefined), RevisionError);
        await port().putIntent({ ...intent, phase: "restarted" }, first);
        await assert.rejects(port().putIntent(intent, first), RevisionError);
        assert.equal((await port().intent())?.value.phase, "restarted");
    });

    it("know every phase that an intent can have", async () => {
        for (const phase of ["applying", "applied", "restarted", "settled", "failed"] as const) {
            await port().putIntent({ ...intent, phase }, (await port().intent())?.revision);
            assert.equal((await port().intent())?.value.phase, phase);
        }
    });

    it("that cannot be understood are not taken for absent", async () => {
        await documents.write("delivery/dev/intent.json", "{");
        await assert.rejects(port().intent(), /The record delivery\/dev\/intent\.json is no JSON .* Restore an older version/);
        await documents.write("delivery/dev/intent.json", "{}");
        await assert.rejects(port().intent(), /The record delivery\/dev\/intent\.json has an unexpected form \(executionId: /);
    });
});
