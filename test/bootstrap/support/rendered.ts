import type { RoleName } from "../../../components/deliveryPipeline/names";
import { boundaryStatements } from "../../../bootstrap/policies/boundary";
import { repairPolicies, watchdogPolicies, watchdogStartPolicies } from "../../../bootstrap/policies/maintenance";
import { rolePolicies, rolesOf } from "../../../bootstrap/policies/roles";
import { type Environment, type Scope, scopeOf, type SeedArns, type SeedPlace } from "../../../bootstrap/policies/scope";
import { mergeStatements, type PolicyStatement, type RolePolicies } from "../../../bootstrap/policies/statement";

export const ACCOUNT = "123456789012";
export const REGION = "eu-central-1";
export const PLACE: SeedPlace = { project: "container-lambdas", accountId: ACCOUNT, region: REGION };
export const ARNS: SeedArns = {
    artifactsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-1111-1111-1111-111111111111`,
    secretsKeyArn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/22222222-2222-2222-2222-222222222222`,
    connectionArn: `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/33333333-3333-3333-3333-333333333333`,
};
const common = { source: "connection", repository: "example/container-lambdas", s3Cache: false } as const;
export const DEV: Environment = { ...common, stack: "dev", delivery: "branch", removals: true };
export const PROD: Environment = { ...common, stack: "prod", delivery: "tag", releasesFrom: "dev", removals: false };

export const scope = (environment: Environment): Scope => scopeOf(environment, PLACE, ARNS);
export const role = (name: RoleName, environment: Environment): PolicyStatement[] => mergeStatements(Object.values(rolePolicies(name, scope(environment))).flat());
export const BOUNDARY = boundaryStatements(PLACE, ARNS);
export const BOUNDARY_ARN = scope(DEV).seed.boundaryArn;

/** All documents that the seed makes for two stacks, one of them also with CodeCommit and a cache in S3; owner → policies. */
export function everyRole(): Map<string, RolePolicies> {
    const variants: [string, Environment][] = [
        ["dev", DEV],
        ["prod", PROD],
        ["dev codecommit", { ...DEV, source: "codecommit", repository: "container-lambdas", s3Cache: true }],
    ];
    const scopes = [scope(DEV), scope(PROD)];
    return new Map<string, RolePolicies>([
        ...variants.flatMap(([label, environment]) => rolesOf(environment).map((name) => [`${label} ${name}`, rolePolicies(name, scope(environment))] as const)),
        ["watchdog", watchdogPolicies("/aws/codebuild/container-lambdas-watchdog", PLACE, scopes)],
        ["watchdog-events", watchdogStartPolicies(`arn:aws:codebuild:${REGION}:${ACCOUNT}:project/container-lambdas-watchdog`)],
        ["repair", repairPolicies("/aws/codebuild/container-lambdas-repair", PLACE, scopes)],
    ]);
}

/** The statements of each role together, and the boundary. */
export function everyPolicy(): Map<string, readonly PolicyStatement[]> {
    return new Map([...[...everyRole()].map(([owner, policies]) => [owner, mergeStatements(Object.values(policies).flat())] as const), ["boundary", BOUNDARY] as const]);
}
