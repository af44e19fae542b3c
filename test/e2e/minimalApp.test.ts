import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assertSuccess, Checkout, cleanEnvironment, lastJson, run, type UpDocument } from "./support/checkout";

const README = join(__dirname, "..", "..", "README.md");
/** Some of the product's tests that read the project: enough to see that they do not read its application. */
const PRODUCT_TESTS = ["test/index.test.ts", "test/programScope.test.ts", "test/components/manifest/*.test.ts", "test/delivery/security/*.test.ts"];

/** The commands with which the README replaces the sample, without the last one, which starts the new application. */
function replacingCommands(): string[] {
    const [, block] = /\n## Replace the sample\n+```sh\n([^`]+)\n```/.exec(readFileSync(README, "utf8")) ?? [];
    const commands = (block ?? "").split("\n").map((line) => line.replace(/\s+#.*$/, ""));
    assert.equal(commands.at(-1), "npm run local", "the README's section ends with the start of the new application");
    return commands.slice(0, -1);
}

describe("the project after the sample was replaced as the README says", () => {
    let checkout: Checkout;

    before(async () => {
        checkout = Checkout.create("minimal", { application: "sample" });
        assertSuccess(await run("bash", ["-ec", replacingCommands().join("\n")], checkout.root, cleanEnvironment()));
    });

    after(() => checkout?.remove());

    it("has nothing of the sample any more", () => {
        assert.ok(["app/common-layer", "app/samples", "app/datasets.json", "app/functions/routing", "test/app"].every((path) => !existsSync(checkout.path(path))));
    });

    it("has no type error, and manifests and settings are accepted", async () => {
        assertSuccess(await checkout.npm("typecheck"));
        assertSuccess(await checkout.npm("check", "local"));
    });

    it("builds and deploys its one function, and calls its smoke test in the place of the sample records", async () => {
        const outcome = assertSuccess(await checkout.npm("local", "--json"));
        const { images, functions } = lastJson<{ images: readonly { name: string; built: boolean }[]; functions: readonly { name: string }[] }>(outcome);
        assert.deepEqual(images.map(({ name, built }) => [name, built]), [["hello", true]]);
        assert.deepEqual(functions.map(({ name }) => name), ["hello"]);
        assert.match(`${outcome.stdout}${outcome.stderr}`, /the sample application is not here; functions with a smoke test are called instead/);
    });

    it("answers calls", async () => {
        const { payload } = lastJson<{ payload: unknown }>(assertSuccess(await checkout.npm("local:invoke", "--json", "hello", '{"name": "reader"}')));
        assert.deepEqual(payload, { message: "Hello, reader" });
    });

    // The state still holds the first image here, which in the other suites is adopted long since.
    it("fails where its Dockerfile breaks right after the first run, deletes nothing then, and converges when it is mended", async () => {
        const dockerfile = "app/functions/hello/Dockerfile";
        const before = checkout.read(dockerfile);
        checkout.write(dockerfile, before.replace("\nCOPY", "\nRUN echo broken on purpose && false\nCOPY"));
        const broken = await checkout.npm("local", "--no-demo", "--json");
        assert.equal(broken.status, 1);
        assert.match(`${broken.stdout}${broken.stderr}`, /broken on purpose/);
        assert.equal(lastJson<UpDocument>(broken).resources.deleted, 0);
        checkout.write(dockerfile, before);
        assert.equal((await checkout.up("--no-demo")).functions[0]?.version, "1");
        const { created, updated, replaced, deleted } = (await checkout.up("--no-demo")).resources;
        assert.deepEqual([created, updated, replaced, deleted], [0, 0, 0, 0]);
    });

    it("says of the commands of the sample that they have nothing to work on", async () => {
        const { status, stderr, stdout } = await checkout.npm("local:demo");
        assert.notEqual(status, 0);
        assert.match(`${stdout}${stderr}`, /needs the sample application; with another one, local:invoke calls its functions/);
    });

    it("passes the product's own tests that read a project", async () => {
        const mocha = ["mocha", "--no-config", "-r", "tsx/cjs", "-r", "test/guards/index.ts", "--timeout", "120000", ...PRODUCT_TESTS];
        const { stdout } = assertSuccess(await run("npx", mocha, checkout.root, cleanEnvironment()));
        assert.match(stdout, /[1-9]\d* passing/);
    });
});
