import { createHash } from "node:crypto";
import { buildIdOf, settingsOf } from "../edge/wire";
import { mendPendingOperations } from "../selfUpdate/health";
import { waitForLock } from "../selfUpdate/lock";
import { guardKernel } from "../selfUpdate/kernel";
import { formatChanges } from "../selfUpdate/propertyDiff";
import { restartNewest, type RestartResult } from "../selfUpdate/restart";
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
        // Also the second try of a repair that was cut off after its update.
        log.say(`The pipeline is what ${commit} declares.`);
    } else {
        guardKernel(changes, undefined);
        log.say(["The pipeline changes:", ...formatChanges(changes).map((line) => `  ${line}`)].join("\n"));
        // What is known to be good is not written over with what is being repaired.
        await state.applyDelivery({ commit, after });
    }
    const result = await restartNewest({ ports, follows, budgets: BUDGETS }, owedByRepair(commit, buildId));
    log.say(`Repaired with ${commit}: ${NEXT[result]}.`);
}

const NEXT: Readonly<Record<RestartResult, string>> = {
    started: "a run of the newest commit was started",
    carried: "the newest commit has a run on this definition, whose stage can be retried if it failed",
    spent: "start a run by hand (StartPipelineExecution)",
};

function owedByRepair(commit: string, buildId: string): Parameters<typeof restartNewest>[1] {
    // A part of the token of the start, for which a build's id has the wrong characters.
    const executionId = `repair-${createHash("sha256").update(buildId).digest("hex").slice(0, 32)}`;
    return { executionId, commit, generation: 0, fingerprint: "repair", reason: "killed" };
}
