import type { Event, FilterRule, NotificationConfigurationFilter } from "@aws-sdk/client-s3";
import type { BucketNotificationArgs, BucketNotificationState } from "@pulumi/aws/s3/bucketNotification";
import { type AwsContext, resourceType } from "../clients";
import { orAbsent } from "../errors";
import type { Inputs, State } from "./types";

type NotificationInputs = Inputs<BucketNotificationArgs>;

/** What the three kinds of target have in common. */
interface Target {
    readonly id?: string;
    readonly events: readonly string[];
    readonly filterPrefix?: string;
    readonly filterSuffix?: string;
}

/** A bucket has one notification configuration: a second resource for the same bucket would overwrite the first. */
export const bucketNotification = resourceType<NotificationInputs, State<BucketNotificationState>>({
    token: "aws:s3/bucketNotification:BucketNotification",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/s3_bucket_notification",
    replaceOn: ["bucket"],
    defaults: { eventbridge: false },
    sets: ["lambdaFunctions.events", "queues.events", "topics.events", "lambdaFunctions", "queues", "topics"],
    create: (inputs, context) => put(inputs, context),

    async read(id, { services }) {
        const found = await orAbsent((await services.s3()).getBucketNotificationConfiguration({ Bucket: id }));
        if (found === undefined) {
            return undefined;
        }
        return {
            bucket: id,
            eventbridge: found.EventBridgeConfiguration !== undefined,
            lambdaFunctions: some(found.LambdaFunctionConfigurations?.map((one) => ({ ...shown(one), lambdaFunctionArn: one.LambdaFunctionArn }))),
            queues: some(found.QueueConfigurations?.map((one) => ({ ...shown(one), queueArn: one.QueueArn ?? "" }))),
            topics: some(found.TopicConfigurations?.map((one) => ({ ...shown(one), topicArn: one.TopicArn ?? "" }))),
        };
    },

    async update(_id, inputs, context) {
        await put(inputs, context);
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.s3()).putBucketNotificationConfiguration({ Bucket: id, NotificationConfiguration: {} }));
    },
});

async function put(inputs: NotificationInputs, { services, retry }: AwsContext): Promise<string> {
    const s3 = await services.s3();
    await retry(
        () =>
            s3.putBucketNotificationConfiguration({
                Bucket: inputs.bucket,
                NotificationConfiguration: {
                    EventBridgeConfiguration: inputs.eventbridge === true ? {} : undefined,
                    LambdaFunctionConfigurations: inputs.lambdaFunctions?.map((one) => ({ ...sent(one), LambdaFunctionArn: one.lambdaFunctionArn ?? "" })),
                    QueueConfigurations: inputs.queues?.map((one) => ({ ...sent(one), QueueArn: one.queueArn })),
                    TopicConfigurations: inputs.topics?.map((one) => ({ ...sent(one), TopicArn: one.topicArn })),
                },
            }),
        // S3 tries the targets at once, and the permission to call them may not be known everywhere yet.
        (error) => error instanceof Error && error.message.includes("Unable to validate the following destination configurations"),
    );
    return inputs.bucket;
}

function sent(target: Target): { Id?: string; Events: Event[]; Filter?: NotificationConfigurationFilter } {
    const rules: FilterRule[] = [
        ...(target.filterPrefix === undefined || target.filterPrefix === "" ? [] : [{ Name: "prefix" as const, Value: target.filterPrefix }]),
        ...(target.filterSuffix === undefined || target.filterSuffix === "" ? [] : [{ Name: "suffix" as const, Value: target.filterSuffix }]),
    ];
    return { Id: target.id, Events: target.events as Event[], ...(rules.length === 0 ? {} : { Filter: { Key: { FilterRules: rules } } }) };
}

function shown(configuration: { Id?: string; Events?: string[]; Filter?: NotificationConfigurationFilter }): Target & { events: string[] } {
    const value = (name: string): string | undefined =>
        configuration.Filter?.Key?.FilterRules?.find((rule) => rule.Name?.toLowerCase() === name)?.Value || undefined;
    return { id: configuration.Id, events: [...(configuration.Events ?? [])].sort(), filterPrefix: value("prefix"), filterSuffix: value("suffix") };
}

function some<T>(list: T[] | undefined): T[] | undefined {
    return list === undefined || list.length === 0 ? undefined : list;
}
