import type { TopicArgs, TopicState } from "@pulumi/aws/sns/topic";
import type { TopicPolicyArgs, TopicPolicyState } from "@pulumi/aws/sns/topicPolicy";
import { resourceType, type Services } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type TopicInputs = Inputs<TopicArgs, "name">;

/** Property → attribute of the API. */
const ATTRIBUTES = {
    contentBasedDeduplication: "ContentBasedDeduplication",
    deliveryPolicy: "DeliveryPolicy",
    displayName: "DisplayName",
    fifoThroughputScope: "FifoThroughputScope",
    kmsMasterKeyId: "KmsMasterKeyId",
    policy: "Policy",
    signatureVersion: "SignatureVersion",
    tracingConfig: "TracingConfig",
} as const;
type Attribute = keyof typeof ATTRIBUTES;
const NAMES = Object.keys(ATTRIBUTES) as Attribute[];

/** Attributes that only FIFO topics have. */
const FIFO_ONLY: ReadonlySet<string> = new Set(["contentBasedDeduplication", "fifoThroughputScope"]);

const FEEDBACK = ["application", "firehose", "http", "lambda", "sqs"].flatMap((kind) => [
    `${kind}FailureFeedbackRoleArn`,
    `${kind}SuccessFeedbackRoleArn`,
    `${kind}SuccessFeedbackSampleRate`,
]);

/** The id is the ARN. */
export const topic = resourceType<TopicInputs, State<TopicState>>({
    token: "aws:sns/topic:Topic",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic",
    autoName: {
        property: "name",
        maximum: 256,
        prefixProperty: "namePrefix",
        decorate: (name, inputs) => (inputs["fifoTopic"] === true && !name.endsWith(".fifo") ? `${name}.fifo` : name),
    },
    replaceOn: ["fifoTopic", "name", "namePrefix"],
    defaults: { contentBasedDeduplication: false, fifoTopic: false },
    computed: ["fifoThroughputScope", "policy", "signatureVersion", "tracingConfig"],
    unsupported: ["archivePolicy", ...FEEDBACK],
    json: ["deliveryPolicy", "policy"],
    local: ["namePrefix"],

    problems(inputs) {
        const fifo = inputs.fifoTopic === true;
        return [
            ...(fifo && !inputs.name.endsWith(".fifo") ? [{ property: "name", reason: `the name "${inputs.name}" of a FIFO topic does not end in ".fifo": add it` }] : []),
            ...NAMES.filter((property) => !fifo && FIFO_ONLY.has(property) && inputs[property] !== undefined && inputs[property] !== false).map((property) => ({
                property,
                reason: `"${property}" is for FIFO topics only: set fifoTopic, or leave it out`,
            })),
        ];
    },

    async create(inputs, { services }) {
        const Attributes = {
            ...Object.fromEntries(sentAttributes(inputs, () => true)),
            ...(inputs.fifoTopic === true ? { FifoTopic: "true" } : {}),
        };
        const { TopicArn: arn } = await (await services.sns()).createTopic({ Name: inputs.name, Attributes, Tags: tagList(inputs.tagsAll) });
        return arn ?? "";
    },

    async read(id, { services }, known) {
        const found = await attributesOf(services, id);
        if (found === undefined) {
            return undefined;
        }
        const answer = await orAbsent((await services.sns()).listTagsForResource({ ResourceArn: id }));
        const fifo = found["FifoTopic"] === "true";
        const shown = (property: Attribute): string | undefined => emptyAsAbsent(found[ATTRIBUTES[property]]);
        return {
            arn: id,
            beginningArchiveTime: found["BeginningArchiveTime"] ?? "",
            contentBasedDeduplication: shown("contentBasedDeduplication") === "true",
            deliveryPolicy: shown("deliveryPolicy"),
            displayName: shown("displayName"),
            fifoThroughputScope: fifo ? shown("fifoThroughputScope") : undefined,
            fifoTopic: fifo,
            kmsMasterKeyId: shown("kmsMasterKeyId"),
            name: id.split(":").pop(),
            owner: found["Owner"],
            // A policy may be a resource of its own: it is looked at only where the topic declares it.
            policy: known.policy === undefined ? undefined : shown("policy"),
            signatureVersion: Number(shown("signatureVersion") ?? "1"),
            tags: tagMap(answer?.Tags),
            tracingConfig: shown("tracingConfig") ?? "PassThrough",
        };
    },

    async update(id, inputs, { services }, { old, changed }) {
        const sns = await services.sns();
        const wishes = new Map(sentAttributes(inputs, (property) => changed.has(property)));
        for (const property of NAMES.filter((name) => changed.has(name) && inputs[name] === undefined && !FIFO_ONLY.has(name))) {
            wishes.set(ATTRIBUTES[property], "");
        }
        for (const [AttributeName, AttributeValue] of wishes) {
            await sns.setTopicAttributes({ TopicArn: id, AttributeName, AttributeValue });
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => sns.tagResource({ ResourceArn: id, Tags: tagList(tags) }),
            (keys) => sns.untagResource({ ResourceArn: id, TagKeys: keys }),
        );
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.sns()).deleteTopic({ TopicArn: id }));
    },
});

/** The id is the topic's ARN. A topic always has a policy: deleting this one puts the default one in its place. */
export const topicPolicy = resourceType<Inputs<TopicPolicyArgs, "policy">, State<TopicPolicyState>>({
    token: "aws:sns/topicPolicy:TopicPolicy",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/sns_topic_policy",
    replaceOn: ["arn"],
    json: ["policy"],

    async create(inputs, { services }) {
        await putPolicy(services, inputs.arn, inputs.policy);
        return inputs.arn;
    },

    async read(id, { services }) {
        const found = await attributesOf(services, id);
        const policy = emptyAsAbsent(found?.["Policy"]);
        return policy === undefined ? undefined : { arn: id, owner: found?.["Owner"], policy };
    },

    async update(id, inputs, { services }) {
        await putPolicy(services, id, inputs.policy);
    },

    async delete(id, state, { services }) {
        await orAbsent(putPolicy(services, id, defaultPolicy(id, String(state["owner"] ?? id.split(":")[4]))));
    },
});

async function putPolicy(services: Services, arn: string, policy: string): Promise<void> {
    await (await services.sns()).setTopicAttributes({ TopicArn: arn, AttributeName: "Policy", AttributeValue: policy });
}

/** What SNS gives a new topic: its account may do everything. */
function defaultPolicy(arn: string, owner: string): string {
    const actions = ["GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic", "Subscribe", "ListSubscriptionsByTopic", "Publish"];
    return JSON.stringify({
        Version: "2008-10-17",
        Id: "__default_policy_ID",
        Statement: [
            {
                Sid: "__default_statement_ID",
                Effect: "Allow",
                Principal: { AWS: "*" },
                Action: actions.map((action) => `SNS:${action}`),
                Resource: arn,
                Condition: { StringEquals: { "AWS:SourceOwner": owner } },
            },
        ],
    });
}

function sentAttributes(inputs: TopicInputs, wanted: (property: string) => boolean): [string, string][] {
    return NAMES.filter((property) => inputs[property] !== undefined && wanted(property) && (inputs.fifoTopic === true || !FIFO_ONLY.has(property))).map(
        (property) => [ATTRIBUTES[property], String(inputs[property])],
    );
}

async function attributesOf(services: Services, arn: string): Promise<Record<string, string> | undefined> {
    const found = await orAbsent((await services.sns()).getTopicAttributes({ TopicArn: arn }));
    return found === undefined ? undefined : (found.Attributes ?? {});
}
