import { AwsError } from "../../own/error";

/** Refuses what AWS would take and the emulator cannot run: better at once than a run that means nothing. */
export function notEmulated(what: string, instead: string): never {
    throw new AwsError("NotEmulatedException", `${what} was given, which the emulator does not run. ${instead}`);
}

export function invalidStructure(message: string): never {
    throw new AwsError("InvalidStructureException", message);
}
