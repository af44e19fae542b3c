import * as pulumi from "@pulumi/pulumi";
import { rolePath, type RoleName } from "../../components/deliveryPipeline/names";
import { rolePolicies, rolesOf } from "../policies/roles";
import { type Environment, plannedScope, scopeOf, type SeedArns, type SeedPlace } from "../policies/scope";
import { roleTrust } from "../policies/trust";
import { ServiceRole } from "./ServiceRole";

export interface EnvironmentRolesArgs {
    environment: Environment;
    place: SeedPlace;
    arns: pulumi.Output<SeedArns>;
}

/** All roles of one stack's pipeline, each for one project. */
export class EnvironmentRoles extends pulumi.ComponentResource {
    /** Role → ARN. */
    readonly arns: Readonly<Record<string, pulumi.Output<string>>>;

    constructor(name: string, args: EnvironmentRolesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:bootstrap:EnvironmentRoles", name, {}, opts);
        const parent = this;
        const { environment, place, arns } = args;
        // Names and trust need nothing that only creation tells.
        const planned = plannedScope(environment, place);
        const declare = (role: RoleName): ServiceRole =>
            new ServiceRole(
                `${name}-${role}`,
                {
                    roleName: planned.names.roleName(role),
                    path: rolePath(place.project),
                    description: `${role} of the pipeline of ${environment.stack}`,
                    trust: roleTrust(role, planned),
                    managed: Object.keys(rolePolicies(role, planned)).filter((part) => part !== "rights"),
                    policies: arns.apply((known) => rolePolicies(role, scopeOf(environment, place, known))),
                },
                { parent },
            );
        this.arns = Object.fromEntries(rolesOf(environment).map((role) => [role, declare(role).arn]));
        this.registerOutputs({ arns: this.arns });
    }
}
