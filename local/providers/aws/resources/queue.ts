import type { QueueArgs, QueueState } from "@pulumi/aws/sqs/queue";
import type { QueuePolicyArgs, QueuePolicyState } from "@pulumi/aws/sqs/queuePolicy";
import { resourceType, type Services } from "../clients";
import { isError, orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

type QueueInputs = Inputs<QueueArgs, "name">;

/** Property → attribute of the API, where every value is a text. */
const NUMBERS = {
    delaySeconds: "DelaySeconds",
    kmsDataKeyReusePeriodSeconds: "KmsDataKeyReusePeriodSeconds",
    maxMessageSize: "MaximumMessageSize",
    messageRetentionSeconds: "MessageRetentionPeriod",
    receiveWaitTimeSeconds: "ReceiveMessageWaitTimeSeconds",
    visibilityTimeoutSeconds: "VisibilityTimeout",
} as const;
const TEXTS = {
    deduplicationScope: "DeduplicationScope",
    fifoThroughputLimit: "FifoThroughputLimit",
    kmsMasterKeyId: "KmsMasterKeyId",
    policy: "Policy",
    redriveAllowPolicy: "RedriveAllowPolicy",
    redrivePolicy: "RedrivePolicy",
} as const;
const BOOLEANS = { contentBasedDeduplication: "ContentBasedDeduplication", sqsManagedSseEnabled: "SqsManagedSseEnabled" } as const;

/** Attributes that queues of only one kind have. */
const FIFO_ONLY: ReadonlySet<string> = new Set(["contentBasedDeduplication", "deduplicationScope", "fifoThroughputLimit"]);

export const queue = resourceType<QueueInputs, State<QueueState>>({
    token: "aws:sqs/queue:Queue",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sqs_queue",
    autoName: {
        property: "name",
        maximum: 80,
        prefixProperty: "namePrefix",
        decorate: (name, inputs) => (inputs["fifoQueue"] === true && !name.endsWith(".fifo") ? `${name}.fifo` : name),
    },
    replaceOn: ["fifoQueue", "name", "namePrefix"],
    defaults: {
        contentBasedDeduplication: false,
        delaySeconds: 0,
        fifoQueue: false,
        maxMessageSize: 262144,
        messageRetentionSeconds: 345600,
        receiveWaitTimeSeconds: 0,
        visibilityTimeoutSeconds: 30,
    },
    computed: ["deduplicationScope", "fifoThroughputLimit", "kmsDataKeyReusePeriodSeconds", "policy", "redriveAllowPolicy", "redrivePolicy", "sqsManagedSseEnabled"],
    json: ["policy", "redriveAllowPolicy", "redrivePolicy"],
    local: ["namePrefix"],

    problems(inputs) {
        const fifo = inputs.fifoQueue === true;
        return [
            ...(fifo && !inputs.name.endsWith(".fifo") ? [{ property: "name", reason: `the name "${inputs.name}" of a FIFO queue does not end in ".fifo": add it` }] : []),
            ...(!fifo && inputs.contentBasedDeduplication === true
                ? [{ property: "contentBasedDeduplication", reason: `"contentBasedDeduplication" is for FIFO queues only: set fifoQueue, or leave it out` }]
                : []),
        ];
    },

    async create(inputs, { services, retry }) {
        const sqs = await services.sqs();
        const Attributes = { ...attributes(inputs, () => true), ...(inputs.fifoQueue === true ? { FifoQueue: "true" } : {}) };
        const tags = inputs.tagsAll ?? {};
        const { QueueUrl: url } = await retry(
            () => sqs.createQueue({ QueueName: inputs.name, Attributes, tags: Object.keys(tags).length === 0 ? undefined : { ...tags } }),
            // A name is free again a minute after its queue was deleted.
            (error) => isError(error, "QueueDeletedRecently", "AWS.SimpleQueueService.QueueDeletedRecently"),
        );
        return url ?? "";
    },

    async read(id, { services }, known) {
        const sqs = await services.sqs();
        const found = await attributesOf(services, id);
        if (found === undefined) {
            return undefined;
        }
        const { Tags: tags } = (await orAbsent(sqs.listQueueTags({ QueueUrl: id }))) ?? {};
        const fifo = found["FifoQueue"] === "true";
        const state: Record<string, unknown> = {
            arn: found["QueueArn"],
            fifoQueue: fifo,
            name: found["QueueArn"]?.split(":").pop(),
            url: id,
            tags,
        };
        for (const [property, attribute] of Object.entries(NUMBERS)) {
            state[property] = found[attribute] === undefined ? undefined : Number(found[attribute]);
        }
        for (const [property, attribute] of Object.entries(BOOLEANS)) {
            state[property] = found[attribute] === "true";
        }
        for (const [property, attribute] of Object.entries(TEXTS)) {
            // A queue policy may be a resource of its own: the real provider looks at it only where the queue declares it.
            state[property] = property === "policy" && known.policy === undefined ? undefined : emptyAsAbsent(found[attribute]);
        }
        return state as State<QueueState>;
    },

    async update(id, inputs, { services }, { old, changed }) {
        const sqs = await services.sqs();
        const Attributes = attributes(inputs, (property) => changed.has(property));
        for (const [property, attribute] of Object.entries(TEXTS)) {
            if (changed.has(property) && inputs[property as keyof typeof TEXTS] === undefined) {
                Attributes[attribute] = "";
            }
        }
        if (Object.keys(Attributes).length > 0) {
            await sqs.setQueueAttributes({ QueueUrl: id, Attributes });
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => sqs.tagQueue({ QueueUrl: id, Tags: { ...tags } }),
            (keys) => sqs.untagQueue({ QueueUrl: id, TagKeys: keys }),
        );
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.sqs()).deleteQueue({ QueueUrl: id }));
    },
});

export const queuePolicy = resourceType<Inputs<QueuePolicyArgs, "policy">, State<QueuePolicyState>>({
    token: "aws:sqs/queuePolicy:QueuePolicy",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sqs_queue_policy",
    replaceOn: ["queueUrl"],
    json: ["policy"],

    async create(inputs, { services }) {
        await (await services.sqs()).setQueueAttributes({ QueueUrl: inputs.queueUrl, Attributes: { Policy: inputs.policy } });
        return inputs.queueUrl;
    },

    async read(id, { services }) {
        const policy = emptyAsAbsent((await attributesOf(services, id))?.["Policy"]);
        return policy === undefined ? undefined : { queueUrl: id, policy };
    },

    async update(id, inputs, { services }) {
        await (await services.sqs()).setQueueAttributes({ QueueUrl: id, Attributes: { Policy: inputs.policy } });
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.sqs()).setQueueAttributes({ QueueUrl: id, Attributes: { Policy: "" } }));
    },
});

function attributes(inputs: QueueInputs, wanted: (property: string) => boolean): Record<string, string> {
    const result: Record<string, string> = {};
    for (const [property, attribute] of Object.entries({ ...NUMBERS, ...TEXTS, ...BOOLEANS })) {
        const value = inputs[property as keyof QueueInputs];
        if (value !== undefined && wanted(property) && (inputs.fifoQueue === true || !FIFO_ONLY.has(property))) {
            result[attribute] = String(value);
        }
    }
    return result;
}

async function attributesOf(services: Services, url: string): Promise<Record<string, string> | undefined> {
    const found = await orAbsent((await services.sqs()).getQueueAttributes({ QueueUrl: url, AttributeNames: ["All"] }));
    return found === undefined ? undefined : (found.Attributes ?? {});
}
