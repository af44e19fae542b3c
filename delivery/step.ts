import type { Terminal } from "../automation/terminal";
import type { EnvironmentKey, Having } from "./environment";
import type { Exports } from "./exports";

/** What a step gets besides the ports that it makes itself. */
export interface StepContext<K extends EnvironmentKey = EnvironmentKey> {
    /** The checkout. */
    readonly root: string;
    readonly environment: Having<K>;
    readonly terminal: Terminal;
    /** Aborted when the build is stopped. */
    readonly signal: AbortSignal;
    /** Keeps the program alive until the engine has ended. */
    readonly shield: <Result>(work: () => Promise<Result>) => Promise<Result>;
    /** Milliseconds since 1970. */
    readonly now: () => number;
}

/** One program of the pipeline. */
export interface StepProgram<K extends EnvironmentKey = EnvironmentKey> {
    readonly name: string;
    /** One line for `--help`. */
    readonly summary: string;
    /** Values without which it does not start. */
    readonly needs: readonly K[];
    /** Variables that it always exports when it ends well. @default none */
    readonly exports?: readonly string[];
    /** @throws CommandFailure for every expected way to fail; its text is what the log of the build shows. */
    run(context: StepContext<K>): Promise<Exports>;
}

/** A step that is loaded when it is wanted. */
export interface StepEntry {
    readonly name: string;
    load(): StepProgram;
}
