import * as pulumi from "@pulumi/pulumi";
import { Queue } from "@pulumi/aws/sqs/queue";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy";
import { encryptedTransport, resourcePolicy } from "../components/resourcePolicy";

export interface WorkQueueArgs {
    /** Physical name, at most 76 characters; its dead-letter queue has `-dlq` behind it. */
    queueName: string;
    /** Seconds, 0 to 43,200; six times the time-out of the slowest consumer, as SQS asks of queues that feed Lambda. */
    visibilityTimeout: number;
    /** Bucket of the account whose events may be sent here. @default none */
    events?: { readonly bucketArn: pulumi.Input<string>; readonly accountId: string };
}

const MAX_RECEIVES = 3;
/** Seconds: SQS's maximum, 14 days. */
const DEAD_LETTER_RETENTION = 1_209_600;

/** A queue and its dead-letter queue: encrypted, reachable by TLS only. */
export class WorkQueue extends pulumi.ComponentResource {
    readonly queue: Queue;
    readonly deadLetters: Queue;
    /** The queue's ARN, known when its policy lets the bucket in. */
    readonly readyArn: pulumi.Output<string>;

    constructor(name: string, args: WorkQueueArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:WorkQueue", name, { queueName: args.queueName }, opts);
        const parent = this;
        this.deadLetters = new Queue(
            `${name}-dead-letters`,
            { name: `${args.queueName}-dlq`, sqsManagedSseEnabled: true, messageRetentionSeconds: DEAD_LETTER_RETENTION },
            { parent },
        );
        this.queue = new Queue(
            name,
            {
                name: args.queueName,
                sqsManagedSseEnabled: true,
                visibilityTimeoutSeconds: args.visibilityTimeout,
                redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.deadLetters.arn, maxReceiveCount: MAX_RECEIVES }),
            },
            { parent },
        );
        const policy = new QueuePolicy(`${name}-policy`, { queueUrl: this.queue.url, policy: queuePolicy(this.queue.arn, args.events) }, { parent });
        new QueuePolicy(`${name}-dead-letters-policy`, { queueUrl: this.deadLetters.url, policy: queuePolicy(this.deadLetters.arn) }, { parent });
        this.readyArn = pulumi.all([this.queue.arn, policy.id]).apply(([arn]) => arn);
        this.registerOutputs({ url: this.queue.url, deadLettersUrl: this.deadLetters.url });
    }
}

function queuePolicy(arn: pulumi.Input<string>, events?: WorkQueueArgs["events"]): pulumi.Output<string> {
    return pulumi.all([arn, events?.bucketArn]).apply(([queueArn, bucketArn]) =>
        resourcePolicy([
            encryptedTransport("sqs", [queueArn]),
            ...(events === undefined || bucketArn === undefined
                ? []
                : [
                      {
                          Sid: "BucketEvents",
                          Effect: "Allow" as const,
                          Principal: { Service: "s3.amazonaws.com" },
                          Action: "sqs:SendMessage",
                          Resource: [queueArn],
                          Condition: { ArnEquals: { "aws:SourceArn": bucketArn }, StringEquals: { "aws:SourceAccount": events.accountId } },
                      },
                  ]),
        ]),
    );
}
