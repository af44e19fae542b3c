import * as pulumi from "@pulumi/pulumi";
import { Alias } from "@pulumi/aws/kms/alias";
import { Key } from "@pulumi/aws/kms/key";
import { keyPolicy } from "../policies/keys";

export interface SeedKeyArgs {
    /** `alias/…`: how settings and people call it. */
    alias: string;
    description: string;
    accountId: string;
    /** Services that use the key for resources of this account. @default none */
    services?: readonly string[];
    /** Keep the key, whatever becomes of the seed. @default true */
    keep?: boolean;
}

/** Days between the order to delete a key and its end: the longest that KMS allows. */
const DELETION_WINDOW = 30;

/** A key that rotates once a year, with an alias. Without it nothing that it encrypted can be read again. */
export class SeedKey extends pulumi.ComponentResource {
    readonly arn: pulumi.Output<string>;
    readonly alias: pulumi.Output<string>;

    constructor(name: string, args: SeedKeyArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:bootstrap:SeedKey", name, { alias: args.alias }, opts);
        const parent = this;
        const keep = args.keep ?? true;
        const key = new Key(
            `${name}-key`,
            {
                description: args.description,
                enableKeyRotation: true,
                deletionWindowInDays: DELETION_WINDOW,
                policy: keyPolicy(args.accountId, args.services ?? []),
            },
            { parent, protect: keep, retainOnDelete: keep },
        );
        const alias = new Alias(`${name}-alias`, { name: args.alias, targetKeyId: key.keyId }, { parent });
        this.arn = key.arn;
        this.alias = alias.name;
        this.registerOutputs({ arn: this.arn, alias: this.alias });
    }
}
