import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { formatDuration } from "../../automation/duration";
import type { ExecutionSummary, StageStatus } from "../ports";
import type { Run } from "./run";
import { poll } from "./wait";

/** Name of the stage that runs a self-update; see `components/deliveryPipeline/blueprint.ts`. */
const SELF_UPDATE_STAGE = "SelfUpdate";

/**
 * Step 3: where every release is meant, an update waits for older ones that are past SelfUpdate: it could cancel them.
 * @returns whether it waited, so that what was seen before may not hold any more.
 * @throws CommandFailure when they do not end within the budget.
 */
export async function hold({ input, ports, budgets }: Run): Promise<boolean> {
    if (input.follows.kind === "branch") {
        return false;
    }
    let waited = false;
    let ahead: readonly ExecutionSummary[] = [];
    const free = await poll(ports.clock, budgets.hold, async () => {
        ahead = pastSelfUpdate(input.executionId, await ports.pipeline.executions(), await ports.pipeline.stages());
        if (ahead.length === 0) {
            return true;
        }
        if (!waited) {
            ports.log.say(`Waiting for ${ahead.map(({ id }) => ports.pipeline.link(id)).join(", ")}: an update of the definition could cancel it.`);
        }
        waited = true;
        return undefined;
    });
    if (free === undefined) {
        throw new CommandFailure(ExitCode.failed, {
            given: `An older release is still under way after ${formatDuration(budgets.hold / 1000)}: ${ahead.map(({ id }) => ports.pipeline.link(id)).join(", ")}`,
            allowed: "The pipeline's definition changes only while no release is between SelfUpdate and its end.",
            next: "approve, reject or stop that release, then retry the stage SelfUpdate.",
        });
    }
    return waited;
}

/** Older runs under way that are neither in SelfUpdate nor before it. */
export function pastSelfUpdate(own: string, runs: readonly ExecutionSummary[], stages: readonly StageStatus[]): ExecutionSummary[] {
    const position = stages.findIndex(({ name }) => name === SELF_UPDATE_STAGE);
    const early = new Set(
        stages
            .slice(0, position + 1)
            .flatMap(({ executionId, status, waiting }) => [...(executionId !== undefined && isAtWork(status) ? [executionId] : []), ...waiting]),
    );
    const older = runs.slice(runs.findIndex(({ id }) => id === own) + 1);
    return older.filter(({ id, status }) => (status === "InProgress" || status === "Stopping") && !early.has(id));
}

function isAtWork(status: StageStatus["status"]): boolean {
    return status === "InProgress" || status === "Stopping";
}
