import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AwsError } from "../../../../../local/endpoint/own/error";
import type { PipelineDeclaration } from "../../../../../local/endpoint/codepipeline/model/declaration";
import type { ExecutionState, SerializedState } from "../../../../../local/endpoint/codepipeline/model/state";
import { approval, Bench, BRANCH, build, condition, NAME, pipeline, REPOSITORY, source, stage } from "../fixtures";

const ENTRY = (result: "FAIL" | "SKIP"): PipelineDeclaration["stages"][number]["beforeEntry"] => ({ conditions: [condition(result, "#{Update.RESULT}", "EQ", "unchanged")] });
const FIRST = stage("Source", source());
const UPDATE = stage("SelfUpdate", build("Update", { namespace: "Update" }));

const DECLARATIONS: readonly PipelineDeclaration[] = (["SUPERSEDED", "QUEUED"] as const).flatMap((executionMode) => [
    pipeline({ executionMode, triggers: [BRANCH], stages: [FIRST, UPDATE, { ...stage("One", build("A"), build("B"), build("C", { runOrder: 2 })), beforeEntry: ENTRY("FAIL") }, stage("Two", build("D"))] }),
    pipeline({ executionMode, triggers: [BRANCH], stages: [FIRST, UPDATE, { ...stage("Approve", approval("Human", { timeoutInMinutes: 5 })), beforeEntry: ENTRY("SKIP") }, stage("Two", build("D"))] }),
    pipeline({ executionMode, stages: [FIRST, stage("Two", build("D")), UPDATE, stage("One", build("A"))] }),
]);

/** One step of a schedule: what is done, and a number that chooses what it is done to. */
const STEP = fc.record({
    what: fc.constantFrom("start", "push", "update", "succeed", "succeed", "succeed", "succeed", "fail", "stop", "abandon", "approve", "retry", "close", "open", "take", "wait"),
    which: fc.nat(30),
});
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never;

const STAGES = ["Source", "SelfUpdate", "One", "Two", "Approve"];

/** Does a step; an exception of the API is an answer like another. */
function perform(bench: Bench, { what, which }: Step): void {
    const { service } = bench;
    const executions = bench.executions();
    const pipelineExecutionId = executions[which % executions.length] ?? "";
    const stageName = STAGES[which % STAGES.length] ?? "";
    const place = { pipelineName: NAME, stageName, transitionType: which % 2 === 0 ? ("Inbound" as const) : ("Outbound" as const), reason: "closed" };
    const finish = (ok: boolean): void => {
        bench.jobs();
        const [job] = bench.held.splice(which % Math.max(bench.held.length, 1), 1);
        if (job !== undefined) {
            const outputVariables = { RESULT: which % 3 === 0 ? "restarted" : "unchanged" };
            service.completeJob(job.jobId, ok ? { ok, outputVariables, ...(job.action === "Checkout" ? { revision: { revisionId: `c${which}` } } : {}) } : { ok, code: "JobFailed", message: "x" });
        }
    };
    const steps: Readonly<Record<Step["what"], () => void>> = {
        start: () => void bench.start(`c${which}`, which % 4 === 0 ? { clientRequestToken: `t${which}` } : {}),
        push: () => void service.push({ repository: REPOSITORY, branch: "main", commit: `c${which}`, paths: [which % 2 === 0 ? "docs/x" : "app/x"] }),
        update: () => void service.updatePipeline({ pipeline: DECLARATIONS[which % DECLARATIONS.length] ?? pipeline() }),
        succeed: () => finish(true),
        fail: () => finish(false),
        stop: () => void service.stopPipelineExecution({ pipelineName: NAME, pipelineExecutionId }),
        abandon: () => void service.stopPipelineExecution({ pipelineName: NAME, pipelineExecutionId, abandon: true }),
        approve: () => {
            const token = bench.state("Approve").actionStates[0]?.latestExecution?.token ?? "none";
            service.putApprovalResult({ pipelineName: NAME, stageName: "Approve", actionName: "Human", token, result: { status: which % 3 === 0 ? "Rejected" : "Approved", summary: "" } });
        },
        retry: () => void service.retryStageExecution({ pipelineName: NAME, stageName, pipelineExecutionId, retryMode: which % 2 === 0 ? "FAILED_ACTIONS" : "ALL_ACTIONS" }),
        close: () => service.disableStageTransition(place),
        open: () => service.enableStageTransition(place),
        take: () => void bench.jobs(),
        wait: () => void (bench.time += which * 20_000),
    };
    try {
        steps[what]();
    } catch (error) {
        if (!(error instanceof AwsError) && !(error instanceof Error && error.message.startsWith("no stage"))) {
            throw error;
        }
    }
}

const TERMINAL = ["Stopped", "Succeeded", "Failed", "Superseded", "Cancelled"];

/** What must hold after every step. */
function checkState(state: SerializedState): void {
    const pipelineState = state.pipelines[NAME];
    assert.ok(pipelineState);
    const inside = new Map<string, string>();
    const waiting = new Map<string, readonly string[]>(Object.entries(pipelineState.stages).map(([name, place]) => [name, place.waiting]));
    for (const execution of pipelineState.executions) {
        const working = execution.actions.filter((action) => action.status === "InProgress");
        if (working.length > 0) {
            const [{ stage: name } = { stage: "" }] = working;
            assert.ok(working.every((action) => action.stage === name), "a run works in one stage");
            assert.equal(inside.get(name), undefined, `two runs work in stage ${name}`);
            inside.set(name, execution.id);
            assert.equal(pipelineState.stages[name]?.occupant, execution.id, "who works holds the lock");
            assert.ok(!["Succeeded", "Failed", "Superseded", "Stopped"].includes(execution.status), `a run that is ${execution.status} works`);
        }
        const rows = [...waiting].filter(([, ids]) => ids.includes(execution.id)).map(([name]) => name);
        const active = !TERMINAL.includes(execution.status);
        assert.ok(rows.length === (active && !execution.inside ? 1 : 0), `${execution.status} run ${execution.id} waits in front of ${rows.join() || "nothing"}`);
        if (active && execution.inside) {
            assert.ok(working.length > 0, "a run in a stage works: nothing hangs");
        }
    }
    for (const [name, place] of Object.entries(pipelineState.stages)) {
        if (place.occupant !== undefined) {
            assert.equal(inside.get(name), place.occupant, `the lock of stage ${name} is held by a run that does not work there`);
        }
        const numbers = place.waiting.map((id) => pipelineState.executions.find((execution) => execution.id === id)?.number ?? 0);
        assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b), "runs wait in order");
    }
}

/** What must hold between two steps. */
function checkStep(before: SerializedState, after: SerializedState, step: Step): void {
    const [old, now] = [before.pipelines[NAME], after.pipelines[NAME]];
    assert.ok(old && now);
    assert.equal(now.current - old.current, step.what === "update" ? 1 : 0, "an update raises the version by one, nothing else does");
    const byId = new Map<string, ExecutionState>(now.executions.map((execution) => [execution.id, execution]));
    for (const execution of old.executions) {
        const later = byId.get(execution.id);
        assert.ok(later, "no run is forgotten");
        assert.equal(later.version, execution.version, "a run keeps its version");
        if (TERMINAL.includes(execution.status) && step.what !== "retry") {
            assert.equal(later.status, execution.status, "what has ended has ended");
        }
        execution.actions.forEach((action, index) => {
            if (action.status !== "InProgress") {
                assert.deepEqual(later.actions[index], action, "an action that has ended does not change");
            }
        });
    }
}

const SCHEDULE = fc.record({
    cancelled: fc.constantFrom("older-runs" as const, "none" as const),
    first: fc.nat(DECLARATIONS.length - 1),
    steps: fc.array(STEP, { minLength: 1, maxLength: 60 }),
});

function begin({ cancelled, first }: { cancelled: "older-runs" | "none"; first: number }): Bench {
    const bench = new Bench({ cancelled });
    bench.create(DECLARATIONS[first]);
    return bench;
}

describe("emulated CodePipeline: any sequence of calls", () => {
    it("keeps one run in a stage, versions that only grow, ends that stay, and nothing that hangs", () => {
        fc.assert(
            fc.property(SCHEDULE, (schedule) => {
                const bench = begin(schedule);
                let before = bench.service.toJSON();
                checkState(before);
                for (const step of schedule.steps) {
                    perform(bench, step);
                    const after = bench.service.toJSON();
                    checkState(after);
                    checkStep(before, after, step);
                    before = after;
                }
            }),
            { numRuns: 400 },
        );
    });

    it("goes on from a saved state as if it had not been saved", () => {
        fc.assert(
            fc.property(SCHEDULE, fc.nat(60), (schedule, at) => {
                const [whole, cut] = [begin(schedule), begin(schedule)];
                let saved = cut;
                schedule.steps.forEach((step, index) => {
                    if (index === at % schedule.steps.length) {
                        saved = saved.reload();
                    }
                    perform(whole, step);
                    perform(saved, step);
                });
                assert.deepEqual(JSON.parse(JSON.stringify(saved.service)), JSON.parse(JSON.stringify(whole.service)));
            }),
            { numRuns: 200 },
        );
    });

    it("ends every run, when every transition is opened, every job done and every approval has expired", () => {
        fc.assert(
            fc.property(SCHEDULE, (schedule) => {
                const bench = begin(schedule);
                schedule.steps.forEach((step) => perform(bench, step));
                for (const stageName of bench.service.getPipelineState({ name: NAME }).stageStates.map((state) => state.stageName)) {
                    for (const transitionType of ["Inbound", "Outbound"] as const) {
                        bench.service.enableStageTransition({ pipelineName: NAME, stageName, transitionType });
                    }
                }
                // A transition of a stage that the current definition does not have cannot be opened any more, as on AWS.
                const places = Object.values(bench.service.toJSON().pipelines[NAME]?.stages ?? {});
                fc.pre(places.every((place) => place.inbound?.enabled !== false && place.outbound?.enabled !== false));
                for (let round = 0; round < 500 && (bench.jobs().length > 0 || bench.service.nextDeadline() !== undefined); round++) {
                    bench.time += 10 * 60_000;
                    perform(bench, { what: "succeed", which: round });
                }
                const open = bench.executions().filter((id) => !TERMINAL.includes(bench.status(id)));
                assert.deepEqual(open, []);
            }),
            { numRuns: 200 },
        );
    });

    it("costs no more with a thousand runs behind it than with ten", () => {
        const fastest = (history: number): number => {
            const bench = begin({ cancelled: "none", first: 0 });
            const one = (): void => {
                bench.start("c");
                bench.done("Checkout");
                bench.fail("Update");
            };
            for (let run = 0; run < history; run++) {
                one();
            }
            const times = Array.from({ length: 200 }, () => {
                const started = process.hrtime.bigint();
                one();
                return Number(process.hrtime.bigint() - started);
            });
            return Math.min(...times);
        };
        fastest(10);
        const ratio = fastest(1000) / fastest(10);
        assert.ok(ratio < 4, `${ratio.toFixed(1)} times`);
    });
});
