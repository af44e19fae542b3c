import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Gate } from "../../../components/images/gate";
import { declareImageBuild, ImageBuild } from "../../../components/images/imageBuild";
import { Hold } from "../../support/hold";
import { registered, registrationOf, startMockEngine } from "../../support/mockEngine";
import { ResourceOptions } from "../../support/resourceOptions";
import { settleOutputs, valueOf } from "../../support/valueOf";

const IMAGE = "docker:index/image:Image";
const KEY = "0123456789abcdef0123456789abcdef";
/** How the engine marks a value as secret, see `sdk/proto` of Pulumi. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";

const build = (changes: Partial<ImageBuild> = {}): ImageBuild => ({
    name: "orders",
    key: KEY,
    context: ".build/contexts/orders",
    platform: "linux/amd64",
    repositoryUrl: "registry/p-s/orders",
    tag: KEY,
    buildArguments: { BASE_PYTHON: "python@sha256:aa" },
    login: { server: "https://registry", username: "AWS", password: "plain" },
    gate: new Gate(1),
    ...changes,
});

class Parent extends pulumi.ComponentResource {
    constructor(transformations: pulumi.ResourceTransformation[] = []) {
        super("test:index:Parent", "parent", {}, { transformations });
    }
}

const names = (): string[] => registered().filter(({ type }) => type === IMAGE).map(({ name }) => name);

describe("the build of an image", () => {
    it("is named after the key, pushed to the key's tag, and answers the digest alone", async () => {
        await startMockEngine();
        const digest = declareImageBuild(build(), new Parent());
        assert.equal(await valueOf(digest), `sha256:${"d".repeat(64)}`);
        const { inputs } = registrationOf(IMAGE, `orders-${KEY.slice(0, 12)}`);
        assert.equal(inputs.imageName, `registry/p-s/orders:${KEY}`);
    });

    it("is never updated, replaced or deleted: what could cause it is ignored, and the image is retained", async () => {
        await startMockEngine();
        const options = new ResourceOptions();
        await valueOf(declareImageBuild(build(), new Parent([options.transformation])));
        const { ignoreChanges, retainOnDelete } = options.of(IMAGE, `orders-${KEY.slice(0, 12)}`);
        assert.deepEqual([...(ignoreChanges ?? [])].sort(), ["build", "imageName", "registry"]);
        assert.equal(retainOnDelete, true);
    });

    it("makes a secret of the registry's password, also of a plain one", async () => {
        await startMockEngine();
        await valueOf(declareImageBuild(build(), new Parent()));
        const { registry } = registrationOf(IMAGE, `orders-${KEY.slice(0, 12)}`).inputs as { registry: Record<string, unknown> };
        assert.equal(registry[SECRET_KEY], SECRET_SIGNATURE, "a secret arrives in the engine's envelope");
    });

    it("has no absolute path among its inputs", async () => {
        await startMockEngine();
        await valueOf(declareImageBuild(build(), new Parent()));
        const { inputs } = registrationOf(IMAGE, `orders-${KEY.slice(0, 12)}`);
        assert.deepEqual(inputs.build, {
            context: ".build/contexts/orders",
            dockerfile: ".build/contexts/orders/Dockerfile",
            platform: "linux/amd64",
            args: { BASE_PYTHON: "python@sha256:aa", SOURCE_DATE_EPOCH: "315532800" },
        });
    });

    it("starts only when the gate has a slot, and gives its slot to the next one at the end", async () => {
        const holds: Hold[] = [];
        await startMockEngine({
            until: ({ type }) => {
                if (type !== IMAGE) {
                    return undefined;
                }
                holds.push(new Hold());
                return holds.at(-1)?.released;
            },
        });
        const parent = new Parent();
        const gate = new Gate(2);
        for (const name of ["a", "b", "c", "d"]) {
            declareImageBuild(build({ name, gate }), parent);
        }
        await settleOutputs();
        assert.equal(names().length, 2);
        await holds[0].release();
        assert.equal(names().length, 3);
        await holds[1].release();
        assert.equal(names().length, 4);
        await holds[2].release();
        await holds[3].release();
    });

    it("holds no slot while it waits for its layer", async () => {
        await startMockEngine();
        const layer = new Hold();
        const parent = new Parent();
        const gate = new Gate(1);
        const waiting = declareImageBuild(build({ name: "above-layer", gate, buildArguments: { LAYER: layer.released.then(() => "layer@sha256:aa") } }), parent);
        await valueOf(declareImageBuild(build({ name: "without-layer", gate }), parent));
        assert.deepEqual(names(), [`without-layer-${KEY.slice(0, 12)}`]);
        await layer.release();
        await valueOf(waiting);
    });
});
