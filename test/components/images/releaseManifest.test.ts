import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { WantedImage } from "../../../components/images/imageSource";
import { readReleaseManifest } from "../../../components/images/releaseManifest";

const KEY = "0".repeat(32);
const released = { key: KEY, digest: `sha256:${"f".repeat(64)}`, repositoryUrl: "registry/p-dev/orders" };
const wanted: WantedImage[] = [{ name: "orders", kind: "function", key: KEY }];

describe("a release manifest", () => {
    let root: string;
    beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "release-"))));
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    function read(images: unknown, more: Readonly<Record<string, unknown>> = {}): ReturnType<typeof readReleaseManifest> {
        fs.writeFileSync(path.join(root, "release.json"), JSON.stringify({ formatVersion: 1, commit: "0".repeat(40), images, ...more }));
        return readReleaseManifest(root, "release.json", wanted);
    }

    const rules = ({ problems }: ReturnType<typeof readReleaseManifest>): string[] => problems.map(({ key, rule }) => `${key ?? ""}: ${rule}`);

    it("of this checkout is taken as it stands", () => {
        assert.deepEqual(read({ orders: released }), { manifest: { formatVersion: 1, commit: "0".repeat(40), images: { orders: released } }, problems: [] });
    });

    it("that a delivery wrote tells how the commit was tested, or is refused", () => {
        const tests = { passed: true, count: 5, executionId: "e", at: "2026-01-01T00:00:00.000Z" };
        const more = { formatVersion: 2, sequence: 7, architecture: "x86_64", tests };
        assert.deepEqual(read({ orders: released }, more), { manifest: { commit: "0".repeat(40), images: { orders: released }, ...more }, problems: [] });
        assert.deepEqual(rules(read({ orders: released }, { ...more, tests: undefined })).map((rule) => rule.split(":")[0]), ["tests"]);
        assert.deepEqual(rules(read({ orders: released }, { ...more, sequence: 0 })).map((rule) => rule.split(":")[0]), ["sequence"]);
        assert.deepEqual(rules(read({ orders: released }, { ...more, architecture: "sparc" })).map((rule) => rule.split(":")[0]), ["architecture"]);
    });

    it("of other sources is refused: what would run is not what was tested", () => {
        assert.deepEqual(rules(read({ orders: { ...released, key: "1".repeat(32) } })), [`images.orders: the sources of this checkout have the key ${KEY}`]);
    });

    it("that lacks an image is refused", () => {
        assert.deepEqual(rules(read({})), [`images.orders: has no image "orders" (key ${KEY})`]);
    });

    it("that names a tag for a digest, or holds more than it may, is refused", () => {
        assert.deepEqual(rules(read({ orders: { ...released, digest: "latest" } })), ["images.orders.digest: sha256: and 64 hex digits"]);
        assert.equal(read({ orders: released }, { extra: true }).problems.length, 1);
        assert.equal(read({ orders: released }, { formatVersion: 3 }).problems.length, 1);
    });

    it("that is not there or no JSON is a problem, not a crash", () => {
        assert.match(rules(readReleaseManifest(root, "absent.json", wanted)).join(), /cannot be read as JSON/);
        fs.writeFileSync(path.join(root, "release.json"), "{");
        assert.match(rules(readReleaseManifest(root, "release.json", wanted)).join(), /cannot be read as JSON/);
    });
});
