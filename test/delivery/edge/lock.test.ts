import assert from "node:assert/strict";
import { lockPort, type LockPortOptions } from "../../../delivery/edge/lock";
import { recordKeys } from "../../../delivery/keys";
import { MemoryDocuments } from "../support/documents";

const FOLDER = ".pulumi/locks/organization/p/dev/";
const HOUR = 3_600_000;

describe("the lock of a stack's state", () => {
    let state: MemoryDocuments;
    let records: MemoryDocuments;
    let now: number;
    beforeEach(() => {
        now = Date.parse("2026-01-01T00:00:00Z");
        state = new MemoryDocuments();
        records = new MemoryDocuments(() => now);
    });

    const port = (more: Partial<LockPortOptions> = {}): ReturnType<typeof lockPort> =>
        lockPort({ state, folder: FOLDER, records, keys: recordKeys("dev"), buildFinished: async () => true, now: () => now, host: "h1", isEngine: () => false, ...more });

    const take = (name: string, host: string, pid = 7): Promise<string> =>
        state.write(`${FOLDER}${name}.json`, JSON.stringify({ pid, username: "root", hostname: host, timestamp: new Date(now).toISOString() }));

    it("has no owner while there is no file of it", async () => {
        await state.write(".pulumi/locks/organization/p/development/x.json", "{}");
        assert.equal(await port().owner(), undefined);
    });

    it("belongs to the builds that had registered on its host when it was taken, and to no later one", async () => {
        await port().register("p:1");
        await port({ host: "h2" }).register("p:2");
        now += 1_000;
        await take("a", "h1");
        now += 1_000;
        await port().register("p:3");
        assert.deepEqual(await port().owner(), { lock: `${FOLDER}a.json`, host: "h1", pid: 7, user: "root", since: "2026-01-01T00:00:01.000Z", builds: ["p:1"], runsHere: false });
    });

    it("of a person's machine has no builds", async () => {
        await port().register("p:1");
        await take("a", "laptop");
        assert.deepEqual((await port().owner())?.builds, []);
    });

    it("is known to be held by an engine that runs on this very host", async () => {
        await take("a", "h1", 42);
        assert.equal((await port({ isEngine: (pid) => pid === 42 }).owner())?.runsHere, true);
        assert.equal((await port({ host: "h2", isEngine: () => true }).owner())?.runsHere, false);
    });

    it("that cannot be read is held by somebody unknown", async () => {
        await state.write(`${FOLDER}a.json`, "no lock");
        const owner = await port().owner();
        assert.deepEqual([owner?.host, owner?.builds, owner?.runsHere], ["unknown", [], false]);
    });

    it("is broken by name: a lock that was taken in its place stays", async () => {
        await take("a", "h1");
        const owner = await port().owner();
        assert.ok(owner);
        await state.remove(owner.lock);
        await take("b", "h2");
        await port().break(owner);
        assert.equal((await port().owner())?.lock, `${FOLDER}b.json`);
    });

    it("keeps notes as long as a build can run, and clears them away afterwards", async () => {
        await port().register("p:1");
        now += 36 * HOUR;
        await port().register("p:2");
        assert.equal(records.stored.size, 2);
        now += 13 * HOUR;
        await port().register("p:3");
        assert.deepEqual([...records.stored.keys()].sort(), ["p%3A2", "p%3A3"].map((name) => `delivery/dev/locks-owners/${name}.json`));
    });
});
