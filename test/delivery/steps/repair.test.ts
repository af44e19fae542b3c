import assert from "node:assert/strict";
import { type DeliveryChange, type Ports, type StartRequest } from "../../../delivery/ports";
import { repair } from "../../../delivery/steps/repair";
import { Lines } from "../support/lines";

const [GOOD, BROKEN] = ["a".repeat(40), "b".repeat(40)] as [string, string];
const CHANGE = { urn: "urn:pulumi:dev::p::aws:codepipeline/pipeline:Pipeline::delivery-pipeline", type: "aws:codepipeline/pipeline:Pipeline", operation: "update" as const, protect: true, before: { a: 1 }, after: { a: 2 } };

describe("Repair", () => {
    let done: string[];
    let started: StartRequest[];
    let change: DeliveryChange;
    let applied: boolean;
    beforeEach(() => {
        done = [];
        started = [];
        change = { changes: [CHANGE], desired: [] };
        applied = false;
    });

    const ports = (): Ports => ({
        pipeline: {
            currentVersion: async () => (applied ? 6 : 5),
            definition: async () => assert.fail("what is known to be good is not written over"),
            execution: async (id) => ({ id, status: id === "e2" ? "InProgress" : "Failed", started: 0, commit: BROKEN, version: id === "e2" ? 6 : 5, generation: 0 }),
            executions: async () => [{ id: "e1", status: "Failed", started: 0, commit: BROKEN }],
            start: async (request) => {
                started.push(request);
                return "e2";
            },
            stop: async () => assert.fail("there is no run of its own to stop"),
            stages: async () => [],
            link: (id) => id,
        },
        git: { sequence: async () => 1, isAncestor: async (ancestor, commit) => ancestor === commit || ancestor === GOOD, head: async () => BROKEN, tagged: async () => [] },
        state: {
            lastApplied: async () => BROKEN,
            pendingOperations: async () => [],
            clearPendingImages: async () => undefined,
            refreshDelivery: async () => undefined,
            previewDelivery: async () => change,
            applyDelivery: async ({ commit, after }) => {
                assert.deepEqual([commit, after], [GOOD, BROKEN]);
                done.push("apply");
                applied = true;
            },
        },
        lock: { register: async () => void done.push("register"), owner: async () => undefined, buildFinished: async () => true, break: async () => undefined },
        records: {
            intent: async () => undefined,
            putIntent: async () => "1",
            restart: async () => undefined,
            putRestart: async () => undefined,
            lastKnownGood: async () => undefined,
            putLastKnownGood: async () => assert.fail("what is known to be good is not written over"),
        },
        clock: { now: () => 0, sleep: async () => undefined },
        log: new Lines(),
    });

    const run = (): Promise<void> => repair({ commit: GOOD, buildId: "p:1", follows: { kind: "branch", branch: "main" } }, ports());

    it("applies the definition of a commit that is older than what broke it, and runs the newest commit on it", async () => {
        await run();
        assert.deepEqual(done, ["register", "apply"]);
        assert.deepEqual(started.map(({ commit, generation }) => [commit, generation]), [[BROKEN, 0]]);
    });

    it("that was cut off after its update is finished by the next one", async () => {
        change = { changes: [], desired: [] };
        applied = true;
        await run();
        assert.deepEqual([done, started.map(({ commit }) => commit)], [["register"], [BROKEN]]);
    });

    it("starts with a token that CodePipeline takes, whatever the build is called", async () => {
        await repair({ commit: GOOD, buildId: `${"p".repeat(150)}:1b-2c`, follows: { kind: "branch", branch: "main" } }, ports());
        assert.match(started[0]?.clientToken ?? "", /^[A-Za-z0-9-]{1,128}$/);
    });

    it("takes the kernel away no more than a run does", async () => {
        change = { changes: [{ ...CHANGE, operation: "delete" }], desired: [] };
        await assert.rejects(run(), /remove parts of the pipeline that the run itself stands on/);
        assert.deepEqual(started, []);
    });
});
