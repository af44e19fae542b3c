import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { quote } from "../../components/manifest/problem";
import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { badInput, messageOf } from "../failure";
import { runDocument, waitDocument } from "../pipeline/documents";
import { missingPipeline, pipelineName, requireDelivery } from "../pipeline/prepare";
import { reportLines } from "../pipeline/report";
import { layOutTimeline } from "../pipeline/timeline";
import { drawTimeline } from "../pipeline/timelineSvg";
import { requireRunning, requireValid } from "../stackCommand";
import { projectName } from "../stackFiles";

const defaultRuns = 10;
const mostRuns = 50;

export const pipeline: Command = {
    spec: {
        name: "pipeline",
        summary: "Show what a stack's pipeline does: stages, last runs, what waits and why.",
        arguments: [{ name: "STACK", description: "a stack with a pipeline: delivery is branch or tag" }],
        options: [
            { name: "runs", value: "NUMBER", description: `how many of the last runs, 1 to ${mostRuns}; default ${defaultRuns}` },
            { name: "timeline", value: "FILE.svg", description: "draw these runs into this file" },
        ],
        notes: ['A stack with "runsOn: emulator" is looked up in the local environment, others with your own AWS and Pulumi environment.', ""],
    },
    run: async (context, { words: [stack], values }) => {
        const { root, ports, terminal, environment } = context;
        const limit = runLimit(values.runs);
        const { settings } = await requireValid(context, stack, false);
        requireDelivery(stack, settings);
        const emulated = settings.runsOn === "emulator";
        const variables = emulated ? (await requireRunning(context)).variables : {};
        const client = await ports.pipelines(variables, settings.region);
        const name = pipelineName(projectName(root), stack);
        const state = await client.state(name);
        if (state === undefined) {
            throw missingPipeline(stack, name, emulated);
        }
        const summaries = await client.runs(name, limit);
        const runs = (await Promise.all(summaries.map((summary) => client.run(name, summary, state)))).filter((run) => run !== undefined);
        const locks = await ports.lockOwners(stack, { ...environment, ...variables });
        const now = Date.now();
        reportLines({ stack, pipeline: name, state, runs, locks }, now).forEach((line) => terminal.line(line));
        if (values.timeline !== undefined) {
            writeDrawing(values.timeline, environment.INIT_CWD ?? process.cwd(), drawTimeline(layOutTimeline(name, runs, now)));
            terminal.line(`Drawn: ${values.timeline}`);
        }
        terminal.result({
            stack,
            pipeline: name,
            version: state.version,
            stages: state.stages.map((stage) => ({ name: stage.name, status: stage.status, execution: stage.run, reason: stage.reason })),
            executions: runs.map((run) => runDocument(run, now)),
            waits: state.waits.map(waitDocument),
            locks,
        });
        return ExitCode.done;
    },
};

function runLimit(given: string | undefined): number {
    const limit = given === undefined ? defaultRuns : Number(given);
    if (!Number.isInteger(limit) || limit < 1 || limit > mostRuns) {
        throw badInput({ given: `--runs is ${quote(given)}.`, allowed: `Allowed: a whole number from 1 to ${mostRuns}.`, next: "write it like --runs 10." });
    }
    return limit;
}

function writeDrawing(file: string, folder: string, text: string): void {
    try {
        writeFileSync(resolve(folder, file), text);
    } catch (error) {
        throw badInput({ given: `The drawing cannot be written to ${quote(file)}: ${messageOf(error)}`, next: "give the path of a file in a folder that exists." });
    }
}
