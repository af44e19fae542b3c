import assert from "node:assert/strict";

import { loadLazily } from "../../../local/toolchain/lazyPackages";

const sdk = { filename: "/program/node_modules/@pulumi/pulumi/runtime/closure/codePaths.js" };

describe("packages that the SDK loads at its start", () => {
    function loader(): { _load: (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown; loaded: string[] } {
        const loaded: string[] = [];
        const made = { _load: (request: string): unknown => (loaded.push(request), { version: "1", name: request }), loaded };
        loadLazily(made);
        return made;
    }

    it("load when they are first used, and once", () => {
        const modules = loader();
        const compiler = modules._load("typescript", sdk, false) as { version: string; name: string; __esModule: boolean };
        assert.equal(compiler.__esModule, true);
        assert.deepEqual(modules.loaded, []);
        assert.equal(compiler.version + compiler.name, "1typescript");
        assert.deepEqual(Object.keys(compiler), ["version", "name"]);
        assert.deepEqual(modules.loaded, ["typescript"]);
    });

    it("load at once for everybody else, and so does every other package", () => {
        const modules = loader();
        modules._load("typescript", { filename: "/program/index.js" }, false);
        modules._load("typescript", { filename: "/program/node_modules/@pulumi/pulumi/node_modules/other/index.js" }, false);
        modules._load("semver", sdk, false);
        assert.deepEqual(modules.loaded, ["typescript", "typescript", "semver"]);
    });
});
