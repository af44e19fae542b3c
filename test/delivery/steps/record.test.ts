import assert from "node:assert/strict";
import type { TestedRelease } from "../../../components/images/releaseManifest";
import { recordDeployment, recordRelease, type RecordPorts } from "../../../delivery/steps/record";
import { MemoryDocuments } from "../support/documents";
import { digestOf, keyOf } from "../support/images";
import { Lines } from "../support/lines";

const COMMIT = "c".repeat(40);
const KEY = `releases/dev/${COMMIT}.json`;
const request = { stack: "dev", commit: COMMIT, executionId: "e2", architecture: "arm64" as const };
const AT = "2026-01-01T00:00:00.000Z";

describe("Record", () => {
    let documents: MemoryDocuments;
    beforeEach(() => (documents = new MemoryDocuments()));

    const images = (digit = "1"): TestedRelease["images"] => ({ ping: { key: keyOf("1"), digest: digestOf(digit), repositoryUrl: "registry/p-dev/ping" } });
    const ports = (found = images()): RecordPorts => ({ documents, git: { sequence: async () => 7 }, log: new Lines(), clock: { now: () => 0 }, images: async () => found });
    const tested = (passed: boolean, commit = COMMIT): Promise<string> =>
        documents.write(`delivery/dev/test-results/${commit}.json`, JSON.stringify({ commit, passed, executionId: "e1", at: AT, results: [{ suite: "functions", name: "ping", seconds: 0.1 }] }));

    it("writes the release of a commit that passed its tests", async () => {
        await tested(true);
        await recordRelease(request, ports());
        assert.deepEqual(documents.json(KEY), {
            formatVersion: 2,
            commit: COMMIT,
            sequence: 7,
            architecture: "arm64",
            images: images(),
            tests: { passed: true, count: 1, executionId: "e2", at: AT },
        });
    });

    it("writes none for a commit that failed them, or was not tested", async () => {
        await assert.rejects(recordRelease(request, ports()), /No test results of c{40} were recorded/);
        await tested(true, "d".repeat(40));
        await assert.rejects(recordRelease(request, ports()), /No test results/);
        await tested(false);
        await assert.rejects(recordRelease(request, ports()), /The tests of c{40} failed/);
        assert.equal(documents.stored.has(KEY), false);
    });

    it("never writes over a release: the same again is fine, another one is refused", async () => {
        await tested(true);
        await recordRelease(request, ports());
        const first = documents.stored.get(KEY)?.text;
        await recordRelease({ ...request, executionId: "e3" }, ports());
        await assert.rejects(recordRelease(request, ports(images("2"))), /exists and names other images than those of this run/);
        assert.equal(documents.stored.get(KEY)?.text, first);
    });

    it("marks a release as deployed, by the first run that did", async () => {
        await recordDeployment({ ...request, stack: "prod" }, ports());
        await recordDeployment({ ...request, stack: "prod", executionId: "e3" }, ports());
        assert.deepEqual(documents.json(`releases/prod/${COMMIT}.deployed.json`), { commit: COMMIT, executionId: "e2", at: "1970-01-01T00:00:00.000Z" });
    });
});
