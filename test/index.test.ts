import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { parsePreviousImages } from "../components/images/previousImages";
import { ReleaseManifest } from "../components/images/releaseManifest";
import { registered, urnTails } from "./support/mockEngine";
import { applicationTree } from "./support/application";
import { runProgram } from "./support/program";

const IMAGE = "docker:index/image:Image";
/** How the engine marks a value as secret, see `sdk/proto` of Pulumi. */
const SECRET_KEY = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const NAMES = ["common-layer", "csv-to-parquet", "json-to-csv", "ping", "records"];

/** Keys change with every edit of the application; identity does not depend on which key it is. */
const withoutKeys = (tail: string): string => tail.replace(/-[0-9a-f]{12}$/, "-KEY");

/** Compares with a committed list; `UPDATE_GOLDEN=1` accepts the new one, and the diff tells what will be replaced. */
function assertGolden(name: string): void {
    const file = path.join(__dirname, "golden", `${name}.txt`);
    const actual = `${urnTails().map(withoutKeys).join("\n")}\n`;
    if (process.env.UPDATE_GOLDEN !== undefined) {
        fs.writeFileSync(file, actual);
    }
    assert.equal(actual, fs.readFileSync(file, "utf8"));
}

/** The manifest that a delivery of the dev stack would write. */
async function releaseOfDev(): Promise<string> {
    const { outputs } = await runProgram({ stack: "dev" });
    const images = Object.entries(parsePreviousImages(outputs.images)).map(([name, { key }]) => [
        name,
        { key, digest: `sha256:${"f".repeat(64)}`, repositoryUrl: `123456789012.dkr.ecr.us-east-1.amazonaws.com/container-lambdas-dev/${name}` },
    ]);
    const manifest: ReleaseManifest = { formatVersion: 1, commit: "0".repeat(40), images: Object.fromEntries(images) };
    const file = ".build/release.json";
    fs.writeFileSync(path.join(applicationTree(), file), JSON.stringify(manifest));
    return file;
}

describe("the program", function () {
    this.timeout(60_000);

    it("declares the same resources for a new stack as ever: build", async () => {
        await runProgram({ stack: "local" });
        assertGolden("build");
    });

    it("asks the registry once for every image that it does not know, and builds what is absent", async () => {
        const { lookedUp } = await runProgram({ stack: "local" });
        assert.deepEqual(lookedUp.map((place) => place.split(":")[0]), NAMES.map((name) => `container-lambdas-local/${name}`));
        assert.equal(registered().filter(({ type }) => type === IMAGE).length, 5);
    });

    it("after its own update asks for nothing and declares the same images", async () => {
        const first = await runProgram({ stack: "local" });
        const images = urnTails();
        const second = await runProgram({ stack: "local", lastOutputs: first.outputs });
        assert.deepEqual(second.lookedUp, []);
        assert.deepEqual(urnTails(), images);
        assert.deepEqual(second.outputs, first.outputs);
    });

    it("adopts what the registry has and declares no Docker resource then", async () => {
        await runProgram({ stack: "local", registryHas: () => true });
        assertGolden("adopted");
        assert.ok(registered().every(({ type }) => !type.startsWith("docker:")));
    });

    it("adopt: fails for what the registry lacks, and never builds", async () => {
        const configuration = { "container-lambdas:images": "adopt" };
        await assert.rejects(runProgram({ stack: "dev", configuration, registryHas: (repository) => !repository.endsWith("/ping") }), /no image for "ping"/);
        assert.ok(registered().every(({ type }) => !type.startsWith("docker:")));
    });

    it("prod: runs the digests of the release manifest, with no Docker resource, no repository and no look-up", async () => {
        const configuration = { "container-lambdas:releaseManifest": await releaseOfDev() };
        const { lookedUp, outputs } = await runProgram({ stack: "prod", configuration });
        assertGolden("release");
        assert.deepEqual(lookedUp, []);
        assert.ok(registered().every(({ type }) => !type.startsWith("docker:") && !type.startsWith("aws:ecr/")));
        for (const { inputs } of registered().filter(({ type }) => type === "aws:lambda/function:Function")) {
            assert.match(String(inputs.imageUri), /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/container-lambdas-dev\/[a-z-]+@sha256:f{64}$/);
        }
        assert.deepEqual(outputs.repositories, {});
    });

    it("runs every function by digest", async () => {
        await runProgram({ stack: "local" });
        const functions = registered().filter(({ type }) => type === "aws:lambda/function:Function");
        assert.equal(functions.length, 5);
        for (const { inputs } of functions) {
            assert.match(String(inputs.imageUri), /@sha256:[0-9a-f]{64}$/);
        }
    });

    it("passes no plain password to any resource", async () => {
        await runProgram({ stack: "local" });
        const registries = registered()
            .filter(({ type }) => type === IMAGE)
            .map(({ inputs }) => inputs.registry);
        assert.equal(registries.length, 5);
        for (const registry of registries) {
            assert.equal((registry as Record<string, unknown>)[SECRET_KEY], SECRET_SIGNATURE, "a secret arrives in the engine's envelope");
        }
    });

    it("declares immutable tags in every repository", async () => {
        await runProgram({ stack: "local" });
        const repositories = registered().filter(({ type }) => type === "aws:ecr/repository:Repository");
        assert.equal(repositories.length, 5);
        assert.ok(repositories.every(({ inputs }) => inputs.imageTagMutability === "IMMUTABLE"));
    });

    it("asks for no wildcard action, and for a wildcard resource nowhere", async () => {
        await runProgram({ stack: "local" });
        const policies = registered().filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
        assert.ok(policies.length >= 5);
        for (const { name, inputs } of policies) {
            for (const statement of (JSON.parse(String(inputs.policy)) as { Statement: { Action: string[]; Resource: string[] }[] }).Statement) {
                assert.ok(statement.Action.every((action) => !action.includes("*")), `${name}: ${statement.Action.join()}`);
                assert.ok(!statement.Resource.includes("*"), name);
            }
        }
    });

    it("never puts an output into a text by accident", async () => {
        await runProgram({ stack: "local" });
        assert.ok(!JSON.stringify(registered()).includes("Calling [toString] on an [Output<T>]"));
        assert.ok(!JSON.stringify(registered()).includes("Calling [toJSON] on an [Output<T>]"));
    });

    it("declares the same resources in a preview, where nothing is known yet", async () => {
        await runProgram({ stack: "local", preview: true });
        assertGolden("build");
    });

    it("declares a pipeline beside the application where the stack has a delivery, and says its name", async () => {
        const { outputs } = await runProgram({ stack: "local-dev" });
        assertGolden("delivered");
        assert.equal(outputs.pipelineName, "container-lambdas-local-dev");
        assert.ok(!("commit" in outputs));
    });
});
