import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { ReleaseManifest } from "../../../components/images/releaseManifest";
import { toRecord } from "../../../delivery/documents";
import { fetchRelease } from "../../../delivery/release";
import { resolve } from "../../../delivery/steps/resolve";
import { MemoryDocuments } from "../support/documents";
import { digestOf, keyOf, MemoryRegistry } from "../support/images";
import { Lines } from "../support/lines";

const COMMIT = "c".repeat(40);
const manifest: ReleaseManifest = {
    formatVersion: 2,
    commit: COMMIT,
    sequence: 7,
    architecture: "x86_64",
    images: { ping: { key: keyOf("1"), digest: digestOf("1"), repositoryUrl: "registry/p-dev/ping" } },
    tests: { passed: true, count: 5, executionId: "e", at: "2026-01-01T00:00:00.000Z" },
};

describe("Resolve", () => {
    const registry = new MemoryRegistry(["p-dev/ping"], new Map([[`p-dev/ping:${keyOf("1")}`, digestOf("1")]]));
    const run = (release: ReleaseManifest, merged = true, images = registry): Promise<ReleaseManifest> =>
        resolve(
            { commit: COMMIT, protectedBranch: "main" },
            {
                git: { head: async () => "d".repeat(40), isAncestor: async (ancestor, head) => merged && ancestor === COMMIT && head === "d".repeat(40) },
                registry: images,
                log: new Lines(),
                fetch: async () => release,
            },
        );

    it("takes a tested commit of the protected branch whose images are all there", async () => {
        assert.deepEqual(await run(manifest), manifest);
    });

    it("refuses a release whose tests failed, or that says nothing of them", async () => {
        await assert.rejects(run({ ...manifest, tests: { ...manifest.tests, passed: false } }), /The release of c{40} did not pass its tests/);
        await assert.rejects(run({ formatVersion: 1, commit: COMMIT, images: manifest.images }), /says nothing of its tests/);
    });

    it("refuses a commit that was never merged", async () => {
        await assert.rejects(run(manifest, false), /c{40} is not in the history of the branch main, which is at d{40}/);
    });

    it("refuses a digest that the registry does not have, and names it", async () => {
        await assert.rejects(run(manifest, true, new MemoryRegistry(["p-dev/ping"])), new RegExp(`does not have ping \\(registry/p-dev/ping@${digestOf("1")}\\)`));
    });
});

describe("the release of a commit", () => {
    let root: string;
    let documents: MemoryDocuments;
    beforeEach(() => {
        root = fs.mkdtempSync(path.join(os.tmpdir(), "release-"));
        documents = new MemoryDocuments();
    });
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    const fetch = (settings: object = {}): Promise<ReleaseManifest> =>
        fetchRelease({ root, settings: { stack: "prod", releaseManifest: ".delivery/release.json", releasesFrom: "dev", ...settings }, documents, commit: COMMIT });

    it("is put where the program reads it, as it was written", async () => {
        await documents.write(`releases/dev/${COMMIT}.json`, toRecord(manifest));
        assert.deepEqual(await fetch(), manifest);
        assert.equal(fs.readFileSync(path.join(root, ".delivery/release.json"), "utf8"), toRecord(manifest));
    });

    it("is that of the stack which builds, and of no other", async () => {
        await documents.write(`releases/prod/${COMMIT}.json`, toRecord(manifest));
        await assert.rejects(fetch(), /There is no release of c{40}: the bucket has no releases\/dev\/c{40}\.json/);
    });

    it("is refused when it is another commit's, or was changed by hand", async () => {
        await documents.write(`releases/dev/${COMMIT}.json`, toRecord({ ...manifest, commit: "d".repeat(40) }));
        await assert.rejects(fetch(), /is the manifest of d{40}/);
        await documents.write(`releases/dev/${COMMIT}.json`, toRecord({ ...manifest, images: { ping: { digest: "latest" } } }));
        await assert.rejects(fetch(), /images\.ping\.digest/);
        assert.equal(fs.existsSync(path.join(root, ".delivery/release.json")), false);
    });

    it("needs a stack that says whose releases it deploys, and where they belong", async () => {
        await assert.rejects(fetch({ releasesFrom: undefined }), /Stack prod does not say whose releases it deploys/);
        await assert.rejects(fetch({ releaseManifest: undefined }), /Stack prod does not say where its release manifest lies/);
    });
});
