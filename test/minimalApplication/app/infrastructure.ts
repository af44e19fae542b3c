import * as pulumi from "@pulumi/pulumi";
import type { ContainerFunction } from "../components/functions/ContainerFunction";
import type { ResourceHandle } from "../components/functions/resources";
import { RESOURCES } from "./resources";

export { RESOURCES };

export interface InfrastructureArgs {
    /** Start of every physical name: `<project>-<stack>`. */
    prefix: string;
    /** Account that owns the resources. */
    accountId: string;
    region: string;
    /** Keep data when the stack is destroyed. @default true */
    protectData?: boolean;
    /** ARN of the policy that every role must have, where the stack has a pipeline. @default none */
    permissionsBoundary?: string;
}

/** What the functions share: declare it here, and name it in `resources.ts`. */
export class Infrastructure extends pulumi.ComponentResource {
    /** By the names of `RESOURCES`; manifests use them in grants, triggers and `${name.attribute}`. */
    readonly handles: Readonly<Record<keyof typeof RESOURCES, ResourceHandle>> = {};
    /** What the stack's outputs say of the application. */
    readonly outputs: Readonly<Record<string, unknown>> = {};

    constructor(name: string, _args: InfrastructureArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:Infrastructure", name, {}, opts);
        this.registerOutputs(this.outputs);
    }

    /** Called with all functions once they are declared, for what calls them beyond their own triggers. */
    connect(_functions: Readonly<Record<string, ContainerFunction>>): void {}
}
