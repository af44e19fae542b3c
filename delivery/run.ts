import { exitCodeHelp, ExitCode } from "../automation/exitCodes";
import { badInput, CommandFailure, didYouMean, messageOf } from "../automation/failure";
import { formatDuration } from "../automation/duration";
import type { Terminal } from "../automation/terminal";
import { formatProblems, InvalidInputError, quote } from "../components/manifest/problem";
import { readEnvironment } from "./environment";
import { clearExports, writeExports } from "./exports";
import type { StepContext, StepEntry } from "./step";

export interface Surroundings extends Omit<StepContext, "environment"> {
    readonly variables: Readonly<Record<string, string | undefined>>;
    readonly steps: readonly StepEntry[];
}

/** Runs one step of the pipeline and answers its exit status. Expected failures are printed, unexpected ones with their stack. */
export async function runStep(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
    try {
        return await dispatch(argv, surroundings);
    } catch (error) {
        return fail(error, surroundings);
    }
}

async function dispatch(argv: readonly string[], { variables, steps, ...surroundings }: Surroundings): Promise<ExitCode> {
    const { terminal, root, now } = surroundings;
    const [name, ...rest] = argv;
    if (name === "--help") {
        terminal.product(help(steps));
        return ExitCode.done;
    }
    const allowed = `Steps: ${steps.map((step) => step.name).join(", ")}.`;
    if (name === undefined) {
        throw badInput({ given: "No step is named.", allowed, next: 'start it like "node delivery/start.mjs verify".' });
    }
    const entry = steps.find((one) => one.name === name);
    if (entry === undefined) {
        throw badInput({ given: `There is no step ${quote(name)}.${didYouMean(name, steps.map((one) => one.name))}`, allowed, next: "see --help." });
    }
    if (rest.length > 0) {
        throw badInput({ given: `The step ${name} is given ${quote(rest[0])}.`, allowed: "Steps take no arguments; the environment tells them everything.", next: "see --help." });
    }
    const step = entry.load();
    const { environment, problems } = readEnvironment(variables, step.needs);
    if (environment === undefined) {
        throw new CommandFailure(ExitCode.badInput, { given: formatProblems(problems), next: "correct these and start the step again." });
    }
    const since = now();
    await clearExports(root);
    const exports = await step.run({ ...surroundings, environment });
    const forgotten = (step.exports ?? []).filter((variable) => exports[variable] === undefined);
    if (forgotten.length > 0) {
        throw new Error(`The step ${name} ended without a value for ${forgotten.join(", ")}.`);
    }
    await writeExports(root, exports);
    for (const variable of Object.keys(exports).sort()) {
        terminal.line(`  ${variable}=${exports[variable]}`);
    }
    terminal.line(`${name} ended well  ${formatDuration((now() - since) / 1000)}`);
    return ExitCode.done;
}

function help(steps: readonly StepEntry[]): string {
    const width = Math.max(...steps.map(({ name }) => name.length));
    const rows = steps.map(({ name, load }) => `  ${name.padEnd(width)}  ${load().summary}`);
    return ["Usage: node delivery/start.mjs STEP", "", "Steps of the pipeline; the environment of the build tells them everything else:", ...rows, "", exitCodeHelp].join("\n");
}

function fail(error: unknown, { terminal, signal }: { readonly terminal: Terminal; readonly signal: AbortSignal }): ExitCode {
    if (signal.aborted) {
        terminal.error("Interrupted.");
        return ExitCode.interrupted;
    }
    if (error instanceof InvalidInputError) {
        terminal.error(error.message);
        return ExitCode.badInput;
    }
    const expected = error instanceof CommandFailure || !(error instanceof Error);
    terminal.error(expected ? `${terminal.colors.red("✗")} ${messageOf(error)}` : (error.stack ?? error.message));
    return error instanceof CommandFailure ? error.exitCode : ExitCode.failed;
}
