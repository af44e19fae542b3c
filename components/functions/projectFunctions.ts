import * as pulumi from "@pulumi/pulumi";
import { FunctionModel } from "../manifest/model";
import { BucketNotifications, BucketSubscription } from "./BucketNotifications";
import { ContainerFunction, ReleaseMode } from "./ContainerFunction";
import { Place } from "./executionPolicy";
import { handleOf, ResourceHandles } from "./resources";

export interface FunctionsOptions {
    /** `<project>-<stack>`, the start of every physical name. */
    readonly prefix: string;
    readonly place: Place;
    readonly handles: ResourceHandles;
    /** Image's name → `repository@sha256:…`. */
    readonly imageUris: Readonly<Record<string, pulumi.Input<string>>>;
    readonly logRetentionDays: number;
    readonly release: ReleaseMode;
    readonly alarmTopicArn?: string;
    /** ARN of the policy that caps all roles of functions. @default none */
    readonly permissionsBoundary?: string;
}

/** All functions by name, and the notifications of every bucket that triggers some. */
export function declareFunctions(models: readonly FunctionModel[], options: FunctionsOptions): Record<string, ContainerFunction> {
    const functions = Object.fromEntries(
        models.map((model) => [
            model.name,
            new ContainerFunction(model.name, {
                model,
                functionName: physicalName(options.prefix, model),
                imageUri: options.imageUris[model.image],
                handles: options.handles,
                place: options.place,
                logRetentionDays: options.logRetentionDays,
                release: options.release,
                alarmTopicArn: options.alarmTopicArn,
                permissionsBoundary: options.permissionsBoundary,
            }),
        ]),
    );
    const subscribed = subscriptionsByBucket(models, functions);
    const listened = Object.entries(options.handles).flatMap(([name, { queueEvents }]) => (queueEvents === undefined ? [] : [name]));
    for (const bucket of [...new Set([...subscribed.keys(), ...listened])].sort()) {
        const { name, arn, queueEvents } = handleOf(bucket, options.handles);
        new BucketNotifications(bucket, { bucketName: name, bucketArn: arn, accountId: options.place.accountId, subscriptions: subscribed.get(bucket) ?? [], queueEvents });
    }
    return functions;
}

export function physicalName(prefix: string, model: FunctionModel): string {
    return `${prefix}-${model.name}`;
}

function subscriptionsByBucket(models: readonly FunctionModel[], functions: Readonly<Record<string, ContainerFunction>>): Map<string, BucketSubscription[]> {
    const byBucket = new Map<string, BucketSubscription[]>();
    for (const model of models) {
        for (const trigger of model.triggers) {
            if (trigger.kind === "bucket") {
                const subscription = { subscriber: model.name, alias: functions[model.name].address, trigger };
                byBucket.set(trigger.bucket, [...(byBucket.get(trigger.bucket) ?? []), subscription]);
            }
        }
    }
    return byBucket;
}
