import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkImage, diffImage, hostPlatform } from "../../../../local/providers/docker/inputs";
import { type Properties, UNKNOWN } from "../../../../local/providers/framework/values";

const NAME = "127.0.0.1:5000/app/web:abc";

describe("checking an image", () => {
    let context: string;
    before(() => {
        context = fs.mkdtempSync(path.join(os.tmpdir(), "inputs-"));
        fs.writeFileSync(path.join(context, "Dockerfile"), "FROM scratch\n");
    });
    after(() => fs.rmSync(context, { recursive: true }));

    const reasons = async (news: Properties): Promise<string[]> => (await checkImage(news)).failures.map(({ property, reason }) => `${property}: ${reason}`);

    it("fills in Dockerfile, platform, builder and the context's digest", async () => {
        const { inputs, failures } = await checkImage({ imageName: NAME, build: { context } });
        assert.deepEqual(failures, []);
        const build = inputs["build"] as Record<string, string>;
        assert.deepEqual(
            [build["dockerfile"], build["platform"], build["builderVersion"]],
            [path.join(context, "Dockerfile"), hostPlatform(), "BuilderBuildKit"],
        );
        assert.match(build["contextDigest"] ?? "", /^[0-9a-f]{64}$/);
    });

    it("computes the digest anew where the engine sends back the recorded one", async () => {
        const { inputs, failures } = await checkImage({ imageName: NAME, build: { context, contextDigest: "old" } });
        assert.deepEqual(failures, []);
        assert.notEqual((inputs["build"] as Record<string, string>)["contextDigest"], "old");
    });

    it("leaves the digest unknown while context or Dockerfile are", async () => {
        const builds: readonly Properties[] = [{ context: UNKNOWN }, { context, dockerfile: UNKNOWN }];
        for (const build of builds) {
            const { inputs, failures } = await checkImage({ imageName: UNKNOWN, build });
            assert.deepEqual(failures, []);
            assert.equal((inputs["build"] as Record<string, string>)["contextDigest"], UNKNOWN);
        }
    });

    it("reports unknown properties, wrong types and missing ones together, by name", async () => {
        const told = await reasons({ build: { context: ["a"], dockerfil: "x" }, skipPush: "perhaps", labels: {} });
        assert.deepEqual(
            told.map((line) => line.split(":")[0]),
            ["build.context", "build.dockerfil", "skipPush", "labels", "imageName"],
        );
        assert.match(told[1] ?? "", /did you mean "dockerfile"\?/);
    });

    it("tells where a Dockerfile was looked for, and where it is", async () => {
        const relative = path.relative(process.cwd(), context);
        const [missing] = await reasons({ imageName: NAME, build: { context: relative, dockerfile: "Dockerfile" } });
        assert.match(missing ?? "", new RegExp(`could not open dockerfile "Dockerfile".*set "dockerfile" to "${path.join(relative, "Dockerfile")}"`));
    });

    it("wants the registry in a name that is pushed, and takes any name that is not", async () => {
        assert.match((await reasons({ imageName: "web:1", build: { context } }))[0] ?? "", /^imageName: "web:1" does not say which registry/);
        assert.deepEqual(await reasons({ imageName: "web:1", skipPush: true, build: { context } }), []);
    });

    it("knows two builders only", async () => {
        assert.match((await reasons({ imageName: NAME, build: { context, builderVersion: "V3" } }))[0] ?? "", /"V3" is no builder: allowed are "BuilderBuildKit" and "BuilderV1"/);
    });
});

describe("comparing an image", () => {
    const old: Properties = {
        imageName: NAME,
        skipPush: false,
        buildOnPreview: false,
        build: { context: "a", dockerfile: "a/Dockerfile", args: { A: "1", B: "2" }, platform: "linux/amd64", contextDigest: "d1" },
        registry: { server: "127.0.0.1:5000", username: "u", password: "p" },
    };
    const build = old["build"] as Record<string, string>;
    const registry = old["registry"] as Record<string, string>;
    const cases: readonly (readonly [string, Properties, Readonly<Record<string, string>>])[] = [
        ["nothing", old, {}],
        ["order of arguments", { ...old, build: { ...build, args: { B: "2", A: "1" } } }, {}],
        ["password", { ...old, registry: { ...registry, password: "new" } }, {}],
        ["user name", { ...old, registry: { ...registry, username: "new" } }, {}],
        ["credentials that are not known", { ...old, registry: { ...registry, username: UNKNOWN, password: UNKNOWN } }, {}],
        ["registry", { ...old, registry: { ...registry, server: "other:5000" } }, { "registry.server": "update" }],
        ["name", { ...old, imageName: "x/y" }, { imageName: "update" }],
        ["name that is not known", { ...old, imageName: UNKNOWN }, { imageName: "update" }],
        ["context's digest", { ...old, build: { ...build, contextDigest: "d2" } }, { "build.contextDigest": "update" }],
        ["argument", { ...old, build: { ...build, args: { A: "1" } } }, { "build.args": "update" }],
        ["target added", { ...old, build: { ...build, target: "t" } }, { "build.target": "add" }],
        ["platform left out", { ...old, build: Object.fromEntries(Object.entries(build).filter(([key]) => key !== "platform")) }, { "build.platform": "delete" }],
        ["push", { ...old, skipPush: true }, { skipPush: "update" }],
        ["preview", { ...old, buildOnPreview: true }, { buildOnPreview: "update" }],
    ];
    for (const [what, news, expected] of cases) {
        it(`${what}: ${JSON.stringify(expected)}`, () => {
            assert.deepEqual(Object.fromEntries(diffImage(old, news)), expected);
        });
    }
});
