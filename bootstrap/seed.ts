import * as pulumi from "@pulumi/pulumi";
import { Connection } from "@pulumi/aws/codeconnections/connection";
import { Policy } from "@pulumi/aws/iam/policy";
import { functionBoundaryArn, seedNames } from "../components/deliveryPipeline/names";
import { EnvironmentRoles } from "./components/EnvironmentRoles";
import { MaintenanceProject } from "./components/MaintenanceProject";
import { SeedKey } from "./components/SeedKey";
import { StateBucket } from "./components/StateBucket";
import { WatchdogRules } from "./components/WatchdogRules";
import { type MaintenanceStep, repositorySource } from "./maintenanceProjects";
import { boundaryStatements } from "./policies/boundary";
import { repairPolicies, watchdogPolicies } from "./policies/maintenance";
import { plannedScope, scopeOf, type SeedArns, type SeedPlace } from "./policies/scope";
import { MANAGED_LIMIT, policyText } from "./policies/statement";
import type { SeedSettings } from "./settings";

/** Declares everything that an account needs before its first pipeline. @returns the stack's outputs */
export function declareSeed(settings: SeedSettings, place: SeedPlace): Record<string, unknown> {
    const names = seedNames(place);
    const { accountId } = place;
    const { environments, keep } = settings;

    const secretsKey = new SeedKey("secrets", {
        alias: names.secretsKeyAlias,
        description: `${place.project}: Pulumi's state and the secrets in it`,
        accountId,
        keep,
    });
    const artifactsKey = new SeedKey("artifacts", {
        alias: names.artifactsKeyAlias,
        description: `${place.project}: artifacts and notifications of pipelines`,
        accountId,
        services: ["codestar-notifications.amazonaws.com"],
        keep,
    });
    const state = new StateBucket("state", { bucketName: names.stateBucket, keyArn: secretsKey.arn, keep });
    const connection = settings.source === "connection" ? new Connection("connection", { name: names.connection, providerType: settings.provider }) : undefined;
    const arns: pulumi.Output<SeedArns> = pulumi
        .all([artifactsKey.arn, secretsKey.arn, connection?.arn ?? ""])
        .apply(([artifactsKeyArn, secretsKeyArn, connectionArn]) => ({ artifactsKeyArn, secretsKeyArn, connectionArn }));

    const boundary = new Policy("function-boundary", {
        name: names.boundaryPolicy,
        description: "The most that the role of a function can ever do",
        policy: arns.apply((known) => policyText(names.boundaryPolicy, boundaryStatements(place, known), MANAGED_LIMIT)),
    });
    const roles = environments.map((environment) => new EnvironmentRoles(environment.stack, { environment, place, arns }));

    // CodeBuild refuses a project whose connection nobody has completed yet.
    if (settings.connected || settings.source === "codecommit") {
        declareMaintenance(settings, place, arns);
    }
    return {
        stateBucket: state.bucketName,
        secretsKeyArn: secretsKey.arn,
        artifactsKeyArn: artifactsKey.arn,
        permissionsBoundary: boundary.arn.apply((arn) => requireEqual(arn, functionBoundaryArn(place))),
        connectionArn: connection?.arn ?? "",
        connectionStatus: connection?.connectionStatus ?? "",
        roles: Object.fromEntries(environments.map(({ stack }, index) => [stack, roles[index].arns])),
    };
}

function declareMaintenance(settings: SeedSettings, place: SeedPlace, arns: pulumi.Output<SeedArns>): void {
    const names = seedNames(place);
    const { environments } = settings;
    const logGroup = (projectName: string): string => `/aws/codebuild/${projectName}`;
    const planned = environments.map((environment) => plannedScope(environment, place));
    const declare = (step: MaintenanceStep, projectName: string, description: string, policies: typeof watchdogPolicies): MaintenanceProject =>
        new MaintenanceProject(step, {
            step,
            projectName,
            description,
            place,
            source: arns.apply(({ connectionArn }) => repositorySource(settings, place.region, connectionArn)),
            branch: settings.branch,
            recordsBucket: names.stateBucket,
            backendUrl: settings.runsOn === "account" ? `s3://${names.stateBucket}?region=${place.region}` : undefined,
            managed: Object.keys(policies(logGroup(projectName), place, planned)).filter((part) => part !== "rights"),
            policies: arns.apply((known) => policies(logGroup(projectName), place, environments.map((environment) => scopeOf(environment, place, known)))),
        });
    const watchdog = declare("watchdog", names.watchdog, "Finishes restarts of pipelines that a killed build still owes", watchdogPolicies);
    declare("repair", names.repair, "Brings a pipeline up to date that can no longer do it itself; started by a person", repairPolicies);
    new WatchdogRules("watchdog-rules", {
        projectName: names.watchdog,
        projectArn: watchdog.arn,
        place,
        scopes: planned,
    });
}

/** Policies name the boundary before it exists; were it called otherwise, no role could be made. */
function requireEqual(given: string, expected: string): string {
    if (given !== expected) {
        throw new Error(`The boundary's ARN is "${given}"; the policies name "${expected}". Create it at the path "/" of this account.`);
    }
    return given;
}
