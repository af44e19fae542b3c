import { buildBase } from "./buildBase";
import { repositories, type Scope } from "./scope";
import { openSecrets, readReleases, readState, writeRecords } from "./state";
import { allow, type PolicyStatement } from "./statement";

/** Shows what would change, of the pipeline and of the application. Writes nothing but the plan it shows, takes no lock, and reads no resource: a preview compares the program with the state. */
export function planStatements(scope: Scope): PolicyStatement[] {
    return [
        ...buildBase("plan", scope),
        ...readState(scope),
        ...openSecrets(scope),
        ...writeRecords(scope, ["plans/*"]),
        ...readReleases(scope),
        // Whether the images of a release still exist.
        allow("Images", ["ecr:DescribeImages"], repositories(scope)),
    ];
}
