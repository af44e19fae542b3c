import assert from "node:assert/strict";
import type { StackResult } from "../../../automation/stack";
import { sourcesOf } from "../../../delivery/edge/imageBuilds";
import { lookUpImages, releasedImages } from "../../../delivery/images";
import { parseRepositoryUrl } from "../../../delivery/registry";
import { build } from "../../../delivery/steps/build";
import { digestOf, keyOf, MemoryRegistry, preparedImage } from "../support/images";
import { Lines } from "../support/lines";

const SETTINGS = { project: "p", stack: "dev", repositories: "perImage" as const };
const IMAGES = [preparedImage("layer", "1"), preparedImage("ping", "2")];
const REPOSITORIES = ["p-dev/layer", "p-dev/ping"];

describe("Build", () => {
    let asked: string[];
    beforeEach(() => (asked = []));

    const run = (registry: MemoryRegistry, pushed: readonly string[], outcome: StackResult["outcome"] = "succeeded"): Promise<void> =>
        build(IMAGES, SETTINGS, {
            registry,
            log: new Lines(),
            build: async (known) => {
                asked.push(...known.filter(({ digest }) => digest === undefined).map(({ image }) => image.name));
                pushed.forEach((name) => registry.images.set(`p-dev/${name}:${IMAGES.find((image) => image.name === name)?.key ?? ""}`, digestOf("9")));
                return { outcome };
            },
        });

    it("builds what the registry lacks by key, and nothing else", async () => {
        const registry = new MemoryRegistry(REPOSITORIES, new Map([[`p-dev/layer:${keyOf("1")}`, digestOf("1")]]));
        await run(registry, ["ping"]);
        assert.deepEqual(asked, ["ping"]);
    });

    it("starts nothing when the registry has everything", async () => {
        const registry = new MemoryRegistry(REPOSITORIES, new Map([[`p-dev/layer:${keyOf("1")}`, digestOf("1")], [`p-dev/ping:${keyOf("2")}`, digestOf("2")]]));
        await run(registry, []);
        assert.deepEqual(asked, []);
    });

    it("fails with the names of what was not built, and keeps what was", async () => {
        await assert.rejects(run(new MemoryRegistry(REPOSITORIES), ["layer"], "failed"), /Not built: ping; see above why/);
        await assert.rejects(run(new MemoryRegistry(REPOSITORIES), ["layer"]), /Not built: ping/);
    });

    it("says which repositories are missing before it builds", async () => {
        await assert.rejects(run(new MemoryRegistry(["p-dev/layer"]), []), /The registry has no repository p-dev\/ping\..*made by SelfUpdate/s);
        assert.deepEqual(asked, []);
    });
});

describe("the images of a checkout", () => {
    const registry = new MemoryRegistry(["p-dev"], new Map([[`p-dev:layer-${keyOf("1")}`, digestOf("1")]]));

    it("are looked for by key, in a shared repository by name and key", async () => {
        const known = await lookUpImages(IMAGES, { ...SETTINGS, repositories: "shared" }, registry);
        assert.deepEqual(known.map(({ image, digest, repositoryUrl, tag }) => [image.name, digest, repositoryUrl, tag]), [
            ["layer", digestOf("1"), "registry/p-dev", `layer-${keyOf("1")}`],
            ["ping", undefined, "registry/p-dev", `ping-${keyOf("2")}`],
        ]);
        assert.deepEqual(sourcesOf(known), { layer: { from: "adopted", digest: digestOf("1") }, ping: { from: "registered" } });
        assert.throws(() => releasedImages(known), /The registry has no image of ping \(key 2{32}\)/);
        assert.deepEqual(releasedImages(known.slice(0, 1)), { layer: { key: keyOf("1"), digest: digestOf("1"), repositoryUrl: "registry/p-dev" } });
    });

    it("have addresses whose account ECR is asked in", () => {
        assert.deepEqual(parseRepositoryUrl("123456789012.dkr.ecr.eu-central-1.amazonaws.com/p-dev/ping"), { repositoryName: "p-dev/ping", registryId: "123456789012" });
        assert.deepEqual(parseRepositoryUrl("127.0.0.1:5000/p-dev/ping"), { repositoryName: "p-dev/ping" });
    });
});
