import assert from "node:assert/strict";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

import { bundleProgram } from "../../../local/toolchain/programBundle";
import { removeTemporaryFolders, temporaryFolder, writeTree } from "./temporary";

const packages = path.join(__dirname, "..", "..", "..", "node_modules");

describe("the bundled program", () => {
    let folder: string;
    let keep: string;

    beforeEach(() => {
        folder = temporaryFolder();
        keep = path.join(folder, ".local", "host");
        writeTree(folder, {
            "package.json": '{"main": "index.ts"}',
            "index.ts": 'import { size } from "./parts/size";\nexport = { size, kind: require("left").kind };\n',
            "parts/size/index.ts": "export const size: number = 1;\n",
            "node_modules/left/index.js": 'module.exports = { kind: "left" };\n',
        });
        fs.symlinkSync(path.join(packages, "esbuild"), path.join(folder, "node_modules", "esbuild"));
    });
    afterEach(removeTemporaryFolders);

    const load = (file: string | undefined): unknown => createRequire(path.join(folder, "package.json"))(file ?? "no bundle");

    it("is the program, with its packages found where it stands", async () => {
        assert.deepEqual(load(await bundleProgram(folder, keep)), { size: 1, kind: "left" });
    });

    it("is made once for the same sources", async () => {
        const first = await bundleProgram(folder, keep);
        const made = fs.statSync(first ?? "").mtimeMs;
        fs.rmSync(path.join(folder, "node_modules", "esbuild"));
        assert.equal(await bundleProgram(folder, keep), first);
        assert.equal(fs.statSync(first ?? "").mtimeMs, made);
    });

    it("is another one when a source changes, and the old one stays for an engine that is loading it", async () => {
        const first = await bundleProgram(folder, keep);
        writeTree(folder, { "parts/size/index.ts": "export const size: number = 2;\n" });
        const second = await bundleProgram(folder, keep);
        assert.deepEqual(load(second), { size: 2, kind: "left" });
        assert.deepEqual(load(first), { size: 1, kind: "left" });
    });

    it("is another one when a new file takes the place of a source", async () => {
        await bundleProgram(folder, keep);
        writeTree(folder, { "parts/size.ts": "export const size: number = 3;\n" });
        assert.deepEqual(load(await bundleProgram(folder, keep)), { size: 3, kind: "left" });
    });

    it("comes back after it was deleted", async () => {
        const first = await bundleProgram(folder, keep);
        fs.rmSync(first ?? "");
        assert.deepEqual(load(await bundleProgram(folder, keep)), { size: 1, kind: "left" });
    });

    it("is left to the SDK where the sources have a fault, there is no esbuild, or packages would not be found from there", async () => {
        assert.equal(await bundleProgram(folder, temporaryFolder()), undefined);
        writeTree(folder, { "parts/size/index.ts": "export const size = ;\n" });
        assert.equal(await bundleProgram(folder, keep), undefined);
        const bare = temporaryFolder();
        writeTree(bare, { "package.json": '{"main": "index.ts"}', "index.ts": "export = 1;\n" });
        assert.equal(await bundleProgram(bare, path.join(bare, ".local")), undefined);
    });
});
