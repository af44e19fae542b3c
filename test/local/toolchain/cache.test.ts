import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { cachedFolder, lock } from "../../../local/toolchain/cache";
import { removeTemporaryFolders, temporaryFolder } from "./temporary";

describe("folders of the shared cache", () => {
    afterEach(removeTemporaryFolders);

    it("are made once when two ask at the same time, and the second is told that it waits", async () => {
        const folder = path.join(temporaryFolder(), "thing");
        let making = 0;
        let waiting = 0;
        const ask = (): Promise<{ made: boolean }> =>
            cachedFolder(
                folder,
                async (temporary) => {
                    making++;
                    await sleep(150);
                    fs.writeFileSync(path.join(temporary, "content"), "whole");
                },
                () => waiting++,
            );
        const results = await Promise.all([ask(), ask()]);
        assert.deepEqual([making, waiting], [1, 1]);
        assert.deepEqual(results.map(({ made }) => made).sort(), [false, true]);
        assert.equal(fs.readFileSync(path.join(folder, "content"), "utf8"), "whole");
    });

    it("are not there at all when making them fails, and can be made afterwards", async () => {
        const base = temporaryFolder();
        const folder = path.join(base, "thing");
        const failing = cachedFolder(folder, () => Promise.reject(new Error("no network")), () => undefined);
        await assert.rejects(failing, /no network/);
        assert.deepEqual(fs.readdirSync(base), []);
        assert.deepEqual(await cachedFolder(folder, () => Promise.resolve(), () => undefined), { made: true });
    });

    it("are made in spite of what a killed maker left", async () => {
        const base = temporaryFolder();
        const folder = path.join(base, "thing");
        fs.mkdirSync(path.join(base, "thing.0123abcd.tmp"));
        fs.writeFileSync(`${folder}.lock`, "999999999 1");
        await cachedFolder(folder, () => Promise.resolve(), () => assert.fail("nobody is at work"));
        assert.deepEqual(fs.readdirSync(base), ["thing"]);
    });

    it("admit one at a time among many who wait for a dead owner's lock", async () => {
        const file = path.join(temporaryFolder(), "lock");
        fs.writeFileSync(file, "999999999 1");
        let inside = 0;
        let most = 0;
        await Promise.all(
            Array.from({ length: 8 }, async () => {
                const release = await lock(file, () => undefined);
                most = Math.max(most, ++inside);
                await sleep(5);
                inside--;
                release();
            }),
        );
        assert.equal(most, 1);
    });
});
