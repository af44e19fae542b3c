import assert from "node:assert/strict";
import { startEndpoint, type RunningEndpoint } from "../../../local/endpoint/server";
import { ecr, endpointOptions, FakeEmulator, FakeRegistry, manifest, MANIFEST_TYPE, send, serve, type FakeServer } from "./fakes";

describe("endpoint: ECR joined with the registry", () => {
    let emulator: FakeEmulator;
    let registry: FakeRegistry;
    let servers: FakeServer[];
    let endpoint: RunningEndpoint;

    const call = (action: string, payload: object, key?: string): ReturnType<typeof ecr> => ecr(endpoint.url, action, payload, key);
    const push = (repository: string, reference: string, text: string): ReturnType<typeof send> =>
        send(`http://${endpoint.registry}/v2/${repository}/manifests/${reference}`, { method: "PUT", headers: { "Content-Type": MANIFEST_TYPE } }, text);

    beforeEach(async () => {
        emulator = new FakeEmulator();
        registry = new FakeRegistry();
        servers = [await serve(emulator.handle), await serve(registry.handle)];
        const [ministack, images] = servers as [FakeServer, FakeServer];
        endpoint = await startEndpoint(endpointOptions(ministack, images, { registryListen: 0 }), "root");
        await call("CreateRepository", { repositoryName: "app/one" });
        await call("CreateRepository", { repositoryName: "app/fixed", imageTagMutability: "IMMUTABLE" });
    });

    afterEach(async () => {
        await endpoint.close();
        await Promise.all(servers.map((server) => server.close()));
    });

    it("gives repositories and the login the registry's public address", async () => {
        const described = await call("DescribeRepositories", { repositoryNames: ["app/one"] });
        assert.equal((described.body.repositories as { repositoryUri: string }[])[0]?.repositoryUri, `${endpoint.registry}/app/one`);
        const token = await call("GetAuthorizationToken", {});
        assert.equal((token.body.authorizationData as { proxyEndpoint: string }[])[0]?.proxyEndpoint, `http://${endpoint.registry}`);
    });

    it("shows a pushed image by digest and tags, with size, media types and time of its push", async () => {
        const { text, digest } = manifest("1");
        const before = Math.floor(Date.now() / 1000);
        assert.equal((await push("app/one", "v1", text)).status, 201);
        await push("app/one", "v2", text);
        const { body } = await call("DescribeImages", { repositoryName: "app/one" });
        const [image, ...others] = body.imageDetails as Record<string, unknown>[];
        assert.equal(others.length, 0);
        assert.ok(Number(image?.imagePushedAt) >= before);
        assert.deepEqual({ ...image, imagePushedAt: 0 }, {
            registryId: "000000000000", repositoryName: "app/one", imageDigest: digest, imageTags: ["v1", "v2"], imageSizeInBytes: 310, imagePushedAt: 0,
            imageManifestMediaType: MANIFEST_TYPE, artifactMediaType: "application/vnd.docker.container.image.v1+json", imageStatus: "ACTIVE",
        });
        const listed = await call("ListImages", { repositoryName: "app/one" });
        assert.deepEqual(listed.body.imageIds, [{ imageDigest: digest, imageTag: "v1" }, { imageDigest: digest, imageTag: "v2" }]);
    });

    it("takes the time an image was built where its push was not seen", async () => {
        const { text, digest } = manifest("direct");
        registry.manifests.set(`app/one@${digest}`, text);
        registry.tags.set("app/one:v1", digest);
        const { body } = await call("DescribeImages", { repositoryName: "app/one" });
        assert.equal((body.imageDetails as { imagePushedAt: number }[])[0]?.imagePushedAt, Date.parse("2026-01-02T03:04:05Z") / 1000);
    });

    it("keeps showing an image that lost its tag, as untagged", async () => {
        await push("app/one", "latest", manifest("1").text);
        await push("app/one", "latest", manifest("2").text);
        const untagged = await call("ListImages", { repositoryName: "app/one", filter: { tagStatus: "UNTAGGED" } });
        assert.deepEqual(untagged.body.imageIds, [{ imageDigest: manifest("1").digest }]);
    });

    it("returns manifests byte for byte, and a failure for each identifier it has not", async () => {
        const { text, digest } = manifest("1");
        await push("app/one", "v1", text);
        const { body } = await call("BatchGetImage", { repositoryName: "app/one", imageIds: [{ imageTag: "v1" }, { imageTag: "nope" }, { imageTag: "v1", imageDigest: manifest("2").digest }] });
        assert.deepEqual((body.images as { imageManifest: string }[]).map((image) => image.imageManifest), [text]);
        assert.deepEqual((body.failures as { failureCode: string }[]).map((failure) => failure.failureCode), ["ImageNotFound", "ImageTagDoesNotMatchDigest"]);
        assert.equal(digest, (body.images as { imageId: { imageDigest: string } }[])[0]?.imageId.imageDigest);
    });

    it("says what is missing in ECR's words", async () => {
        const image = await call("DescribeImages", { repositoryName: "app/one", imageIds: [{ imageTag: "nope" }] });
        assert.deepEqual([image.status, image.body.__type], [400, "ImageNotFoundException"]);
        assert.equal(image.body.message, "The image with imageId {imageDigest:'null', imageTag:'nope'} does not exist within the repository with name 'app/one' in the registry with id '000000000000'");
        const repository = await call("DescribeImages", { repositoryName: "none" });
        assert.deepEqual([repository.status, repository.body.__type], [400, "RepositoryNotFoundException"]);
        assert.equal(repository.body.message, "The repository with name 'none' does not exist in the registry with id '000000000000'");
    });

    it("pages lists by maxResults and nextToken", async () => {
        for (const tag of ["a", "b", "c"]) {
            await push("app/one", tag, manifest(tag).text);
        }
        const first = await call("ListImages", { repositoryName: "app/one", maxResults: 2 });
        const second = await call("ListImages", { repositoryName: "app/one", maxResults: 2, nextToken: first.body.nextToken });
        assert.deepEqual([(first.body.imageIds as object[]).length, (second.body.imageIds as object[]).length, second.body.nextToken], [2, 1, undefined]);
    });

    it("deletes in the registry: by tag the tag only, by digest the image", async () => {
        const { text, digest } = manifest("1");
        await push("app/one", "v1", text);
        await push("app/one", "v2", text);
        await call("BatchDeleteImage", { repositoryName: "app/one", imageIds: [{ imageTag: "v1" }] });
        assert.deepEqual([...registry.tags.keys()], ["app/one:v2"]);
        const { body } = await call("BatchDeleteImage", { repositoryName: "app/one", imageIds: [{ imageDigest: digest }] });
        assert.deepEqual(body.imageIds, [{ imageDigest: digest, imageTag: "v2" }]);
        assert.equal(registry.manifests.size, 0);
    });

    it("deletes a repository with images only by force, and its images with it", async () => {
        await push("app/fixed", "v1", manifest("1").text);
        const refused = await call("DeleteRepository", { repositoryName: "app/fixed" });
        assert.equal(refused.body.__type, "RepositoryNotEmptyException");
        assert.match(String(refused.body.message), /cannot be deleted because it still contains images$/);
        assert.equal(emulator.repositories.get("app/fixed")?.images.size, 0, "the mark of the endpoint is gone again");
        assert.equal((await call("DeleteRepository", { repositoryName: "app/fixed", force: true })).status, 200);
        assert.equal(registry.manifests.size, 0);
        assert.equal((await call("DeleteRepository", { repositoryName: "app/one" })).status, 200);
    });

    it("changes and shows nothing to a caller whom MiniStack refuses", async () => {
        await push("app/one", "v1", manifest("1").text);
        const calls: readonly (readonly [string, object])[] = [
            ["DescribeImages", { repositoryName: "app/one" }],
            ["BatchGetImage", { repositoryName: "app/one", imageIds: [{ imageTag: "v1" }] }],
            ["BatchDeleteImage", { repositoryName: "app/one", imageIds: [{ imageTag: "v1" }] }],
            ["DeleteRepository", { repositoryName: "app/one", force: true }],
            ["PutImage", { repositoryName: "app/one", imageTag: "v2", imageManifest: manifest("2").text }],
        ];
        for (const [action, payload] of calls) {
            const { body } = await call(action, payload, "denied");
            assert.equal(body.__type, "AccessDeniedException", action);
            assert.equal(JSON.stringify(body).includes("sha256"), false, action);
        }
        assert.deepEqual([...registry.tags.keys()], ["app/one:v1"]);
        assert.ok(emulator.repositories.has("app/one"));
    });

    it("puts a tag onto an image by PutImage without leaving an image in MiniStack", async () => {
        const { text, digest } = manifest("1");
        await push("app/fixed", "v1", text);
        const put = await call("PutImage", { repositoryName: "app/fixed", imageTag: "v2", imageManifest: text });
        assert.deepEqual((put.body.image as { imageId: object }).imageId, { imageDigest: digest, imageTag: "v2" });
        assert.equal(registry.tags.get("app/fixed:v2"), digest);
        assert.equal(emulator.repositories.get("app/fixed")?.images.size, 0);
        const again = await call("PutImage", { repositoryName: "app/fixed", imageTag: "v2", imageManifest: manifest("2").text });
        assert.equal(again.body.__type, "ImageTagAlreadyExistsException");
    });

    describe("a login", () => {
        /** What `docker login` is given, and the token that a client gets for it. */
        const login = async (key: string): Promise<string> => {
            const { body } = await call("GetAuthorizationToken", {}, key);
            const [given] = body.authorizationData as { authorizationToken: string }[];
            const reply = await send(`http://${endpoint.registry}/_endpoint/token?service=ecr`, { headers: { Authorization: `Basic ${given?.authorizationToken ?? ""}` } });
            return (JSON.parse(reply.body) as { token: string }).token;
        };
        const as = (token: string, method: string, path: string, body?: string): ReturnType<typeof send> =>
            send(`http://${endpoint.registry}/v2/${path}`, { method, headers: { Authorization: `Bearer ${token}`, "Content-Type": MANIFEST_TYPE } }, body);
        const REPOSITORY = "arn:aws:ecr:us-east-1:000000000000:repository/app/one";

        it("is asked for where a client looks first, and of clients that send one only when asked", async () => {
            for (const [path, headers] of [["", {}], ["app/one/manifests/v1", { "User-Agent": "containerd/1.6.20" }], ["app/one/manifests/v1", { "User-Agent": "buildkit/v0.20" }]] as const) {
                const reply = await send(`http://${endpoint.registry}/v2/${path}`, { headers });
                assert.equal(reply.status, 401, path);
                assert.match(String(reply.headers["www-authenticate"]), new RegExp(`^Bearer realm="http://${endpoint.registry}/_endpoint/token",service="ecr"`));
            }
            assert.equal((await send(`http://${endpoint.registry}/_endpoint/token`, { method: "POST" }, "grant_type=password")).status, 405);
        });

        it("by a role's token lets it do what the role may, each step under ECR's name for it", async () => {
            const token = await login("ASIAROLE");
            assert.equal((await as(token, "GET", "")).status, 200);
            const { text } = manifest("1");
            await as(token, "HEAD", "app/one/blobs/sha256:1");
            await as(token, "POST", "app/one/blobs/uploads/");
            await as(token, "PATCH", "app/one/blobs/uploads/1", "bytes");
            await as(token, "PUT", "app/one/blobs/uploads/1?digest=sha256:1");
            assert.equal((await as(token, "PUT", "app/one/manifests/v1", text)).status, 201);
            await as(token, "GET", "app/one/manifests/v1");
            await as(token, "GET", "app/one/blobs/sha256:1");
            const actions = ["BatchCheckLayerAvailability", "InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage", "BatchGetImage", "GetDownloadUrlForLayer"];
            assert.deepEqual(emulator.asked, actions.map((action) => `ASIAROLE ecr:${action} ${REPOSITORY}`));
        });

        it("by a role's token is refused what the role may not, in ECR's words and before anything is stored", async () => {
            const token = await login("ASIAROLE");
            for (const action of ["ecr:InitiateLayerUpload", "ecr:PutImage", "ecr:BatchGetImage"]) {
                emulator.refused.add(action);
            }
            const replies = [await as(token, "POST", "app/one/blobs/uploads/"), await as(token, "PUT", "app/one/manifests/v1", manifest("1").text), await as(token, "GET", "app/one/manifests/v1")];
            for (const reply of replies) {
                assert.equal(reply.status, 403);
                assert.match(reply.body, /"code":"DENIED","message":"User: ASIAROLE is not authorized to perform: ecr:/);
            }
            assert.deepEqual(registry.calls, []);
        });

        it("of root, of nobody, or by words that no call gave asks for nothing and is let through", async () => {
            const anything = await send(`http://${endpoint.registry}/_endpoint/token`, { headers: { Authorization: `Basic ${Buffer.from("me:secret").toString("base64")}` } });
            const nobody = await send(`http://${endpoint.registry}/_endpoint/token`);
            for (const [name, token] of [["root", await login("root")], ["anything", (JSON.parse(anything.body) as { token: string }).token], ["nobody", (JSON.parse(nobody.body) as { token: string }).token]] as const) {
                assert.equal((await as(token, "PUT", `app/one/manifests/${name}`, manifest(name).text)).status, 201);
            }
            assert.deepEqual(emulator.asked, []);
        });

        it("is not needed for base images", async () => {
            emulator.refused.add("ecr:PutImage");
            assert.equal((await as(await login("ASIAROLE"), "PUT", "base/python/manifests/latest", manifest("1").text)).status, 201);
        });
    });

    describe("a push", () => {
        it("to a repository that ECR has not is refused before anything is stored", async () => {
            const upload = await send(`http://${endpoint.registry}/v2/none/blobs/uploads/`, { method: "POST" });
            const put = await push("none", "v1", manifest("1").text);
            for (const reply of [upload, put]) {
                assert.equal(reply.status, 404);
                assert.deepEqual(JSON.parse(reply.body), { errors: [{ code: "NAME_UNKNOWN", message: "The repository with name 'none' does not exist in the registry with id '000000000000'" }] });
            }
            assert.deepEqual(registry.calls, []);
        });

        it("onto a tag of an immutable repository is refused, the same image included, also when two arrive at once", async () => {
            const replies = await Promise.all([push("app/fixed", "v1", manifest("1").text), push("app/fixed", "v1", manifest("2").text)]);
            assert.deepEqual(replies.map((reply) => reply.status).sort(), [201, 400]);
            const again = await push("app/fixed", "v1", manifest("1").text);
            assert.equal(again.status, 400);
            assert.match(again.body, /"TAG_INVALID","message":"The image tag 'v1' already exists in the 'app\/fixed' repository and cannot be overwritten because the tag is immutable\."/);
        });

        it("of a base image needs no ECR repository", async () => {
            assert.equal((await push("base/python", "latest", manifest("1").text)).status, 201);
        });

        it("is counted, and so are pulls", async () => {
            await push("app/one", "v1", manifest("1").text);
            await send(`http://${endpoint.registry}/v2/app/one/manifests/v1`);
            await send(`http://${endpoint.registry}/v2/app/one/blobs/uploads/`, { method: "POST" });
            const counted = Object.entries(endpoint.counters.snapshot()).filter(([name]) => name.startsWith("registry:"));
            assert.deepEqual(counted, [["registry:GetManifest", 1], ["registry:PutManifest", 1], ["registry:StartUpload", 1]]);
        });
    });
});
