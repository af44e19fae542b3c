import { strict as assert } from "node:assert";
import { followRuns } from "../../../automation/pipeline/follow";
import type { Run } from "../../../automation/pipeline/run";
import { successorOf, supersededBy } from "../../../automation/pipeline/successor";
import { action, at, commitId, FakePipelines, run, runId, stage } from "./support";

const updating = (more: Partial<Run> = {}): Run => run("a", { stages: [stage("SelfUpdate", [action("SelfUpdate", 1, undefined)])], ...more });
const restarted = (status: Run["status"]): Run => run("a", { status, ended: at(9), stages: [stage("SelfUpdate", [action("SelfUpdate", 1, 8, { outputs: { RESULT: "restarted" } })])] });
const second = (more: Partial<Run> = {}): Run => run("b", { commit: commitId("a"), generation: 1, started: at(7), version: 2, ...more });

async function follow(client: FakePipelines, ids = [runId("a")], patience = 3): Promise<string[]> {
    const runs = await followRuns({ client, pipeline: "p", ids, signal: new AbortController().signal, onLook: () => undefined, interval: 1, patience });
    return runs.map(({ id, status }) => `${id[0]} ${status}`);
}

describe("following a run", () => {
    it("ends with the run", async () => {
        const client = new FakePipelines([[run("a")], [run("a")], [run("a", { status: "Succeeded", ended: at(3) })]]);
        assert.deepEqual([await follow(client), client.looks], [["a Succeeded"], 3]);
    });

    it("goes over to the run that a self-update started", async () => {
        const done = second({ status: "Succeeded", ended: at(20) });
        const client = new FakePipelines([[updating()], [restarted("Stopped"), second()], [restarted("Stopped"), second()], [restarted("Stopped"), done]]);
        assert.deepEqual(await follow(client), ["a Stopped", "b Succeeded"]);
    });

    it("waits for a restart that is not listed yet, and not for ever", async () => {
        const late = [restarted("Cancelled"), second({ status: "Succeeded", ended: at(20) })];
        assert.deepEqual(await follow(new FakePipelines([[restarted("Cancelled")], [restarted("Cancelled")], late])), ["a Cancelled", "b Succeeded"]);
        const never = new FakePipelines([[restarted("Cancelled")]]);
        assert.deepEqual([await follow(never), never.looks], [["a Cancelled"], 4]);
    });

    it("sees a cancelled run's build to its end, because only then it is known what it exported", async () => {
        const cancelled = updating({ status: "Cancelled", ended: at(5) });
        const client = new FakePipelines([[cancelled], [cancelled], [restarted("Cancelled"), second({ status: "Succeeded", ended: at(20) })]]);
        assert.deepEqual(await follow(client), ["a Cancelled", "b Succeeded"]);
    });

    it("does not wait for a successor of a run that was superseded, failed, or stopped by a person", async () => {
        for (const status of ["Superseded", "Failed", "Stopped"] as const) {
            const client = new FakePipelines([[run("a", { status, ended: at(4), stages: [stage("SelfUpdate", [action("SelfUpdate", 1, 3, { outputs: { RESULT: "unchanged" } })])] }), run("b", { started: at(2) })]]);
            assert.deepEqual([await follow(client), client.looks], [[`a ${status}`], 1]);
        }
    });

    it("takes a run once that it was asked to follow and that is a successor too", async () => {
        const done = second({ status: "Succeeded", ended: at(20) });
        assert.deepEqual(await follow(new FakePipelines([[done, restarted("Stopped")]]), [runId("b"), runId("a")]), ["b Succeeded", "a Stopped"]);
    });

    it("gives a run that is not listed yet the time to appear", async () => {
        assert.deepEqual(await follow(new FakePipelines([[], [], [run("a", { status: "Failed", ended: at(1) })]])), ["a Failed"]);
    });

    it("ends at once when the signal is aborted, with what was seen", async () => {
        const controller = new AbortController();
        const runs = await followRuns({ client: new FakePipelines([[run("a")]]), pipeline: "p", ids: [runId("a")], signal: controller.signal, onLook: () => controller.abort(), interval: 60_000 });
        assert.deepEqual(runs.map(({ status }) => status), ["InProgress"]);
    });
});

describe("the run that goes on", () => {
    it("is the restart of the same commit, else the newest later one, and never an earlier one", () => {
        const old = restarted("Stopped");
        const same = second();
        const newer = run("c", { started: at(8) });
        const before = run("d", { started: at(-5) });
        assert.equal(successorOf(old, [newer, same, old, before])?.id, same.id);
        assert.equal(successorOf(old, [newer, old, before])?.id, newer.id);
        assert.equal(successorOf(old, [old, before]), undefined);
        assert.equal(successorOf(updating(), [newer]), undefined);
    });

    it("in place of a superseded one is the next, or the one that its summary names", () => {
        const lost = run("a", { status: "Superseded" });
        const [next, newest] = [run("b", { started: at(2) }), run("c", { started: at(4) })];
        assert.equal(supersededBy(lost, [newest, next, lost])?.id, next.id);
        assert.equal(supersededBy({ ...lost, statusSummary: `Superseded by ${newest.id}` }, [newest, next, lost])?.id, newest.id);
    });
});
