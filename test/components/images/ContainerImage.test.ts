import assert from "node:assert/strict";
import { CommonLayerImage, ContainerImageArgs, FunctionImage } from "../../../components/images/ContainerImage";
import { Gate } from "../../../components/images/gate";
import { ImageSource } from "../../../components/images/imageSource";
import { PreparedImage } from "../../../components/images/prepareImages";
import { registered, registrationOf, startMockEngine } from "../../support/mockEngine";
import { valueOf } from "../../support/valueOf";

const KEY = "0123456789abcdef0123456789abcdef";
const BUILT = `sha256:${"d".repeat(64)}`;
const FOUND = `sha256:${"e".repeat(64)}`;
const REPOSITORY = "registry/p-s/orders";

const prepared = (name: string): PreparedImage => ({ name, kind: "function", key: KEY, context: `.build/contexts/${name}`, platform: "linux/amd64", bases: {} });

const args = (source: ImageSource, name = "orders"): ContainerImageArgs => ({
    image: prepared(name),
    source,
    repositoryUrl: REPOSITORY,
    tag: KEY,
    login: () => ({ server: "https://registry", username: "AWS", password: "token" }),
    gate: new Gate(1),
});

const buildArguments = (name: string): unknown => {
    const { build } = registrationOf("docker:index/image:Image", `${name}-${KEY.slice(0, 12)}`).inputs as { build: { args: unknown } };
    return build.args;
};

describe("an image", () => {
    it("that is built is used by digest", async () => {
        await startMockEngine();
        const image = new FunctionImage("orders", args({ from: "registered" }));
        assert.equal(await valueOf(image.imageUri), `${REPOSITORY}@${BUILT}`);
        assert.equal(image.registered, true);
    });

    it("that the registry has is used by digest, without a Docker resource and without a login", async () => {
        await startMockEngine();
        const login = (): never => assert.fail("nobody logs in where nothing is built");
        const image = new FunctionImage("orders", { ...args({ from: "adopted", digest: FOUND }), login });
        assert.equal(await valueOf(image.imageUri), `${REPOSITORY}@${FOUND}`);
        assert.equal(image.registered, false);
        assert.ok(registered().every(({ type }) => !type.startsWith("docker:")));
    });

    it("of a release is used by digest from the repository that the release names", async () => {
        await startMockEngine();
        const image = new FunctionImage("orders", args({ from: "released", digest: FOUND, repositoryUrl: "other/orders" }));
        assert.equal(await valueOf(image.imageUri), `other/orders@${FOUND}`);
    });

    it("copies its layer by digest, and knows of none without one", async () => {
        await startMockEngine();
        const layer = new CommonLayerImage("common-layer", { ...args({ from: "adopted", digest: FOUND }, "common-layer"), repositoryUrl: "registry/p-s/common-layer" });
        await valueOf(new FunctionImage("above", { ...args({ from: "registered" }, "above"), layer }).imageUri);
        await valueOf(new FunctionImage("beside", args({ from: "registered" }, "beside")).imageUri);
        assert.deepEqual(buildArguments("above"), { LAYER: `registry/p-s/common-layer@${FOUND}`, SOURCE_DATE_EPOCH: "315532800" });
        assert.deepEqual(buildArguments("beside"), { SOURCE_DATE_EPOCH: "315532800" });
    });
});
