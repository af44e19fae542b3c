import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import type { Execution, Ports } from "../ports";
import { newRun, type Outcome, type Run, type SelfUpdateInput, type SelfUpdateResult } from "./run";
import { owedBy } from "./reconcile";
import { TWELVE_STEPS, type SelfUpdateSteps, type Wanted } from "./steps";

/**
 * Brings the pipeline's definition to what this commit declares, and answers whether the run may go on. The numbers are
 * those of `docs/pipeline.md`. It may be killed between any two lines: whoever looks next, another run or the watchdog,
 * finds in the intent what is owed.
 * @throws CommandFailure when the run must fail: the definition is refused, does not settle, or is not to be had.
 */
export async function selfUpdate(input: SelfUpdateInput, ports: Ports, steps: SelfUpdateSteps = TWELVE_STEPS): Promise<Outcome> {
    const run = newRun(input, ports);
    await ports.lock.register(input.buildId);
    const own = await steps.identify(run); // 1
    if (own === undefined) {
        return end(run, "ended");
    }
    let wanted: Wanted | "stale";
    try {
        wanted = await bringAbout(run, own, steps); // 2 to 8
    } catch (error) {
        await takeBack(run);
        throw error;
    }
    if (wanted === "stale") {
        await takeBack(run);
        await steps.stopOwn(run, "a newer commit was applied already");
        return end(run, "stale");
    }
    if (!(await steps.hasMoved(run, own))) { // 9
        await steps.settle(run, own); // 11
        return end(run, "unchanged");
    }
    return follow(run, own, wanted, steps); // 10
}

/** Steps 2 to 8, again from the start whenever something has come in between. */
async function bringAbout(run: Run, own: Execution, steps: SelfUpdateSteps): Promise<Wanted | "stale"> {
    for (;;) {
        await steps.finishOthers(run); // 12, at the next start
        if ((await steps.look(run)).stale) { // 2
            return "stale";
        }
        if ((await steps.lockAndHealth(run)) === "again") { // 4
            continue;
        }
        const look = await steps.look(run); // 4: time has passed
        if (look.stale) {
            return "stale";
        }
        const wanted = await steps.preview(run); // 5
        if (wanted.change === undefined) {
            return wanted;
        }
        await steps.bound(run, wanted.change); // 6
        if (await steps.hold(run)) { // 3: only now is it certain that there is something to hold back
            continue;
        }
        if ((await steps.announce(run, own, wanted)) === "announced" && (await steps.apply(run, look)) === "applied") { // 7, 8
            return wanted;
        }
    }
}

/** An announcement that came to nothing, because another look led elsewhere, must not be finished by anybody. */
async function takeBack({ input, intent }: Run): Promise<void> {
    if (intent.value?.executionId === input.executionId && intent.value.phase === "applying") {
        await intent.withdraw();
    }
}

/** Step 10: the work goes on in another run, on the definition as it is now. */
async function follow(run: Run, own: Execution, wanted: Wanted, steps: SelfUpdateSteps): Promise<Outcome> {
    if (wanted.change === undefined) {
        while ((await steps.announce(run, own, wanted)) === "again") {
            await steps.finishOthers(run);
        }
    }
    const { executionId, commit, generation } = run.input;
    const { fingerprint } = wanted;
    const known = run.intent.value;
    const owed = known?.executionId !== executionId ? { executionId, commit, generation, fingerprint, reason: "moved" as const } : await owedBy(run.ports, known);
    const result = await steps.restart(run, owed);
    if (result === "spent") {
        await run.intent.mark("settled");
        throw new CommandFailure(ExitCode.failed, {
            given: `The pipeline's definition was changed again after ${commit} had caused its one restart.`,
            allowed: "One restart for each commit; what changes the definition is a commit, or a repair by hand that nothing follows.",
            next: "find out who changed it (CloudTrail: UpdatePipeline), then push a new commit.",
        });
    }
    await steps.stopOwn(run, "the definition was updated");
    await run.intent.mark("restarted");
    return end(run, result === "started" ? "restarted" : "superseded");
}

async function end({ ports }: Run, result: SelfUpdateResult): Promise<Outcome> {
    return { result, version: await ports.pipeline.currentVersion() };
}
