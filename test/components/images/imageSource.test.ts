import assert from "node:assert/strict";
import { chooseSources, imagesToLookUp, MissingImageError, PreviousImage, WantedImage } from "../../../components/images/imageSource";
import { parsePreviousImages } from "../../../components/images/previousImages";
import { isAbsent } from "../../../components/images/registryLookup";

const DIGEST = `sha256:${"a".repeat(64)}`;
const image = (name: string, key: string): WantedImage => ({ name, kind: "function", key });
const previous = (key: string, registered = true): PreviousImage => ({ key, digest: DIGEST, registered });

describe("where an image comes from", () => {
    it("build: an image this stack built with this key stays registered, and nobody is asked", () => {
        assert.deepEqual(imagesToLookUp("build", [image("a", "k1")], { a: previous("k1") }), []);
        assert.deepEqual(chooseSources("build", [image("a", "k1")], { a: previous("k1") }, {}, {}), { a: { from: "registered" } });
    });

    it("build: a key that the registry has is adopted: a revert, a new stack, a lost state", () => {
        const wanted = [image("a", "k1")];
        const others: Record<string, PreviousImage>[] = [{}, { a: previous("k2") }, { a: previous("k1", false) }];
        for (const last of others) {
            assert.deepEqual(imagesToLookUp("build", wanted, last), wanted);
            assert.deepEqual(chooseSources("build", wanted, last, { a: DIGEST }, {}), { a: { from: "adopted", digest: DIGEST } });
        }
    });

    it("build: a key that nobody has is built", () => {
        assert.deepEqual(chooseSources("build", [image("a", "k1")], {}, {}, {}), { a: { from: "registered" } });
    });

    it("adopt: takes digests from the registry and never builds, whatever this stack did before", () => {
        const wanted = [image("a", "k1")];
        assert.deepEqual(imagesToLookUp("adopt", wanted, { a: previous("k1") }), wanted);
        assert.deepEqual(chooseSources("adopt", wanted, { a: previous("k1") }, { a: DIGEST }, {}), { a: { from: "adopted", digest: DIGEST } });
    });

    it("adopt: names every image that is missing, and the step to run", () => {
        assert.throws(
            () => chooseSources("adopt", [image("a", "k1"), image("b", "k2"), image("c", "k3")], {}, { b: DIGEST }, {}),
            (error: unknown) =>
                error instanceof MissingImageError && /"a" \(key k1\), "c" \(key k3\)/.test(error.message) && /Run the Build step/.test(error.message),
        );
    });

    it("release: digests and repositories come from the manifest, and the registry is not asked", () => {
        const released = { a: { key: "k1", digest: DIGEST, repositoryUrl: "r/a" } };
        assert.deepEqual(imagesToLookUp("release", [image("a", "k1")], {}), []);
        assert.deepEqual(chooseSources("release", [image("a", "k1")], {}, {}, released), { a: { from: "released", digest: DIGEST, repositoryUrl: "r/a" } });
    });
});

describe("this stack's own last outputs", () => {
    it("are empty for a stack that was never updated", () => {
        assert.deepEqual(parsePreviousImages(undefined), {});
    });

    it("leave out an image that holds the engine's unknown marker", () => {
        const value = { a: previous("k1"), b: { ...previous("k2"), digest: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }, c: "nonsense" };
        assert.deepEqual(parsePreviousImages(value), { a: previous("k1") });
    });
});

describe("a look-up", () => {
    it("takes only the registry's own words for an absent image or repository as absence", () => {
        assert.ok(isAbsent(new Error("reading ECR Images: operation error ECR: DescribeImages, ImageNotFoundException: The image with imageId …")));
        assert.ok(isAbsent(new Error("RepositoryNotFoundException: The repository with name 'x' does not exist")));
        for (const message of ["ExpiredTokenException", "AccessDeniedException: User is not authorized", "ThrottlingException", "connect ECONNREFUSED"]) {
            assert.ok(!isAbsent(new Error(message)), message);
        }
    });
});
