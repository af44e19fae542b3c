import * as pulumi from "@pulumi/pulumi";
import { Policy } from "@pulumi/aws/iam/policy";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import { MANAGED_LIMIT, policyText, type RolePolicies } from "../policies/statement";

export interface ServiceRoleArgs {
    /** Physical name. */
    roleName: string;
    /** `/a/b/`: tells the seed's roles and policies from those of others. */
    path: string;
    description: string;
    /** JSON of the trust policy. */
    trust: string;
    /** Names of the managed policies beside `rights`. Plain, because they decide which resources exist. @default none */
    managed?: readonly string[];
    policies: pulumi.Output<RolePolicies>;
}

/** A role with one trust and the policies of its own, which are all that it may do. */
export class ServiceRole extends pulumi.ComponentResource {
    /** Whoever uses it waits for the policies, too: a service tries the role's rights as soon as it is named. */
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: ServiceRoleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:bootstrap:ServiceRole", name, { roleName: args.roleName }, opts);
        const parent = this;
        const { roleName, path, description, policies } = args;
        const role = new Role(`${name}-role`, { name: roleName, path, description, assumeRolePolicy: args.trust }, { parent });
        const rights = new RolePolicy(
            `${name}-policy`,
            { name: "rights", role: role.name, policy: policies.apply((all) => policyText(roleName, all.rights)) },
            { parent },
        );
        const attachments = (args.managed ?? []).map((part) => {
            const policyName = `${roleName}.${part}`;
            const policy = new Policy(
                `${name}-${part}`,
                { name: policyName, path, description, policy: policies.apply((all) => policyText(policyName, all[part] ?? [], MANAGED_LIMIT)) },
                { parent },
            );
            return new RolePolicyAttachment(`${name}-${part}-attachment`, { role: role.name, policyArn: policy.arn }, { parent });
        });
        this.arn = pulumi.all([role.arn, rights.id, ...attachments.map(({ id }) => id)]).apply(([arn]) => arn);
        this.registerOutputs({ arn: this.arn });
    }
}
