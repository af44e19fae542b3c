import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure, messageOf } from "../../automation/failure";
import { formatDuration } from "../../automation/duration";
import { LockedError, MovedError, NotPropagatedError, RevisionError, type DeliveryChange, type Execution } from "../ports";
import { isOlder } from "../order";
import { fingerprintOf } from "./fingerprint";
import { mendPendingOperations } from "./health";
import { hold } from "./hold";
import { isOpen } from "./intent";
import { guardKernel } from "./kernel";
import { waitForLock } from "./lock";
import { formatChanges } from "./propertyDiff";
import { reconcile } from "./reconcile";
import { restartNewest, stopRun, type Owed, type RestartResult } from "./restart";
import type { Run } from "./run";
import { poll } from "./wait";

/** What a look at the stack found. */
export interface Look {
    /** The last applied commit that the rest is decided on. */
    readonly after: string | undefined;
    readonly stale: boolean;
}

/** What the program wants. */
export interface Wanted {
    readonly fingerprint: string;
    /** Absent when everything in scope is as the program wants it. */
    readonly change?: DeliveryChange;
}

/**
 * The steps of a self-update, each of which can be left out by putting another function in its place: that is how the
 * tests show what each is for.
 */
export interface SelfUpdateSteps {
    /** 1. The own run; undefined when it is not in progress any more. */
    identify(run: Run): Promise<Execution | undefined>;
    /** 2. Whether this commit is older than what was applied or announced. */
    look(run: Run): Promise<Look>;
    /** 3. Waits for older releases; answers whether it did. */
    hold(run: Run): Promise<boolean>;
    /** 4. Waits for the lock, breaks a dead one, and checks what a killed update has left. */
    lockAndHealth(run: Run): Promise<"ready" | "again">;
    /** 5. What would change. Refuses to remove the kernel. */
    preview(run: Run): Promise<Wanted>;
    /** 6. Refuses a definition that does not settle. */
    bound(run: Run, change: DeliveryChange): Promise<void>;
    /** 7. Keeps the old definition and says what is about to happen. */
    announce(run: Run, own: Execution, wanted: Wanted): Promise<"announced" | "again">;
    /** 8. The targeted update. */
    apply(run: Run, look: Look): Promise<"applied" | "again">;
    /** 9. Whether the definition is another one than this run was started on. */
    hasMoved(run: Run, own: Execution): Promise<boolean>;
    /** 10 a to d. A run with the newest revision on the new definition. */
    restart(run: Run, owed: Owed): Promise<RestartResult>;
    /** 10 e. Ends the own run, which waits for this build. */
    stopOwn(run: Run, reason: string): Promise<void>;
    /** 11. Nothing is owed. */
    settle(run: Run, own: Execution): Promise<void>;
    /** 12. Finishes what another run left open. */
    finishOthers(run: Run): Promise<void>;
}

export const TWELVE_STEPS: SelfUpdateSteps = {
    identify,
    look,
    hold,
    lockAndHealth,
    preview,
    bound,
    announce,
    apply,
    hasMoved,
    restart,
    stopOwn,
    settle,
    finishOthers,
};

async function identify({ input, ports }: Run): Promise<Execution | undefined> {
    const own = await ports.pipeline.execution(input.executionId);
    return own.status === "InProgress" ? own : undefined;
}

async function look({ input, ports, intent }: Run): Promise<Look> {
    const after = await ports.state.lastApplied();
    const announced = await intent.load();
    // An update that was killed may have moved the definition without a trace in the state.
    const references = [after, ...(announced === undefined || announced.phase === "failed" ? [] : [announced.commit])];
    for (const reference of references) {
        if (reference !== undefined && (await isOlder(ports.git, input.commit, reference))) {
            return { after, stale: true };
        }
    }
    return { after, stale: false };
}

async function lockAndHealth({ input, ports, budgets }: Run): Promise<"ready" | "again"> {
    await waitForLock(ports, input.buildId, budgets.lock);
    try {
        await mendPendingOperations(ports);
        return "ready";
    } catch (error) {
        if (error instanceof LockedError) {
            return "again";
        }
        throw error;
    }
}

async function preview({ input, ports }: Run): Promise<Wanted> {
    const change = await ports.state.previewDelivery();
    const fingerprint = fingerprintOf(change);
    if (change.changes.length === 0) {
        return { fingerprint };
    }
    guardKernel(change.changes, input.permission);
    ports.log.say(["The pipeline changes:", ...formatChanges(change.changes).map((line) => `  ${line}`)].join("\n"));
    return { fingerprint, change };
}

async function bound({ input, ports }: Run, change: DeliveryChange): Promise<void> {
    const moved = (await ports.records.restart(input.commit))?.moved;
    if (moved === undefined && input.generation === 0) {
        return;
    }
    throw new CommandFailure(ExitCode.failed, {
        given: [
            `The pipeline's definition does not settle: it was updated and restarted for ${input.commit}${moved === undefined ? "" : ` by ${moved.executionId}`},` +
                " and the same commit wants to change it again:",
            ...formatChanges(change.changes).map((line) => `    ${line}`),
        ].join("\n"),
        allowed:
            "One restart for each commit. The definition must depend on nothing but the sources: " +
            "no time, no random value, no path, no order of the environment.",
        next: "remove what differs and push; if somebody edited the pipeline by hand, any new commit puts it right.",
    });
}

async function announce({ input, ports, intent }: Run, own: Execution, { fingerprint, change }: Wanted): Promise<"announced" | "again"> {
    const last = await intent.load();
    if (isOpen(last) && last.executionId !== own.id) {
        return "again";
    }
    const { executionId, buildId, commit, generation } = input;
    const version = await ports.pipeline.currentVersion();
    if (change !== undefined) {
        await ports.records.putLastKnownGood({ version, commit: await ports.state.lastApplied(), definition: await ports.pipeline.definition() });
    }
    // Without a change of our own somebody else's update is what the run must follow.
    const phase = change === undefined ? "applied" : "applying";
    const versionBefore = change === undefined ? own.version : version;
    try {
        await intent.announce({ executionId, buildId, commit, generation, versionBefore, fingerprint, phase });
        return "announced";
    } catch (error) {
        if (error instanceof RevisionError) {
            return "again";
        }
        throw error;
    }
}

/** How long AWS takes at most to know a role everywhere. */
const PROPAGATION = 30_000;

async function apply({ input, ports, intent }: Run, { after }: Look): Promise<"applied" | "again"> {
    const update = (): Promise<void> => ports.state.applyDelivery({ commit: input.commit, after });
    try {
        try {
            await update();
        } catch (error) {
            if (!(error instanceof NotPropagatedError)) {
                throw error;
            }
            ports.log.say(`AWS does not know a role yet, trying again after ${formatDuration(PROPAGATION / 1000)}: ${error.message}`);
            await ports.clock.sleep(PROPAGATION);
            await update();
        }
    } catch (error) {
        if (error instanceof LockedError || error instanceof MovedError) {
            ports.log.say(`Looking again: ${error.message}`);
            return "again";
        }
        return partlyApplied(ports, intent, error);
    }
    await intent.mark("applied");
    return "applied";
}

/** An update that failed may have changed the definition before; then the restart is owed although the build could end here. */
async function partlyApplied(ports: Run["ports"], intent: Run["intent"], error: unknown): Promise<"applied"> {
    const version = await ports.pipeline.currentVersion();
    if (intent.value === undefined || version === intent.value.versionBefore) {
        await intent.withdraw();
        throw new CommandFailure(
            ExitCode.failed,
            {
                given: `The update of the pipeline failed, its definition is the old one (version ${version}): ${messageOf(error)}`,
                next: "push a correction, or retry the stage if the cause has gone; repeating the update is safe.",
            },
            { cause: error },
        );
    }
    ports.log.say(`The update failed after the definition had moved to version ${version}; the restarted run repeats the rest: ${messageOf(error)}`);
    return "applied";
}

async function hasMoved({ ports }: Run, own: Execution): Promise<boolean> {
    return (await ports.pipeline.currentVersion()) !== own.version;
}

async function restart({ input, ports, budgets }: Run, owed: Owed): Promise<RestartResult> {
    return restartNewest({ ports, follows: input.follows, budgets }, owed);
}

async function stopOwn({ input, ports }: Run, reason: string): Promise<void> {
    await stopRun(ports, input.executionId, reason);
}

async function settle({ intent }: Run, own: Execution): Promise<void> {
    const last = intent.value ?? (await intent.load());
    if (last !== undefined && (last.phase === "restarted" || last.executionId === own.id)) {
        await intent.mark("settled");
    }
}

async function finishOthers({ input, ports, budgets, intent }: Run): Promise<void> {
    const { buildId, executionId, follows } = input;
    const done = await poll(ports.clock, budgets.lock, async () => {
        if ((await intent.load())?.executionId === executionId) {
            return true;
        }
        return (await reconcile({ ports, follows, budgets, intent, buildId })) === "waiting" ? undefined : true;
    });
    if (done === undefined) {
        throw new CommandFailure(ExitCode.failed, {
            given: `Another self-update has not ended after ${formatDuration(budgets.lock / 1000)}: build ${intent.value?.buildId ?? "(unknown)"}.`,
            allowed: "One self-update at a time.",
            next: "stop that build, then retry the stage SelfUpdate.",
        });
    }
}
