import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { buildIdOf, settingsOf } from "../edge/wire";
import { watchdog } from "../selfUpdate/watchdog";
import type { StepProgram } from "../step";
import { followsOf, selfUpdatePorts } from "./selfUpdate";

export const watchdogStep: StepProgram<"stack" | "pipeline" | "recordsBucket" | "backendUrl"> = {
    name: "watchdog",
    summary: "Finish a self-update that was killed; fail when the newest commit is not delivered and nothing goes on.",
    needs: ["stack", "pipeline", "recordsBucket", "backendUrl"],
    run: async (context) => {
        const { environment, root, terminal } = context;
        const follows = followsOf(settingsOf(root, environment.stack));
        const { result, alarm } = await watchdog({ buildId: buildIdOf(environment), follows }, selfUpdatePorts(context));
        terminal.line(`watchdog: ${result}`);
        if (alarm !== undefined) {
            throw new CommandFailure(ExitCode.failed, { given: alarm, next: "see docs/recovery.md." });
        }
        return {};
    },
};
