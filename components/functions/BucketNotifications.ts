import * as pulumi from "@pulumi/pulumi";
import { Permission } from "@pulumi/aws/lambda/permission";
import { BucketNotification } from "@pulumi/aws/s3/bucketNotification";
import { BucketTrigger } from "../manifest/model";
import { AliasAddress } from "./aliasAddress";
import type { QueueEvents } from "./resources";

/** A function that a bucket calls, with what it waits for. */
export interface BucketSubscription {
    /** Function's name in the project. */
    readonly subscriber: string;
    readonly alias: AliasAddress;
    readonly trigger: BucketTrigger;
}

export interface BucketNotificationsArgs {
    bucketName: pulumi.Input<string>;
    bucketArn: pulumi.Input<string>;
    /** Account that owns the bucket: a deleted bucket's name may come to belong to somebody else. */
    accountId: string;
    /** Plain, because it decides which resources exist; sorted by subscriber. */
    subscriptions: readonly BucketSubscription[];
    /** @default none */
    queueEvents?: readonly QueueEvents[];
}

const EVENTS: Readonly<Record<BucketTrigger["events"][number], string>> = {
    created: "s3:ObjectCreated:*",
    removed: "s3:ObjectRemoved:*",
};

/**
 * All notifications of one bucket. S3 knows one configuration per bucket, so two resources that each wrote their own
 * would take turns in overwriting the other's.
 */
export class BucketNotifications extends pulumi.ComponentResource {
    constructor(name: string, args: BucketNotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:functions:BucketNotifications", name, { bucketName: args.bucketName }, opts);
        const parent = this;
        const subscribers = new Map(args.subscriptions.map((subscription) => [subscription.subscriber, subscription]));
        const permissions = [...subscribers.values()].map(
            (subscription) =>
                new Permission(
                    `${name}-${subscription.subscriber}-permission`,
                    {
                        action: "lambda:InvokeFunction",
                        function: subscription.alias.functionName,
                        qualifier: subscription.alias.name,
                        principal: "s3.amazonaws.com",
                        sourceArn: args.bucketArn,
                        sourceAccount: args.accountId,
                        statementId: `bucket-${name}`,
                    },
                    { parent },
                ),
        );
        new BucketNotification(
            `${name}-notification`,
            {
                bucket: args.bucketName,
                lambdaFunctions: args.subscriptions.map(({ subscriber, alias, trigger }, index) => ({
                    id: `${subscriber}-${index}`,
                    lambdaFunctionArn: alias.arn,
                    events: trigger.events.map((event) => EVENTS[event]),
                    filterPrefix: trigger.prefix === "" ? undefined : trigger.prefix,
                    filterSuffix: trigger.suffix === "" ? undefined : trigger.suffix,
                })),
                queues: args.queueEvents?.map(({ queueArn, prefix }, index) => ({ id: `queue-${index}`, queueArn, events: [EVENTS.created], filterPrefix: prefix })),
            },
            { parent, dependsOn: permissions },
        );
        this.registerOutputs({});
    }
}
