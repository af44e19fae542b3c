import { nearest } from "../components/manifest/nearest";
import { ExitCode } from "./exitCodes";

/** The three parts of an error: what was given, what is allowed, what to do next. */
export interface FailureText {
    /** What was given or what happened, with the value quoted; no closing full stop. */
    readonly given: string;
    /** What is allowed or expected; left out where the first part already says it. */
    readonly allowed?: string;
    /** One sentence: what to do. */
    readonly next: string;
}

/** An expected end of a command: its text goes to stderr without a stack trace, its code becomes the exit status. */
export class CommandFailure extends Error {
    constructor(
        readonly exitCode: ExitCode,
        readonly text: FailureText,
        options?: ErrorOptions,
    ) {
        super(formatFailure(text), options);
        this.name = "CommandFailure";
    }
}

/** Shorthand for a failure whose cause is what the caller typed. Nothing was called or changed by then. */
export function badInput(text: FailureText): CommandFailure {
    return new CommandFailure(ExitCode.badInput, text);
}

export function formatFailure({ given, allowed, next }: FailureText): string {
    return [given, allowed, `Next: ${next}`].filter((part) => part !== undefined).join("\n  ");
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(given: string, candidates: Iterable<string>): string {
    const name = nearest(given, candidates);
    return name === undefined ? "" : ` Did you mean ${JSON.stringify(name)}?`;
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}

/** The system or AWS error code (`ENOENT`, `ResourceNotFoundException`) of anything that was thrown. */
export function codeOf(error: unknown): string | undefined {
    if (typeof error !== "object" || error === null) {
        return undefined;
    }
    const { code, name } = error as { code?: unknown; name?: unknown };
    return typeof code === "string" ? code : typeof name === "string" ? name : undefined;
}
