import assert from "node:assert/strict";
import { ExitCode } from "../../../automation/exitCodes";
import { CommandFailure } from "../../../automation/failure";
import type { LockOwner, LockPort, Ports } from "../../../delivery/ports";
import { isDead, waitForLock } from "../../../delivery/selfUpdate/lock";

const OWNER: LockOwner = { lock: "1", host: "ip-10-0-0-1", pid: 7, user: "root", since: "2026-01-01T00:00:00Z", builds: ["deploy:1"], runsHere: false };

function finished(...builds: readonly string[]): Pick<LockPort, "buildFinished"> {
    return { buildFinished: async (build) => builds.includes(build) };
}

/** A lock with these owners, one after the other, and a clock that only sleeping moves. */
function scene(owners: (LockOwner | undefined)[], ended: readonly string[]): { readonly ports: Pick<Ports, "lock" | "clock" | "log">; readonly broken: string[]; readonly said: string[]; readonly slept: number[] } {
    const [broken, said, slept]: [string[], string[], number[]] = [[], [], []];
    let now = 0;
    const lock: LockPort = {
        register: async () => undefined,
        owner: async () => (owners.length > 1 ? owners.shift() : owners[0]),
        ...finished(...ended),
        break: async (owner) => void broken.push(owner.lock),
    };
    const sleep = async (milliseconds: number): Promise<void> => {
        slept.push(milliseconds);
        now += milliseconds;
    };
    return { ports: { lock, clock: { now: () => now, sleep }, log: { say: (line) => void said.push(line) } }, broken, said, slept };
}

describe("the lock of a stack", () => {
    it("is dead when the build that ran on its host has ended", async () => {
        assert.equal(await isDead(finished("deploy:1"), OWNER, "own:1"), true);
        assert.equal(await isDead(finished(), OWNER, "own:1"), false);
    });

    it("of a host with several builds is dead only when all but the asking one have ended", async () => {
        const owner = { ...OWNER, builds: ["deploy:1", "deploy:2", "own:1"] };
        assert.equal(await isDead(finished("deploy:1"), owner, "own:1"), false);
        assert.equal(await isDead(finished("deploy:1", "deploy:2"), owner, "own:1"), true);
    });

    it("left by an engine of the asking build itself is dead once that process is gone", async () => {
        assert.equal(await isDead(finished(), { ...OWNER, builds: ["own:1"] }, "own:1"), true);
        assert.equal(await isDead(finished(), { ...OWNER, builds: ["own:1"], runsHere: true }, "own:1"), false);
    });

    it("of a person's machine is never dead, and neither is one whose process runs", async () => {
        assert.equal(await isDead(finished("deploy:1"), { ...OWNER, builds: [] }, "own:1"), false);
        assert.equal(await isDead(finished("deploy:1"), { ...OWNER, runsHere: true }, "own:1"), false);
    });

    it("is waited for with growing pauses, and that is said once for each owner", async () => {
        const second = { ...OWNER, lock: "2", user: "ada", host: "laptop", builds: [] };
        const { ports, broken, said, slept } = scene([OWNER, OWNER, OWNER, second, second, second, second, undefined], []);
        await waitForLock(ports, "own:1", 600_000);
        assert.deepEqual(slept, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert.deepEqual(said, [
            "Waiting for root@ip-10-0-0-1, process 7, since 2026-01-01T00:00:00Z (deploy:1).",
            "Waiting for ada@laptop, process 7, since 2026-01-01T00:00:00Z.",
        ]);
        assert.deepEqual(broken, []);
    });

    it("is broken by its own name when it is dead, and then looked at again", async () => {
        const { ports, broken, said } = scene([OWNER, undefined], ["deploy:1"]);
        await waitForLock(ports, "own:1", 600_000);
        assert.deepEqual(broken, ["1"]);
        assert.deepEqual(said, ["Breaking the lock of root@ip-10-0-0-1, process 7, since 2026-01-01T00:00:00Z (deploy:1): its build has ended."]);
    });

    it("ends the waiting with its owner and what to do, when the budget is used up", async () => {
        const { ports, broken } = scene([OWNER], []);
        await assert.rejects(waitForLock(ports, "own:1", 90_000), (error: Error) => {
            assert.ok(error instanceof CommandFailure);
            assert.equal(error.exitCode, ExitCode.locked);
            assert.equal(
                error.message,
                [
                    "The stack is still locked by root@ip-10-0-0-1, process 7, since 2026-01-01T00:00:00Z (deploy:1) after 1 min 30 s.",
                    "  One update at a time; only the lock of a build that has ended is broken without asking.",
                    '  Next: look whether that update still runs; if it does not, "pulumi cancel" removes its lock.',
                ].join("\n"),
            );
            return true;
        });
        assert.deepEqual(broken, []);
    });
});
