import type { ProjectModel } from "../../components/manifest/model";
import type { Command, Context, LocalHandle, Providers } from "../context";
import { formatDuration, roundSeconds } from "../duration";
import { ExitCode } from "../exitCodes";
import { runDemoSteps } from "../lake/demo";
import { findLake, sampleRecords } from "../lake/lake";
import { callSmokeTests } from "../lake/smokeTests";
import { functionsOf, shortDigest } from "../results";
import { engineWidth, runStack, type StackResult } from "../stack";
import { exitCodeOf, localStack, requireValid, stackPorts, upDocument } from "../stackCommand";
import { projectName } from "../stackFiles";
import { StepLines } from "../steps";
import { formatTable } from "../table";

export const local: Command = {
    spec: {
        name: "local",
        summary: "Start the local AWS, deploy stack local to it, and process real data with it.",
        arguments: [],
        options: [
            {
                name: "providers",
                value: "KIND",
                choices: ["standin", "official"],
                description: "Pulumi providers: the stand-ins of this project (default) or the official plugins",
            },
            { name: "no-demo", description: "do not invoke anything after the deployment" },
        ],
    },
    run: async (context, { values, switches }) => {
        const { terminal, now, ports } = context;
        const since = now();
        const { settings, model } = await requireValid(context, localStack, true);
        const steps = new StepLines(terminal, now);
        try {
            const handle = await ports.startLocal({ report: steps.report, providers: providersOf(values.providers) });
            const upSince = now();
            const parallel = engineWidth(settings.maxParallelBuilds);
            const result = await runStack({ kind: "up", stack: localStack, emulated: true, parallel }, await stackPorts(context, handle));
            const up = roundSeconds((now() - upSince) / 1000);
            const seconds = (): Record<string, number> => ({ ...steps.seconds(), up, total: roundSeconds((now() - since) / 1000) });
            if (result.outcome !== "succeeded") {
                terminal.result(upDocument(localStack, result, seconds()));
                return exitCodeOf(result);
            }
            if (!switches.has("no-demo")) {
                await runDemo(context, handle, result, model, steps);
            }
            printFunctions(context, result, model);
            terminal.line(`Ready after ${formatDuration((now() - since) / 1000)} (up: ${formatDuration(up)}). Next:`);
            terminal.line("  npm run local:invoke -- NAME '{\"a\": 1}'    npm run local:logs -- NAME    npm run local:down");
            terminal.line('  eval "$(npm run -s local:env)"    then plain pulumi, aws and docker work against it');
            terminal.result(upDocument(localStack, result, seconds()));
            return ExitCode.done;
        } finally {
            steps.close();
        }
    },
};

/** The sample records through the data lake; with an application of the user's own, its smoke tests. */
async function runDemo({ root, ports, signal, shield }: Context, handle: LocalHandle, { outputs }: StackResult, model: ProjectModel, steps: StepLines): Promise<void> {
    const names = { project: projectName(root), stack: localStack };
    const aws = await ports.aws(handle.variables);
    const lake = findLake(outputs);
    if (lake === undefined || sampleRecords(root).length === 0) {
        return callSmokeTests({ ...names, model, aws, steps });
    }
    const client = await ports.lake(handle.variables);
    const options = { ...names, root, lake, aws, client, signal, python: handle.python, capture: ports.capture };
    await shield(() => runDemoSteps(options, steps));
}

function providersOf(value: string | undefined): Providers | undefined {
    return value === "official" || value === "standin" ? value : undefined;
}

function printFunctions({ terminal }: Context, { outputs }: StackResult, model: ProjectModel): void {
    const functions = functionsOf(outputs);
    const memory = new Map(model.functions.map(({ name, memorySize }) => [name, memorySize]));
    terminal.line();
    formatTable(
        [
            { title: "function", value: ({ name }) => name },
            { title: "version", value: ({ version }) => version, align: "right" },
            { title: "image", value: ({ imageUri }) => shortDigest(imageUri) },
            { title: "memory", value: ({ name }) => (memory.has(name) ? `${memory.get(name)} MB` : ""), align: "right" },
            { title: "invoke", value: ({ name }) => `npm run local:invoke -- ${name}` },
        ],
        functions,
    ).forEach((line) => terminal.line(line));
    terminal.line();
}
