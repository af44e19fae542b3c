import type { Terminal } from "../terminal";
import { cleanLines } from "../text";
import type { PipelineClient } from "./client";
import { logCommand, logPlace } from "./logs";
import { actionTitle, type Run } from "./run";

/** Lines of a failed build's log that are shown, of how many that are read. */
const shown = 30;
const read = 100;

// CodeBuild notes every phase in the build's own log, the last ones after the error that people look for.
const phaseNote = /^\[Container\] \S+ \S+ Phase (?:complete: |context status code:\s+Message:\s*$)/;

/** Prints the end of the log of every build of the run that failed, and the command for the whole. */
export async function printFailedLogs(run: Run, client: Pick<PipelineClient, "buildLog" | "logTail">, terminal: Terminal): Promise<void> {
    for (const stage of run.stages) {
        for (const action of stage.actions.filter(({ status }) => status === "Failed")) {
            terminal.error(`${terminal.colors.red("✗")} ${terminal.colors.bold(actionTitle(stage.name, action.name))}${action.error === undefined ? "" : `: ${cleanLines(action.error).join(" ")}`}`);
            // A project may name a stream of its own, which only the build knows.
            const place = (action.externalId === undefined || action.provider !== "CodeBuild" ? undefined : await client.buildLog(action.externalId)) ?? logPlace(action);
            if (place === undefined) {
                continue;
            }
            const lines = (await client.logTail(place, read)).flatMap(cleanLines).filter((line) => !phaseNote.test(line));
            lines.slice(-shown).forEach((line) => terminal.error(`    ${line}`));
            terminal.error(`  The whole log: ${logCommand(place)}`);
        }
    }
}
