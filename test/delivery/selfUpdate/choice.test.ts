import assert from "node:assert/strict";
import { isOlder, newestOf } from "../../../delivery/order";
import { chooseNewest } from "../../../delivery/selfUpdate/choice";
import { pastSelfUpdate } from "../../../delivery/selfUpdate/hold";
import { charge, type Owed } from "../../../delivery/selfUpdate/restart";
import { UnknownCommitError, type ExecutionStatus, type ExecutionSummary, type GitPort, type Ports } from "../../../delivery/ports";

/** History `a–b–c–d`, a line `x–y` that left it at `a`, and nothing else. */
const PARENTS: Readonly<Record<string, string | undefined>> = { a: undefined, b: "a", c: "b", d: "c", x: "a", y: "x" };

function ancestry(commit: string): string[] {
    if (!(commit in PARENTS)) {
        throw new UnknownCommitError(commit);
    }
    const parent = PARENTS[commit];
    return [commit, ...(parent === undefined ? [] : ancestry(parent))];
}

const git: GitPort = {
    sequence: async (commit) => ancestry(commit).length,
    isAncestor: async (ancestor, commit) => (ancestry(ancestor), ancestry(commit).includes(ancestor)),
    head: async () => "d",
    tagged: async () => ["d", "b"],
};

function run(id: string, status: ExecutionStatus, commit?: string): ExecutionSummary {
    return { id, status, started: 0, ...(commit === undefined ? {} : { commit }) };
}

/** Lists these runs, newest first, on the versions of their ids: `r3v2` is on version 2. */
function ports(runs: readonly ExecutionSummary[], version = 2): Pick<Ports, "pipeline" | "git" | "clock"> {
    const pipeline: Ports["pipeline"] = {
        currentVersion: async () => version,
        definition: async () => ({}),
        execution: async (id) => ({ ...(runs.find((one) => one.id === id) as ExecutionSummary), version: Number(id.split("v")[1]), generation: 0 }),
        executions: async () => runs,
        start: async () => "",
        stop: async () => undefined,
        stages: async () => [],
        link: (id) => id,
    };
    let now = 0;
    return { pipeline, git, clock: { now: () => now, sleep: async (milliseconds) => void (now += milliseconds) } };
}

const OWN = { executionId: "r1v1", commit: "a" };
const TAGS = { kind: "tag", pattern: "v*" } as const;

describe("the order of commits", () => {
    it("is that of the history, and of different lines that of their length", async () => {
        assert.equal(await isOlder(git, "a", "c"), true);
        assert.equal(await isOlder(git, "c", "a"), false);
        assert.equal(await isOlder(git, "c", "c"), false);
        assert.equal(await isOlder(git, "y", "d"), true);
        assert.equal(await isOlder(git, "d", "y"), false);
        assert.equal(await newestOf(git, ["b", "y", "d", "a"]), "d");
    });

    it("is not decided by what git has forgotten", async () => {
        assert.equal(await isOlder(git, "a", "gone"), false);
        assert.equal(await newestOf(git, ["b", "gone"]), "b");
    });
});

describe("the revision to go on with", () => {
    it("is the head of the branch, whatever runs there are", async () => {
        assert.deepEqual(await chooseNewest(ports([run("r1v1", "InProgress", "a")]), { kind: "branch", branch: "main" }, OWN), { commit: "d", version: 2 });
    });

    it("is the newest tag among the own run and later ones, but none that a person stopped", async () => {
        const runs = [run("r4v1", "Stopped", "d"), run("r3v1", "InProgress", "b"), run("r2v1", "Cancelled", "c"), run("r1v1", "InProgress", "a"), run("r0v1", "Succeeded", "d")];
        assert.deepEqual(await chooseNewest(ports(runs), TAGS, OWN), { commit: "c", version: 2 });
    });

    it("is any of the last tags where a run was cancelled before it had said which", async () => {
        assert.deepEqual(await chooseNewest(ports([run("r2v1", "Cancelled"), run("r1v1", "InProgress", "a")]), TAGS, OWN), { commit: "d", version: 2 });
    });

    it("needs no start when a later run carries it on this version: also one that failed, but none that was cancelled", async () => {
        const with_ = (status: ExecutionStatus, id: string): ReturnType<typeof chooseNewest> =>
            chooseNewest(ports([run(id, status, "c"), run("r1v1", "InProgress", "a")]), TAGS, OWN);
        for (const status of ["InProgress", "Succeeded", "Failed"] as const) {
            assert.equal((await with_(status, "r2v2")).carrier, "r2v2", status);
        }
        assert.equal((await with_("Cancelled", "r2v2")).carrier, undefined);
        assert.equal((await with_("InProgress", "r2v1")).carrier, undefined, "on an older version");
    });
});

describe("a run of the newest revision before which an older one was started last", () => {
    const runs = [run("r3v2", "InProgress", "b"), run("r2v2", "InProgress", "c"), run("r1v1", "InProgress", "a")];
    const carrierIn = async (executionMode: string): Promise<string | undefined> => {
        const { pipeline, ...rest } = ports(runs);
        return (await chooseNewest({ ...rest, pipeline: { ...pipeline, definition: async () => ({ executionMode }) } }, TAGS, OWN)).carrier;
    };

    it("cannot be relied on where the last start wins", async () => {
        assert.equal(await carrierIn("SUPERSEDED"), undefined);
    });

    it("comes to its turn where runs queue", async () => {
        assert.equal(await carrierIn("QUEUED"), "r2v2");
    });
});

describe("the restarts of a commit", () => {
    const owed: Owed = { executionId: "r1", commit: "a", generation: 0, fingerprint: "f", reason: "moved" };
    const cause = { executionId: "r1", fingerprint: "f", at: "now" };

    it("are one for its update, which may be finished by somebody else but not repeated", () => {
        const record = charge(undefined, owed, "now");
        assert.deepEqual(record, { commit: "a", moved: cause });
        assert.equal(charge(record, owed, "later"), record);
        assert.equal(charge(record, { ...owed, executionId: "r2" }, "later"), undefined);
    });

    it("are two more when its builds were killed", () => {
        const once = charge({ commit: "a", moved: cause }, { ...owed, executionId: "r2", reason: "killed" }, "now");
        assert.deepEqual(once, { commit: "a", moved: cause, killed: [{ ...cause, executionId: "r2" }] });
        const twice = charge(once, { ...owed, executionId: "r3", reason: "killed" }, "now");
        assert.equal(twice?.killed?.length, 2);
        assert.equal(charge(twice, { ...owed, executionId: "r4", reason: "killed" }, "now"), undefined);
    });
});

describe("releases that an update would cancel", () => {
    const stages = [
        { name: "Source", waiting: [] },
        { name: "SelfUpdate", executionId: "own", status: "InProgress" as const, waiting: ["r3"] },
        { name: "Deploy", executionId: "r1", status: "InProgress" as const, waiting: ["r2"] },
    ];

    it("are the older ones past SelfUpdate, also between stages, and not those before it", () => {
        const runs = [run("r5", "InProgress"), run("own", "InProgress"), run("r3", "InProgress"), run("between", "InProgress"), run("r2", "InProgress"), run("r1", "Stopping"), run("r0", "Succeeded")];
        assert.deepEqual(pastSelfUpdate("own", runs, stages).map(({ id }) => id), ["between", "r2", "r1"]);
    });
});
