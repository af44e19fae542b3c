import { fingerprintOf } from "../../../delivery/selfUpdate/fingerprint";
import { stopRun } from "../../../delivery/selfUpdate/restart";
import { TWELVE_STEPS, type SelfUpdateSteps } from "../../../delivery/selfUpdate/steps";
import type { Property } from "./journal";
import { FULL, type Policy } from "./world";

export interface Mutant {
    readonly name: string;
    readonly policy: Policy;
    /** What fails then, among other things. */
    readonly fails: Property;
}

function mutant(name: string, fails: Property, steps: Partial<SelfUpdateSteps>, policy: Partial<Policy> = {}): Mutant {
    return { name, fails, policy: { ...FULL, ...policy, steps: { ...TWELVE_STEPS, ...steps } } };
}

const neverStale: SelfUpdateSteps["look"] = async ({ ports }) => ({ after: await ports.state.lastApplied(), stale: false });

/** Each step taken out, and a promise that is broken then. */
export const WITHOUT: readonly Mutant[] = [
    mutant("1 identify", "ended", { identify: ({ input, ports }) => ports.pipeline.execution(input.executionId) }),
    mutant("2 stale", "newest", { look: neverStale }),
    mutant("3 hold", "release", { hold: async () => false }),
    mutant("4 lock and health", "ends", { lockAndHealth: async () => "ready" }),
    mutant("4 whose lock it is", "lock", { lockAndHealth: breakAnyLock }),
    mutant("5 preview: whether anything changes", "newest", {
        preview: async (run) => {
            const wanted = await TWELVE_STEPS.preview(run);
            return { change: { changes: [], desired: [] }, ...wanted };
        },
    }),
    mutant("5 preview: the guard of the kernel", "kernel", {
        preview: async ({ ports }) => {
            const change = await ports.state.previewDelivery();
            return { fingerprint: fingerprintOf(change), ...(change.changes.length === 0 ? {} : { change }) };
        },
    }),
    mutant("6 loop bound", "newest", { bound: async () => undefined }),
    mutant("7 intent", "newest", { announce: async () => "announced" }),
    mutant("8 apply", "newest", { apply: async () => "applied" }),
    mutant("9 version", "foreign", { hasMoved: async () => false }),
    mutant("10 restart", "newest", { restart: async () => "started" }),
    mutant("11 settle", "restarts", { settle: async () => undefined }),
    // With a watchdog that comes often enough, nobody misses what the next run would finish: either is enough.
    mutant("12 finish what was left", "newest", { finishOthers: async () => undefined }, { watchdog: false }),
];

/** Policies that a simulation had rejected before any of this was written. */
export const BAD_POLICIES: readonly Mutant[] = [
    mutant("restart at the own commit, without a guard", "order", { look: neverStale, restart: restartOwn }, { deployGuard: false }),
    mutant("restart at the own commit, with a guard", "newest", { restart: restartOwn }),
    mutant("the old run is not stopped", "foreign", { stopOwn: async () => undefined }, { entryRule: false }),
    mutant("no watchdog", "newest", {}, { watchdog: false }),
];

/** As `pulumi cancel` does. */
async function breakAnyLock({ ports }: Parameters<SelfUpdateSteps["lockAndHealth"]>[0]): ReturnType<SelfUpdateSteps["lockAndHealth"]> {
    const owner = await ports.lock.owner();
    if (owner !== undefined) {
        await ports.lock.break(owner);
    }
    return "ready";
}

/** What a restart on update does that knows nothing but its own run. */
async function restartOwn({ input, ports }: Parameters<SelfUpdateSteps["restart"]>[0]): ReturnType<SelfUpdateSteps["restart"]> {
    for (let attempt = 0; attempt < 20; attempt++) {
        try {
            await ports.pipeline.start({ commit: input.commit, generation: input.generation + 1, clientToken: `${input.executionId}-own` });
            break;
        } catch {
            await ports.clock.sleep(1_000);
        }
    }
    await stopRun(ports, input.executionId, "restarted");
    return "started";
}
