import * as pulumi from "@pulumi/pulumi";
import { Queue } from "@pulumi/aws/sqs/queue";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy";
import type { ContainerFunction } from "../components/functions/ContainerFunction";
import { ResourceHandles } from "../components/functions/resources";
import { DataBucket } from "./DataBucket";
import { encryptedTransport, resourcePolicy } from "../components/resourcePolicy";
import { RESOURCES } from "./resources";

export { RESOURCES };

export interface InfrastructureArgs {
    /** Start of every physical name: `<project>-<stack>`. */
    prefix: string;
    /** Account that owns the resources; bucket names carry it, because they are unique in the whole world. */
    accountId: string;
    /** Region of the stack. */
    region: string;
    /** Keep objects and their versions when the stack is destroyed. @default true */
    protectData?: boolean;
    /** ARN of the policy that every role must have; undefined where the stack has no delivery. @default none */
    permissionsBoundary?: string;
}

/** Seconds; six times the time-out of the slowest consumer, as SQS asks of queues that feed Lambda. */
const VISIBILITY_TIMEOUT = 720;
const MAX_RECEIVES = 3;
/** Seconds: SQS's maximum, 14 days. */
const DEAD_LETTER_RETENTION = 1_209_600;

/** The test application's buckets and queues: what functions share. */
export class Infrastructure extends pulumi.ComponentResource {
    /** By the names of `RESOURCES`. */
    readonly handles: ResourceHandles & Record<keyof typeof RESOURCES, ResourceHandles[string]>;
    /** Outputs of the stack, beside those of functions and images. */
    readonly outputs: Record<string, unknown>;

    constructor(name: string, args: InfrastructureArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:Infrastructure", name, {}, opts);
        const parent = this;
        const bucket = (kind: "raw" | "stage"): DataBucket =>
            new DataBucket(
                `${name}-${kind}`,
                { bucketName: `${args.prefix}-${args.accountId}-${kind}`, protectData: args.protectData ?? true },
                { parent },
            );
        const raw = bucket("raw");
        const stage = bucket("stage");

        const deadLetters = new Queue(
            `${name}-conversions-dead-letters`,
            { name: `${args.prefix}-conversions-dlq`, sqsManagedSseEnabled: true, messageRetentionSeconds: DEAD_LETTER_RETENTION },
            { parent },
        );
        const conversions = new Queue(
            `${name}-conversions`,
            {
                name: `${args.prefix}-conversions`,
                sqsManagedSseEnabled: true,
                visibilityTimeoutSeconds: VISIBILITY_TIMEOUT,
                redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MAX_RECEIVES }),
            },
            { parent },
        );
        for (const [suffix, queue] of [["conversions", conversions], ["conversions-dead-letters", deadLetters]] as const) {
            new QueuePolicy(`${name}-${suffix}-policy`, { queueUrl: queue.url, policy: queue.arn.apply((arn) => resourcePolicy([encryptedTransport("sqs", [arn])])) }, { parent });
        }

        this.handles = {
            conversions: { kind: RESOURCES.conversions, name: conversions.name, arn: conversions.arn, url: conversions.url },
            raw: { kind: RESOURCES.raw, name: raw.bucketName, arn: raw.arn },
            stage: { kind: RESOURCES.stage, name: stage.bucketName, arn: stage.arn },
        };
        // `queues`: name → URL.
        this.outputs = { rawBucket: raw.bucketName, stageBucket: stage.bucketName, queues: { conversions: conversions.url } };
        this.registerOutputs(this.outputs);
    }

    /** Called with all functions once they are declared; nothing here calls any of them. */
    connect(_functions: Readonly<Record<string, ContainerFunction>>): void {}
}
