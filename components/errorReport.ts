import { RunError } from "@pulumi/pulumi/errors";
import { MissingImageError } from "./images/imageSource";
import { InvalidInputError } from "./manifest/problem";

/** Their messages say what is wrong and what to do; where in this project it was noticed says nothing more. */
const EXPLAINED = [InvalidInputError, MissingImageError];

/**
 * Runs the program so that what ends it is shown as a person can use it: wrong input by its report alone, everything else
 * with the frames of this project, also when it happens inside an `apply`.
 */
export async function withErrorReport<T>(program: () => Promise<T>): Promise<T> {
    // Before Pulumi's own listeners, which print the error. Removed first, so that a second run adds none.
    process.removeListener("uncaughtException", dropPackageFrames).prependListener("uncaughtException", dropPackageFrames);
    process.removeListener("unhandledRejection", dropPackageFrames).prependListener("unhandledRejection", dropPackageFrames);
    try {
        return await program();
    } catch (error) {
        throw error instanceof Error && EXPLAINED.some((kind) => error instanceof kind) ? messageOnly(error) : error;
    }
}

function messageOnly(error: Error): RunError {
    const shown = new RunError(error.message);
    // Even of an error that hides its stack Pulumi formats it, see below.
    shown.stack = undefined;
    return shown;
}

/**
 * Pulumi's source maps give frames that end in `node_modules/@pulumi/output.ts`. To colour one, Node's `util.inspect` looks
 * for the end of the package's name, finds none, and begins again until the text is too long: half a minute for each error.
 */
export function dropPackageFrames(error: unknown): void {
    if (!(error instanceof Error)) {
        return;
    }
    if (typeof error.stack === "string") {
        error.stack = error.stack
            .split("\n")
            .filter((line) => !/^\s+at .*node_modules/.test(line))
            .join("\n");
    }
    dropPackageFrames(error.cause);
}
