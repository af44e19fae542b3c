import { clockOf, buildIdOf, documentsOf, gitOf, logOf, pipelineOf, recordsOf, settingsOf, stateOf } from "../edge/wire";
import { recordKeys } from "../keys";
import type { Ports } from "../ports";
import { selfUpdate } from "../selfUpdate/driver";
import type { Follows } from "../selfUpdate/run";
import type { StepContext, StepProgram } from "../step";
import type { Settings } from "../../components/settings/definitions";

type Needed = "stack" | "pipeline" | "executionId" | "commit" | "recordsBucket" | "backendUrl";

export const selfUpdateStep: StepProgram<Needed> = {
    name: "self-update",
    summary: "Bring the pipeline's own definition to what this commit declares; restart once if it changed.",
    needs: ["stack", "pipeline", "executionId", "commit", "recordsBucket", "backendUrl"],
    exports: ["RESULT", "VERSION"],
    run: async (context) => {
        const { environment, root } = context;
        const { executionId, commit, generation = "0" } = environment;
        const settings = settingsOf(root, environment.stack);
        const { result, version } = await selfUpdate(
            {
                executionId,
                commit,
                generation: Number(generation),
                buildId: buildIdOf(environment),
                follows: followsOf(settings),
                permission: settings.kernelPermission,
            },
            selfUpdatePorts(context),
        );
        return { RESULT: result, VERSION: String(version) };
    },
};

/** The real things behind a self-update, its watchdog and the repair. */
export function selfUpdatePorts(context: StepContext<"stack" | "pipeline" | "recordsBucket" | "backendUrl">): Ports {
    const { environment } = context;
    const state = stateOf(context);
    return {
        pipeline: pipelineOf(environment),
        git: gitOf(context),
        state: state.port,
        lock: state.lock,
        records: recordsOf(documentsOf(environment), recordKeys(environment.stack)),
        clock: clockOf(context),
        log: logOf(context),
    };
}

export function followsOf({ delivery, branch, tagPattern }: Pick<Settings, "delivery" | "branch" | "tagPattern">): Follows {
    return delivery === "tag" ? { kind: "tag", pattern: tagPattern } : { kind: "branch", branch };
}
