import { quote } from "../components/manifest/problem";
import { LocalFault } from "../local/toolchain/fault";
import { SeveralFaults } from "../local/toolchain/together";
import { helpOf, helpOfAll, parseCommand } from "./cli";
import { commands } from "./commands";
import type { Context } from "./context";
import { ExitCode } from "./exitCodes";
import { badInput, CommandFailure, didYouMean, messageOf } from "./failure";
import { CheckFailure } from "./stackCommand";
import { Terminal, type TerminalOptions } from "./terminal";

export type Surroundings = Omit<Context, "terminal"> & Omit<TerminalOptions, "json" | "environment">;

/** Runs one command line and answers its exit status. Expected failures are printed, unexpected ones with their stack. */
export async function runCommandLine(argv: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
    const { stdout, stderr, ...context } = surroundings;
    const json = argv.includes("--json");
    const terminal = new Terminal({ stdout, stderr, json, environment: context.environment });
    try {
        return await dispatch(argv, { ...context, terminal });
    } catch (error) {
        return fail(error, terminal, context.signal);
    }
}

function dispatch(argv: readonly string[], context: Context): Promise<ExitCode> {
    const { terminal } = context;
    const [name, ...rest] = argv;
    if (name === undefined || name.startsWith("-")) {
        if (name === undefined || name === "--help") {
            terminal.product(helpOfAll(commands.map(({ spec }) => spec)));
            return Promise.resolve(name === undefined ? ExitCode.badInput : ExitCode.done);
        }
        throw badInput({ given: `${quote(name)} stands where a command is expected.`, next: "see --help." });
    }
    const command = commands.find(({ spec }) => spec.name === name);
    if (command === undefined) {
        const names = commands.map(({ spec }) => spec.name);
        throw badInput({ given: `There is no command ${quote(name)}.${didYouMean(name, names)}`, allowed: `Commands: ${names.join(", ")}.`, next: "see --help." });
    }
    const args = parseCommand(command.spec, rest);
    if (args.switches.has("help")) {
        terminal.product(helpOf(command.spec));
        return Promise.resolve(ExitCode.done);
    }
    return command.run(context, args);
}

function fail(error: unknown, terminal: Terminal, signal: AbortSignal): ExitCode {
    if (signal.aborted) {
        terminal.error("Interrupted.");
        terminal.result({ error: "interrupted", exitCode: ExitCode.interrupted });
        return ExitCode.interrupted;
    }
    const exitCode = error instanceof CommandFailure ? error.exitCode : ExitCode.failed;
    const expected = error instanceof CommandFailure || error instanceof LocalFault || error instanceof SeveralFaults;
    if (error instanceof CheckFailure) {
        terminal.error(error.message);
    } else {
        terminal.error(expected || !(error instanceof Error) ? `${terminal.colors.red("✗")} ${messageOf(error)}` : (error.stack ?? error.message));
    }
    terminal.result({ error: messageOf(error), exitCode, problems: error instanceof CheckFailure ? error.report.problems : undefined });
    return exitCode;
}
