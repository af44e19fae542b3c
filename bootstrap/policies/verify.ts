import { buildBase } from "./buildBase";
import type { Scope } from "./scope";
import { records } from "./state";
import type { PolicyStatement } from "./statement";

/** Runs the checks of a commit, and says that it did. */
export function verifyStatements(scope: Scope): PolicyStatement[] {
    return [...buildBase("verify", scope), ...records(scope, ["verified/*"])];
}
