import { count, cut } from "../../automation/text";
import { logOf, settingsOf, stateOf } from "../edge/wire";
import type { Exports } from "../exports";
import type { DeliveryChange, Log, StatePort } from "../ports";
import { guardKernel } from "../selfUpdate/kernel";
import { formatChanges } from "../selfUpdate/propertyDiff";
import type { StepProgram } from "../step";

/** Characters of what an approver is shown (CodePipeline limits a resolved variable to 1,000; a screen to fewer). */
export const SUMMARY_LIMIT = 600;

export const pipelinePlanStep: StepProgram<"stack" | "backendUrl" | "recordsBucket"> = {
    name: "pipeline-plan",
    summary: "Tell whether this commit would change the pipeline itself, for the person who approves that.",
    needs: ["stack", "backendUrl", "recordsBucket"],
    exports: ["CHANGED", "SUMMARY"],
    run: async (context) => {
        const permission = settingsOf(context.root, context.environment.stack).kernelPermission;
        return planPipeline({ state: stateOf(context).port, log: logOf(context), permission });
    },
};

export interface PlanPorts {
    readonly state: Pick<StatePort, "previewDelivery">;
    readonly log: Log;
    /** Fingerprint of the kernel change that this release may make. @default none */
    readonly permission?: string;
}

/** @throws CommandFailure when parts would go that only a person may give up. */
export async function planPipeline({ state, log, permission }: PlanPorts): Promise<Exports> {
    const { changes } = await state.previewDelivery();
    guardKernel(changes, permission);
    formatChanges(changes).forEach((line) => log.say(line));
    return { CHANGED: String(changes.length > 0), SUMMARY: summary(changes) };
}

function summary(changes: DeliveryChange["changes"]): string {
    if (changes.length === 0) {
        return "The pipeline stays as it is.";
    }
    return cut(`The pipeline itself changes (${count(changes.length, "resource")}): ${formatChanges(changes).join("; ")}`, SUMMARY_LIMIT);
}
