import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { engineText } from "../../automation/automationEngine";
import { checkProject } from "../../automation/checkProject";
import { knownStacks, projectName, requireStackFile, wouldWriteKey } from "../../automation/stackFiles";

describe("stack files", () => {
    let root: string;
    const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
    before(() => {
        root = mkdtempSync(join(tmpdir(), "stacks-"));
        write("Pulumi.yaml", "name: shop\nruntime: nodejs\n");
        write("Pulumi.prod.yaml", "config:\n  aws:region: us-east-1\n");
        write("Pulumi.dev.yaml", "encryptedkey: abc\nconfig:\n  aws:region: nowhere\n");
        write("Pulumi.local.yaml", "encryptionsalt: v1:x\nconfig:\n  aws:region: us-east-1\n  shop:runsOn: emulator\n");
        write("Pulumi.a.b.yaml.orig", "");
    });
    after(() => rmSync(root, { recursive: true }));

    it("are the list of stacks, sorted", () => assert.deepEqual(knownStacks(root), ["dev", "local", "prod"]));
    it("must exist for a stack that is named", () => {
        requireStackFile(root, "dev");
        assert.throws(() => requireStackFile(root, "../dev"), /Stack "\.\.\/dev" has no settings file/);
    });
    it("belong to the project that Pulumi.yaml names", () => assert.equal(projectName(root), "shop"));

    it("would get a key from the engine only where they have none and the backend leaves encryption to it", () => {
        const asked = (stack: string, backend?: string): boolean => wouldWriteKey(root, stack, backend);
        assert.deepEqual([asked("prod", "s3://bucket"), asked("prod", "file:///x")], [true, true]);
        assert.deepEqual([asked("dev", "s3://bucket"), asked("local", "s3://bucket")], [false, false]);
        assert.deepEqual([asked("prod"), asked("prod", "https://api.pulumi.com")], [false, false]);
    });

    it("are checked together, and a problem of all stacks is told once", async () => {
        const { problems, settings } = await checkProject({ root, stacks: ["dev", "local", "prod"], manifests: false, resources: async () => assert.fail("not asked for") });
        assert.deepEqual([Object.keys(settings), problems.map(({ file }) => file)], [["local", "prod"], ["Pulumi.dev.yaml"]]);
        const all = await checkProject({ root, stacks: ["local", "prod"], manifests: true, resources: async () => ({}) });
        const texts = all.problems.map((problem) => JSON.stringify(problem));
        assert.ok(texts.length > 0);
        assert.equal(new Set(texts).size, texts.length);
    });

    it("do not hide what is wrong with derived names, however wrong they are themselves", async () => {
        const name = "a".repeat(40);
        const folder = mkdtempSync(join(tmpdir(), "stack-files-"));
        const write = (file: string, text: string): void => {
            mkdirSync(dirname(join(folder, file)), { recursive: true });
            writeFileSync(join(folder, file), text);
        };
        write("Pulumi.yaml", "name: a-project-with-a-name-of-its-own\nruntime: nodejs\n");
        write("Pulumi.local.yaml", "config:\n  aws:region: nowhere\n");
        write(`app/functions/${name}/function.yaml`, "layer: false\n");
        write(`app/functions/${name}/Dockerfile`, 'ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\nCMD ["app.handler"]\n');
        const { problems } = await checkProject({ root: folder, stacks: ["local"], manifests: true, resources: async () => ({}) });
        rmSync(folder, { recursive: true, force: true });
        assert.deepEqual(problems.filter(({ rule }) => /derived function name|no region/.test(rule)).map(({ file }) => file), ["Pulumi.local.yaml", `app/functions/${name}`]);
    });
});

describe("the engine's own words", () => {
    const wrapped = (stderr: string): Error => new Error(`code: -2\n stdout: \n stderr: ${stderr}\n err?: Error: ${stderr}\n`);

    it("are taken out of the error that carries the command line", () => {
        assert.equal(engineText(wrapped("Command failed with exit code 255: pulumi up --yes\nerror: no such bucket\ndetail")), "error: no such bucket\ndetail");
    });
    it("are one line when it was killed", () => {
        assert.equal(engineText(wrapped("Command was killed with SIGKILL (Forced termination): pulumi up\nUpdating (dev):")), "The engine was killed (SIGKILL).");
    });
    it("are any other error's message", () => assert.equal(engineText(new Error("spawn pulumi ENOENT")), "spawn pulumi ENOENT"));
});
