import assert from "node:assert/strict";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { BuildCache, foldersOf } from "../../../../local/endpoint/codebuild/cache";
import { matchingFiles } from "../../../../local/endpoint/codebuild/globs";

const PATHS = ["node_modules/**/*"];

describe("emulated CodeBuild: cache", () => {
    let root: string;
    let cache: BuildCache;

    beforeEach(() => {
        root = fs.mkdtempSync(path.join(tmpdir(), "build-cache-"));
        cache = new BuildCache(path.join(root, "cache"));
    });
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    function write(file: string, text: string): string {
        const whole = path.join(root, file);
        fs.mkdirSync(path.dirname(whole), { recursive: true });
        fs.writeFileSync(whole, text);
        return whole;
    }

    it("gives the next build what the last one left, as links", async () => {
        assert.equal(await cache.restore(PATHS, path.join(root, "b1")), false);
        const first = write("b1/node_modules/a/index.js", "one");
        write("b1/other", "not cached");
        await cache.save(PATHS, path.join(root, "b1"));
        assert.equal(await cache.restore(PATHS, path.join(root, "b2")), true);
        assert.equal(fs.statSync(path.join(root, "b2/node_modules/a/index.js")).ino, fs.statSync(first).ino);
        assert.deepEqual(fs.readdirSync(path.join(root, "b2")), ["node_modules"]);
    });

    it("keeps what a later build deletes and writes anew, and npm's record even when it is rewritten in place", async () => {
        write("b1/node_modules/a/index.js", "one");
        write("b1/node_modules/.package-lock.json", "record one");
        await cache.save(PATHS, path.join(root, "b1"));
        await cache.restore(PATHS, path.join(root, "b2"));
        fs.rmSync(path.join(root, "b2/node_modules/a/index.js"));
        write("b2/node_modules/a/index.js", "two");
        write("b2/node_modules/.package-lock.json", "record two");
        assert.equal(await cache.restore(PATHS, path.join(root, "b3")), true);
        assert.equal(fs.readFileSync(path.join(root, "b3/node_modules/a/index.js"), "utf8"), "one");
        assert.equal(fs.readFileSync(path.join(root, "b3/node_modules/.package-lock.json"), "utf8"), "record one");
    });

    it("is thrown away when a build changed one of its files in place, and is made anew by the next", async () => {
        write("b1/node_modules/a/index.js", "one");
        await cache.save(PATHS, path.join(root, "b1"));
        await cache.restore(PATHS, path.join(root, "b2"));
        write("b2/node_modules/a/index.js", "changed in place");
        assert.equal(await cache.restore(PATHS, path.join(root, "b3")), false);
        write("b3/node_modules/a/index.js", "three");
        await cache.save(PATHS, path.join(root, "b3"));
        assert.equal(await cache.restore(PATHS, path.join(root, "b4")), true);
        assert.equal(fs.readFileSync(path.join(root, "b4/node_modules/a/index.js"), "utf8"), "three");
    });

    it("finds folders and files by patterns", () => {
        assert.deepEqual(foldersOf(["node_modules/**/*", "a/b/*.txt", "plain"]), ["a/b", "node_modules", "plain"]);
        for (const file of ["r/a.xml", "r/b.txt", "r/deep/er/c.xml"]) {
            write(file, "");
        }
        assert.deepEqual(matchingFiles(root, ["r/*.xml"]), ["r/a.xml"]);
        assert.deepEqual(matchingFiles(root, ["r/**/*.xml", "**/a.xml"]), ["r/a.xml", "r/deep/er/c.xml"]);
        assert.deepEqual(matchingFiles(root, ["r/b.txt", "missing/*"]), ["r/b.txt"]);
    });
});
