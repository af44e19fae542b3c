import { join } from "node:path";
import { AFTER_VARIABLE, COMMIT_OUTPUT, COMMIT_VARIABLE, MOVED, SCOPE_VARIABLE } from "../../delivery/commitOutput";
import { kindOfPath, namesIn } from "../manifest/files";
import { nameFault } from "../manifest/names";
import { InvalidInputError } from "../manifest/problem";
import type { PreviousOutputs } from "../previousOutputs";

type Environment = Readonly<Record<string, string | undefined>>;

/** How much of the stack a run of the program declares: all of it, or what a self-update may change. */
export type ProgramScope = "everything" | "delivery";

/** @throws InvalidInputError for a scope that there is not. */
export function programScope(environment: Environment): ProgramScope {
    const value = environment[SCOPE_VARIABLE] ?? "";
    if (value !== "" && value !== "delivery") {
        const rule = "is no scope of the program";
        throw new InvalidInputError([{ file: "environment", key: SCOPE_VARIABLE, value, rule, fix: "set it to delivery, or unset it for everything" }]);
    }
    return value === "" ? "everything" : "delivery";
}

/**
 * Names of the images of a checkout, by its directories alone: what is wrong with a manifest or a Dockerfile must not keep
 * the pipeline from repairing itself. A directory that no image can be named after is left to the whole program's report.
 */
export function imageNames(root: string, functionsDirectory: string, layerDirectory: string): readonly string[] {
    const functions = namesIn(join(root, functionsDirectory)).filter(
        (name) => nameFault(name) === undefined && kindOfPath(join(root, functionsDirectory, name)) === "directory",
    );
    return [layerDirectory.slice(layerDirectory.lastIndexOf("/") + 1), ...functions];
}

/**
 * The stack output that says which commit the last update brought up. A delivery names it, and the one that must be
 * the last so far; an update by hand keeps what is recorded.
 *
 * @throws InvalidInputError where another delivery came in between.
 */
export async function commitOutput(environment: Environment, previous: PreviousOutputs): Promise<Record<string, unknown>> {
    const recorded = await previous.get(COMMIT_OUTPUT);
    const after = environment[AFTER_VARIABLE];
    if (after !== undefined && after !== (recorded ?? "")) {
        throw new InvalidInputError([
            { file: "stack outputs", key: COMMIT_OUTPUT, value: recorded, rule: `${MOVED}: ${JSON.stringify(after)} was expected`, fix: "start the delivery again" },
        ]);
    }
    const named = environment[COMMIT_VARIABLE] ?? "";
    const commit = named === "" ? recorded : named;
    return commit === undefined ? {} : { [COMMIT_OUTPUT]: commit };
}
