import assert from "node:assert/strict";
import { CommandFailure } from "../../automation/failure";
import { ConflictError, LimitError, NotPropagatedError, NotStoppableError } from "../../delivery/ports";
import { CHANGES_DEFINITION, CHANGES_NOTHING, Scene, type Disturbance } from "./scene";

/** Rejects with a failure that says all of this. */
async function failsWith(work: Promise<unknown>, ...texts: readonly string[]): Promise<void> {
    await assert.rejects(work, (error: Error) => {
        assert.ok(error instanceof CommandFailure, error.stack);
        for (const text of texts) {
            assert.ok(error.message.includes(text), `${JSON.stringify(text)} is not in:\n${error.message}`);
        }
        return true;
    });
}

/** A pipeline whose first commit was delivered, and one more push. */
async function pushed(...[first, ...rest]: ConstructorParameters<typeof Scene>): Promise<Scene> {
    const scene = new Scene(first, ...rest);
    await scene.selfUpdate();
    scene.push();
    return scene;
}

/** Does what the port does, and that a given number of times something else before. */
function failing(error: Error, times: number, what: (ports: Parameters<Disturbance>[0], before: () => void) => ReturnType<Disturbance>): Disturbance {
    let left = times;
    return (ports) =>
        what(ports, () => {
            if (left-- > 0) {
                throw error;
            }
        });
}

describe("a self-update", () => {
    it("lets a run go on when nothing about the pipeline changes", async () => {
        const scene = await pushed([CHANGES_NOTHING]);
        assert.deepEqual(await scene.selfUpdate(), { result: "unchanged", version: 1 });
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Succeeded 1"]);
        assert.equal(scene.world.records.intent, undefined);
    });

    it("applies a change once, restarts once, and the new run delivers", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        assert.deepEqual(await scene.selfUpdate(), { result: "restarted", version: 2 });
        assert.deepEqual(await scene.selfUpdate(), { result: "unchanged", version: 2 });
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Stopped 1", "c1 Succeeded 2"]);
        assert.deepEqual(scene.world.records.knownGood?.version, 1);
        assert.equal(scene.world.records.intent?.value.phase, "settled");
        assert.ok(scene.said.some((line) => line.includes('definition: "0" → "1"')));
    });

    it("does not restart for projects and rules, which the same run uses already", async () => {
        const scene = await pushed([{ change: "settings", fault: "none" }]);
        assert.deepEqual(await scene.selfUpdate(), { result: "unchanged", version: 1 });
        assert.equal(scene.world.records.intent?.value.phase, "settled");
    });

    it("follows an update that somebody else made, although its own commit changes nothing", async () => {
        const scene = await pushed([CHANGES_NOTHING]);
        scene.world.service.updatePipeline({ pipeline: scene.world.declaration("0") });
        assert.deepEqual(await scene.selfUpdate(), { result: "restarted", version: 2 });
        assert.deepEqual(await scene.selfUpdate(), { result: "unchanged", version: 2 });
    });
});

describe("how a failed self-update ends", () => {
    it("program does not compile, preview fails", async () => {
        const scene = await pushed([{ change: "none", fault: "program" }, CHANGES_DEFINITION]);
        await assert.rejects(scene.selfUpdate(), /does not compile/);
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Failed 1"]);
        assert.equal(scene.world.records.intent, undefined);
        // The next push repairs.
        scene.push();
        assert.equal((await scene.selfUpdate())?.result, "restarted");
    });

    it("definition rejected by CodePipeline (structure, limits, pass-role)", async () => {
        const scene = await pushed([{ change: "none", fault: "rejected" }]);
        await failsWith(scene.selfUpdate(), "its definition is the old one (version 1): InvalidStructureException", "repeating the update is safe");
        assert.equal(scene.world.version(), 1);
        assert.equal(scene.world.records.intent?.value.phase, "failed");
        assert.deepEqual(await scene.watchdog(), { result: "nothing" });
    });

    it("role not yet propagated on update", async () => {
        const scene = await pushed([CHANGES_DEFINITION, CHANGES_DEFINITION]);
        const twice = (times: number): Disturbance =>
            failing(new NotPropagatedError("role unknown"), times, ({ state }, before) => ({
                state: { ...state, applyDelivery: async (request) => (before(), state.applyDelivery(request)) },
            }));
        const since = scene.world.now;
        assert.equal((await scene.selfUpdate({ disturb: twice(1) }))?.result, "restarted");
        assert.equal(scene.world.now - since, 30_000);
        await scene.selfUpdate();
        scene.push();
        await failsWith(scene.selfUpdate({ disturb: twice(2) }), "role unknown");
    });

    it("killed during step 8", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        const { stack, service } = scene.world;
        const during = (buildId: string): void => {
            stack.take(buildId);
            service.updatePipeline({ pipeline: scene.world.declaration("1") });
            stack.pending = [{ urn: "urn:pulumi:dev::container-lambdas::aws:codepipeline/pipeline:Pipeline::delivery-pipeline", type: "aws:codepipeline/pipeline:Pipeline", kind: "updating" }];
        };
        assert.equal(await scene.selfUpdate({ kill: { port: "state", method: "applyDelivery", moment: { during } } }), undefined);
        assert.equal(scene.world.records.intent?.value.phase, "applying");
        assert.deepEqual(await scene.watchdog(), { result: "started" });
        // The restarted run breaks the lock of the dead build, reads back what exists, and finds nothing left to do.
        assert.deepEqual(await scene.selfUpdate(), { result: "unchanged", version: 2 });
        assert.ok(scene.said.some((line) => line.startsWith("Breaking the lock of user@build:2")));
        assert.ok(scene.said.some((line) => line.startsWith("Reading back 1 resource")));
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Failed 1", "c1 Succeeded 2"]);
    });

    for (const moment of ["before", "after"] as const) {
        it(`killed during step 8 (${moment} the update, without the watchdog: by the next run)`, async () => {
            const scene = await pushed([CHANGES_DEFINITION, CHANGES_NOTHING]);
            await scene.selfUpdate({ kill: { port: "state", method: "applyDelivery", moment } });
            scene.push();
            const next = await scene.selfUpdate();
            assert.equal(next?.result, moment === "before" ? "restarted" : "unchanged");
            assert.equal(scene.world.definitionAt(scene.world.version()), "1");
        });
    }

    it("killed between 8 and 10", async () => {
        const scene = await pushed([CHANGES_DEFINITION, CHANGES_NOTHING], { cancelled: "older-runs" });
        // The newer run waits, and the update cancels it.
        scene.push();
        await scene.selfUpdate({ kill: { port: "pipeline", method: "executions", moment: "before" } });
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Cancelled 1", "c2 Cancelled 1"]);
        assert.deepEqual(await scene.watchdog(), { result: "started" });
        assert.deepEqual(await scene.watchdog(), { result: "nothing" });
        assert.equal((await scene.selfUpdate())?.result, "unchanged");
        assert.deepEqual(scene.runs().at(-1), "c2 Succeeded 2");
    });

    it("killed between 10c and 10e", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        await scene.selfUpdate({ kill: { port: "pipeline", method: "start", moment: "after" } });
        assert.deepEqual(await scene.watchdog(), { result: "carried" });
        assert.equal((await scene.selfUpdate())?.result, "unchanged");
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Failed 1", "c1 Succeeded 2"]);
    });

    it("start refused (limit, conflict)", async () => {
        const scene = await pushed([CHANGES_DEFINITION, CHANGES_DEFINITION]);
        const refused = (error: Error, times: number): Disturbance =>
            failing(error, times, ({ pipeline }, before) => ({ pipeline: { ...pipeline, start: async (request) => (before(), pipeline.start(request)) } }));
        assert.equal((await scene.selfUpdate({ disturb: refused(new ConflictError("updating"), 3) }))?.result, "restarted");
        await scene.selfUpdate();
        scene.push();
        await assert.rejects(scene.selfUpdate({ disturb: refused(new LimitError("too many"), Infinity) }), LimitError);
        // RESULT is unset, so Verify could not start; the restart is owed.
        assert.equal(scene.runs().at(-1), "c2 Failed 2");
        assert.deepEqual(await scene.watchdog(), { result: "started" });
        assert.equal((await scene.selfUpdate())?.result, "unchanged");
        assert.equal(scene.runs().at(-1), "c2 Succeeded 3");
    });

    it("stop refused", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        const outcome = await scene.selfUpdate({
            disturb: ({ pipeline }) => ({ pipeline: { ...pipeline, stop: () => Promise.reject(new NotStoppableError("it has ended")) } }),
        });
        assert.equal(outcome?.result, "restarted");
        // Two runs: the old one is refused by the entry rule of Verify.
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Failed 1", "c1 InProgress 2"]);
    });

    for (const cancelled of ["older-runs", "none"] as const) {
        it(`newer commit arrives during the update (an update cancels ${cancelled})`, async () => {
            const scene = await pushed([CHANGES_DEFINITION, CHANGES_NOTHING], { cancelled });
            const outcome = await scene.selfUpdate({
                disturb: ({ state }) => ({
                    state: {
                        ...state,
                        applyDelivery: async (request) => {
                            scene.push();
                            await state.applyDelivery(request);
                        },
                    },
                }),
            });
            assert.deepEqual(outcome, { result: "restarted", version: 2 });
            assert.deepEqual(await scene.selfUpdates(), cancelled === "none" ? ["superseded", "unchanged"] : ["unchanged"]);
            assert.equal(scene.runs().at(-1), "c2 Succeeded 2");
        });
    }

    it("older run reaches SelfUpdate or Deploy later", async () => {
        const scene = await pushed([CHANGES_DEFINITION, CHANGES_DEFINITION]);
        await scene.selfUpdate();
        await scene.selfUpdate();
        scene.push();
        await scene.selfUpdate();
        await scene.selfUpdate();
        scene.world.service.startPipelineExecution({ name: "container-lambdas-dev", sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "c1" }] });
        scene.advance();
        assert.deepEqual(await scene.selfUpdate(), { result: "stale", version: 3 });
        assert.equal(scene.runs().at(-1), "c1 Stopped 3");
        assert.equal(scene.world.definitionAt(3), "2");
    });

    it("unstable definition", async () => {
        const scene = await pushed([{ change: "none", fault: "unstable" }]);
        assert.equal((await scene.selfUpdate())?.result, "restarted");
        await failsWith(scene.selfUpdate(), "does not settle", 'definition: "1~2" → "1~3"', "One restart for each commit.");
        assert.deepEqual(scene.runs(), ["c0 Succeeded 1", "c1 Stopped 1", "c1 Failed 2"]);
        // A person who starts it again gets the same answer at once: the record outlives the variable.
        scene.world.service.startPipelineExecution({ name: "container-lambdas-dev" });
        scene.advance();
        await failsWith(scene.selfUpdate(), "does not settle");
        assert.equal(scene.world.version(), 2);
    });

    it("new definition valid but broken before SelfUpdate (connection, artifact bucket, source action)", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        scene.sourceBroken = true;
        await scene.selfUpdate();
        await standsStill(scene, "? Failed 2");
    });

    it("new self-update project broken (image, buildspec)", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        await scene.selfUpdate();
        await scene.selfUpdate({ kill: { port: "lock", method: "register", moment: "before" } });
        await standsStill(scene, "c1 Failed 2");
    });

    it("watchdog itself fails", async () => {
        const scene = await pushed([CHANGES_DEFINITION]);
        await scene.selfUpdate({ kill: { port: "pipeline", method: "start", moment: "before" } });
        // It is killed as well; whoever comes next takes over from it.
        await assert.rejects(scene.watchdog({ kill: { port: "pipeline", method: "start", moment: "before" } }));
        assert.deepEqual(await scene.watchdog(), { result: "started" });
        assert.equal((await scene.selfUpdate())?.result, "unchanged");
    });
});

/** Nothing is owed, nothing goes on, and after its patience the watchdog says so. */
async function standsStill(scene: Scene, lastRun: string): Promise<void> {
    assert.equal(scene.runs().at(-1), lastRun);
    assert.deepEqual(await scene.watchdog({}, 3_600_000), { result: "nothing" });
    scene.world.now += 3_600_000;
    const { result, alarm = "" } = await scene.watchdog({}, 3_600_000);
    assert.equal(result, "nothing");
    assert.match(alarm, /^c1 is not deployed 1 h 0\d min after the last run \(Failed: e\d+\), and nothing is under way\. .*repair project/);
}
