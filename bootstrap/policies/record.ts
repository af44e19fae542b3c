import { buildBase } from "./buildBase";
import { objects, repositories, type Scope } from "./scope";
import { records } from "./state";
import { allow, type PolicyStatement } from "./statement";

/** Writes down what was delivered. Manifests are written once: the program says so with every write. */
export function recordStatements(scope: Scope): PolicyStatement[] {
    const { recordsBucket, environment } = scope;
    return [
        ...buildBase("record", scope),
        ...records(scope, []),
        allow("Releases", ["s3:GetObject", "s3:PutObject"], objects(recordsBucket, `releases/${environment.stack}/*`)),
        ...(environment.delivery === "branch" ? [allow("Images", ["ecr:DescribeImages", "ecr:DescribeRepositories"], repositories(scope))] : []),
    ];
}
