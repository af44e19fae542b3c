import { repositoryAccess } from "./buildBase";
import { buildsEnded, readPipeline, steerPipeline } from "./pipelineRuns";
import { partChanges, pipelineChanges, updateRecords } from "./selfUpdate";
import type { Scope, SeedPlace } from "./scope";
import { records } from "./state";
import { allow, type PolicyStatement, type RolePolicies } from "./statement";

/** Looks after the runs of all pipelines: finishes restarts that are owed. It changes no definition. */
export function watchdogPolicies(logGroup: string, place: SeedPlace, scopes: readonly Scope[]): RolePolicies {
    const rights = [
        ownLog(logGroup, place),
        ...scopes.flatMap((scope) => [
            ...readPipeline(scope),
            ...steerPipeline(scope),
            ...records(scope, ["intent.json", "restarts/*"]),
            ...cloneAccess(scope),
            ...buildsEnded(scope),
        ]),
    ];
    return { rights };
}

/** Does a self-update from outside, for a pipeline whose own can no longer run. Started by a person only. */
export function repairPolicies(logGroup: string, place: SeedPlace, scopes: readonly Scope[]): RolePolicies {
    return {
        rights: [ownLog(logGroup, place), ...scopes.flatMap((scope) => [...cloneAccess(scope), ...updateRecords(scope)])],
        ...Object.fromEntries(
            scopes.flatMap((scope) => [
                [scope.environment.stack, pipelineChanges(scope)],
                [`${scope.environment.stack}.parts`, partChanges(scope)],
            ]),
        ),
    };
}

/** EventBridge starts the watchdog. */
export function watchdogStartPolicies(projectArn: string): RolePolicies {
    return { rights: [allow("StartWatchdog", ["codebuild:StartBuild"], [projectArn])] };
}

/** Without a pipeline in front, CodeBuild itself asks the connection for a token. */
function cloneAccess(scope: Scope): PolicyStatement[] {
    const { environment, seed } = scope;
    const token = allow("ConnectionToken", ["codeconnections:GetConnection", "codeconnections:GetConnectionToken"], [seed.connectionArn]);
    return environment.source === "connection" ? [token] : repositoryAccess(scope);
}

function ownLog(logGroup: string, { region, accountId }: SeedPlace): PolicyStatement {
    return allow("OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [`arn:aws:logs:${region}:${accountId}:log-group:${logGroup}:*`]);
}
