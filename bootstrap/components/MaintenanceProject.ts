import * as pulumi from "@pulumi/pulumi";
import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup";
import { Project } from "@pulumi/aws/codebuild/project";
import { rolePath } from "../../components/deliveryPipeline/names";
import { type MaintenanceStep, maintenanceBuildspec, maintenanceVariables, type RepositorySource } from "../maintenanceProjects";
import type { RolePolicies } from "../policies/statement";
import { serviceTrust } from "../policies/trust";
import type { SeedPlace } from "../policies/scope";
import { ServiceRole } from "./ServiceRole";

export interface MaintenanceProjectArgs {
    step: MaintenanceStep;
    /** Physical name of project and role. */
    projectName: string;
    description: string;
    place: SeedPlace;
    source: pulumi.Input<RepositorySource>;
    branch: string;
    recordsBucket: string;
    /** Absent in the emulator, whose builds are told where the state is. */
    backendUrl?: string;
    /** Names of the managed policies among them. @default none */
    managed?: readonly string[];
    policies: pulumi.Output<RolePolicies>;
    /** Days that logs are kept. @default 90 */
    logRetentionDays?: number;
}

/** Minutes; a self-update that waits for somebody else's lock is the longest. */
const TIMEOUT = 60;
const IMAGE = "aws/codebuild/amazonlinux-x86_64-standard:5.0";

/** A CodeBuild project outside of all pipelines, with a role of its own: what mends a pipeline must not depend on it. */
export class MaintenanceProject extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;
    readonly projectName: pulumi.Output<string>;

    constructor(name: string, args: MaintenanceProjectArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:bootstrap:MaintenanceProject", name, { projectName: args.projectName }, opts);
        const parent = this;
        const { projectName, place, step } = args;
        const arn = `arn:aws:codebuild:${place.region}:${place.accountId}:project/${projectName}`;
        const logs = new LogGroup(`${name}-logs`, { name: `/aws/codebuild/${projectName}`, retentionInDays: args.logRetentionDays ?? 90 }, { parent });
        const role = new ServiceRole(
            `${name}-access`,
            {
                roleName: projectName,
                path: rolePath(place.project),
                description: args.description,
                trust: serviceTrust("codebuild.amazonaws.com", place.accountId, [arn]),
                managed: args.managed,
                policies: args.policies,
            },
            { parent },
        );
        const project = new Project(
            `${name}-project`,
            {
                name: projectName,
                description: args.description,
                serviceRole: role.arn,
                buildTimeout: TIMEOUT,
                source: pulumi.output(args.source).apply((source) => ({ ...source, buildspec: maintenanceBuildspec() })),
                sourceVersion: args.branch,
                artifacts: { type: "NO_ARTIFACTS" },
                // Packages of the last run, if the machine is the same: the watchdog comes every half hour.
                cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE"] },
                environment: {
                    type: "LINUX_CONTAINER",
                    computeType: "BUILD_GENERAL1_SMALL",
                    image: IMAGE,
                    environmentVariables: maintenanceVariables(step, { recordsBucket: args.recordsBucket, backendUrl: args.backendUrl }),
                },
                logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: logs.name } },
            },
            { parent },
        );
        this.arn = project.arn;
        this.projectName = project.name;
        this.registerOutputs({ arn: this.arn, projectName: this.projectName });
    }
}
