import assert from "node:assert/strict";
import { placeOf } from "../../../components/images/imagePlace";

describe("an image's place in the registry", () => {
    it("with a repository for each image is the key alone as the tag", () => {
        assert.deepEqual(placeOf("p-s", "perImage", { name: "orders", key: "k" }), { repositoryName: "p-s/orders", tag: "k" });
    });

    it("in a shared repository differs for two images of equal sources: they would race for one immutable tag", () => {
        const [a, b] = ["a", "b"].map((name) => placeOf("p-s", "shared", { name, key: "k" }));
        assert.equal(a.repositoryName, b.repositoryName);
        assert.notEqual(a.tag, b.tag);
    });
});
