import * as pulumi from "@pulumi/pulumi";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { StateMachine } from "@pulumi/aws/sfn/stateMachine";
import type { AliasAddress } from "../components/functions/aliasAddress";
import { policyDocument, trustPolicy } from "../components/functions/statements";
import { type Stage, STAGE_STEPS, stageDefinition } from "./stageDefinitions";

export interface StageMachineArgs {
    stage: Stage;
    /** Physical name, at most 80 characters of `[A-Za-z0-9-_]`. */
    machineName: string;
    accountId: string;
    /** Functions by name; those of the stage's steps are called. */
    functions: Readonly<Record<string, { readonly address: AliasAddress }>>;
    /** ARN of the policy that caps the role. @default none */
    permissionsBoundary?: pulumi.Input<string>;
}

/** The state machine of a stage, with a role that calls the functions of its steps and nothing else. */
export class StageMachine extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;

    constructor(name: string, args: StageMachineArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:StageMachine", name, {}, opts);
        const parent = this;
        const steps = [...STAGE_STEPS[args.stage]].sort();
        const aliases = pulumi.all(Object.fromEntries(steps.map((step) => [step, aliasOf(step, args.functions)])));
        const role = new Role(
            `${name}-role`,
            { name: `${args.machineName}-machine`, assumeRolePolicy: trustPolicy("states.amazonaws.com", args.accountId), permissionsBoundary: args.permissionsBoundary },
            { parent },
        );
        const policy = new RolePolicy(
            `${name}-policy`,
            {
                name: "steps",
                role: role.name,
                policy: aliases.apply((arns) => policyDocument([{ Sid: "Steps", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: Object.values(arns).sort() }])),
            },
            { parent },
        );
        const machine = new StateMachine(
            `${name}-machine`,
            {
                name: args.machineName,
                type: "STANDARD",
                roleArn: role.arn,
                definition: aliases.apply((arns) => JSON.stringify(stageDefinition(args.stage, (step) => arns[step]))),
            },
            // Step Functions looks at creation whether the role may do what the definition says.
            { parent, dependsOn: [policy] },
        );
        this.arn = machine.arn;
        this.registerOutputs({ arn: this.arn });
    }
}

function aliasOf(step: string, functions: StageMachineArgs["functions"]): pulumi.Input<string> {
    const found = functions[step];
    if (found === undefined) {
        throw new Error(`The stage's step "${step}" has no function; there are ${Object.keys(functions).sort().join(", ")}. Add the directory, or take the step out of app/stageDefinitions.ts.`);
    }
    return found.address.arn;
}
