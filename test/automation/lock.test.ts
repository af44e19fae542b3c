import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { isRunningEngine, isStale, parseLock } from "../../automation/lock";

const lock = { pid: 17946, username: "ada", hostname: "here", timestamp: "2026-01-31T12:00:00Z" };
const owner = { pid: 17946, user: "ada", host: "here", since: "2026-01-31T12:00:00Z" };

describe("a stack's lock", () => {
    it("tells its owner", () => assert.deepEqual(parseLock(JSON.stringify(lock)), owner));
    it("that is damaged has no owner", () => assert.deepEqual(["", "{", "[]", "null", '{"pid":"1"}'].map(parseLock), Array(5).fill(undefined)));

    it("is stale only when every owner is of this host and dead", () => {
        const dead = (): boolean => false;
        const other = { ...owner, host: "there" };
        assert.equal(isStale([owner], "here", dead), true);
        assert.equal(isStale([owner], "here", () => true), false);
        assert.equal(isStale([owner, other], "here", dead), false);
        assert.equal(isStale([], "here", dead), false);
    });

    it("counts as held by nobody when its number belongs to another program or to none", async () => {
        const gone = spawnSync(process.execPath, ["-e", ""]);
        assert.equal(isRunningEngine(gone.pid), false);
        if (process.platform === "linux") {
            const other = spawn("sleep", ["30"]);
            await once(other, "spawn");
            try {
                assert.equal(isRunningEngine(other.pid ?? 0), false);
            } finally {
                other.kill("SIGKILL");
            }
        }
    });
});
