import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { buildIdOf, settingsOf } from "../edge/wire";
import { mendPendingOperations } from "../selfUpdate/health";
import { waitForLock } from "../selfUpdate/lock";
import { guardKernel } from "../selfUpdate/kernel";
import { formatChanges } from "../selfUpdate/propertyDiff";
import { restartNewest } from "../selfUpdate/restart";
import { BUDGETS, type Follows } from "../selfUpdate/run";
import type { Ports } from "../ports";
import type { StepProgram } from "../step";
import { followsOf, selfUpdatePorts } from "./selfUpdate";

export interface RepairRequest {
    /** The good commit that is checked out. */
    readonly commit: string;
    readonly buildId: string;
    readonly follows: Follows;
}

export const repairStep: StepProgram<"stack" | "pipeline" | "recordsBucket" | "backendUrl"> = {
    name: "repair",
    summary: "Bring the pipeline to what the commit that is checked out declares, from outside; then run the newest commit.",
    needs: ["stack", "pipeline", "recordsBucket", "backendUrl"],
    run: async (context) => {
        const { environment, root } = context;
        const git: typeof import("../edge/git") = require("../edge/git");
        const commit = environment.commit ?? (await git.checkedOut(root));
        const follows = followsOf(settingsOf(root, environment.stack));
        await repair({ commit, buildId: buildIdOf(environment), follows }, selfUpdatePorts(context));
        return {};
    },
};

/**
 * A self-update without a run of its own, for a pipeline whose runs do not reach SelfUpdate any more. An older commit may
 * be applied: which one is good is what the person says who starts this.
 */
export async function repair({ commit, buildId, follows }: RepairRequest, ports: Ports): Promise<void> {
    const { state, log, lock } = ports;
    await lock.register(buildId);
    await waitForLock(ports, buildId, BUDGETS.lock);
    await mendPendingOperations(ports);
    const after = await state.lastApplied();
    const { changes } = await state.previewDelivery();
    if (changes.length === 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The pipeline is what ${commit} declares already; there is nothing to repair with it.`,
            allowed: "A repair brings back an earlier definition, or applies a corrected one.",
            next: "check out the commit whose pipeline worked (delivery/STACK/last-known-good.json names it), or push a correction.",
        });
    }
    guardKernel(changes, undefined);
    log.say(["The pipeline changes:", ...formatChanges(changes).map((line) => `  ${line}`)].join("\n"));
    // What is known to be good is not written over with what is being repaired.
    await state.applyDelivery({ commit, after });
    const result = await restartNewest({ ports, follows, budgets: BUDGETS }, owedByRepair(commit, buildId));
    log.say(`Repaired with ${commit}: ${result === "started" ? "a run was started" : result === "carried" ? "a run is under way" : "start a run by hand"}.`);
}

function owedByRepair(commit: string, buildId: string): Parameters<typeof restartNewest>[1] {
    return { executionId: buildId, commit, generation: 0, fingerprint: "repair", reason: "killed" };
}
