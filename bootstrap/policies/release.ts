import { buildBase } from "./buildBase";
import type { Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";
import { allowUnscoped } from "./unscoped";

/** Moves traffic from one published version to another, and back. */
export function releaseStatements(scope: Scope): PolicyStatement[] {
    const { arn, prefix } = scope;
    return [
        ...buildBase("release", scope),
        allow(
            "Traffic",
            ["lambda:GetAlias", "lambda:GetFunctionConfiguration", "lambda:ListVersionsByFunction", "lambda:UpdateAlias"],
            [arn("lambda", `function:${prefix}-*`)],
        ),
        allowUnscoped("Judges", ["cloudwatch:DescribeAlarms"]),
    ];
}
