import type { DynamoDB, TableDescription } from "@aws-sdk/client-dynamodb";
import type { TableState } from "@pulumi/aws/dynamodb/table";
import { type AwsContext, resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { billing, createRequest, encryption, indexChanges, recovery, shown, streamSpecification, type TableInputs, timeToLive } from "./dynamoTableShape";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { State } from "./types";

export const dynamoTable = resourceType<TableInputs, State<TableState>>({
    token: "aws:dynamodb/table:Table",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/dynamodb_table",
    autoName: { property: "name", maximum: 255 },
    replaceOn: ["hashKey", "localSecondaryIndexes", "name", "rangeKey"],
    defaults: { billingMode: "PROVISIONED" },
    computed: ["pointInTimeRecovery", "readCapacity", "serverSideEncryption", "streamViewType", "ttl", "writeCapacity"],
    unsupported: [
        "globalTableWitness",
        "importTable",
        "onDemandThroughput",
        "replicas",
        "restoreBackupArn",
        "restoreDateTime",
        "restoreSourceName",
        "restoreSourceTableArn",
        "restoreToLatestTime",
        "warmThroughput",
    ],
    sets: [
        "attributes",
        "globalSecondaryIndexes",
        "globalSecondaryIndexes.nonKeyAttributes",
        "localSecondaryIndexes",
        "localSecondaryIndexes.nonKeyAttributes",
    ],

    problems(inputs) {
        const declared = new Set(inputs.attributes?.map(({ name }) => name));
        const indexes = [...(inputs.globalSecondaryIndexes ?? []), ...(inputs.localSecondaryIndexes ?? [])];
        const used = new Set([inputs.hashKey, inputs.rangeKey, ...indexes.flatMap((index) => ["hashKey" in index ? index.hashKey : undefined, index.rangeKey])]);
        used.delete(undefined);
        const missing = [...used].filter((name) => name !== undefined && !declared.has(name)).sort();
        const idle = [...declared].filter((name) => !used.has(name)).sort();
        return [
            ...(inputs.hashKey === undefined ? [{ property: "hashKey", reason: '"hashKey" was not given: a table needs one' }] : []),
            ...missing.map((name) => ({ property: "attributes", reason: `"${name}" is a key and is not among "attributes": add it with its type` })),
            ...idle.map((name) => ({ property: "attributes", reason: `"${name}" is among "attributes" and no key uses it: remove it` })),
            ...((inputs.globalSecondaryIndexes ?? []).some(({ keySchemas }) => keySchemas !== undefined)
                ? [{ property: "globalSecondaryIndexes", reason: '"keySchemas" is not carried out by the emulator\'s stand-in: use hashKey and rangeKey' }]
                : []),
        ];
    },

    changes: ({ changed }) => (changed.has("streamEnabled") || changed.has("streamViewType") ? ["streamArn", "streamLabel"] : []),

    async create(inputs, context) {
        const dynamodb = await context.services.dynamodb();
        await context.retry(() => dynamodb.createTable({ ...createRequest(inputs), Tags: tagList(inputs.tagsAll) }), busy);
        await active(dynamodb, inputs.name, context);
        await settings(dynamodb, inputs.name, inputs, context);
        return inputs.name;
    },

    async read(id, { services }, known) {
        const dynamodb = await services.dynamodb();
        const found = (await orAbsent(dynamodb.describeTable({ TableName: id })))?.Table;
        if (found === undefined || found.TableStatus === "DELETING") {
            return undefined;
        }
        const ttl = await orAbsent(dynamodb.describeTimeToLive({ TableName: id }));
        const backups = await orAbsent(dynamodb.describeContinuousBackups({ TableName: id }));
        const tags = await orAbsent(dynamodb.listTagsOfResource({ ResourceArn: found.TableArn }));
        return {
            ...shown(found, known),
            ttl: timeToLive(ttl?.TimeToLiveDescription),
            pointInTimeRecovery: recovery(backups?.ContinuousBackupsDescription),
            tags: tagMap(tags?.Tags),
        };
    },

    async update(id, inputs, context, { old, state, changed }) {
        const dynamodb = await context.services.dynamodb();
        const change = async (request: Omit<Parameters<DynamoDB["updateTable"]>[0], "TableName">): Promise<void> => {
            await context.retry(() => dynamodb.updateTable({ TableName: id, ...request }), busy);
            await active(dynamodb, id, context);
        };
        if (["billingMode", "readCapacity", "writeCapacity"].some((name) => changed.has(name))) {
            await change(billing(inputs));
        }
        if (changed.has("streamEnabled") || changed.has("streamViewType")) {
            if (old.streamEnabled === true) {
                await change({ StreamSpecification: { StreamEnabled: false } }); // another view needs a new stream
            }
            if (inputs.streamEnabled === true) {
                await change({ StreamSpecification: streamSpecification(inputs) });
            }
        }
        if (changed.has("globalSecondaryIndexes")) {
            for (const index of indexChanges(old, inputs)) {
                await change(index); // DynamoDB takes one index at a time
            }
        }
        if (changed.has("tableClass")) {
            await change({ TableClass: (inputs.tableClass ?? "STANDARD") as "STANDARD" });
        }
        if (changed.has("deletionProtectionEnabled")) {
            await change({ DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false });
        }
        if (changed.has("serverSideEncryption")) {
            await change({ SSESpecification: encryption(inputs) ?? { Enabled: false } });
        }
        await settings(dynamodb, id, inputs, context, old);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => dynamodb.tagResource({ ResourceArn: String(state["arn"]), Tags: tagList(tags) }),
            (TagKeys) => dynamodb.untagResource({ ResourceArn: String(state["arn"]), TagKeys }),
        );
    },

    async delete(id, _state, { services, retry, waitFor }) {
        const dynamodb = await services.dynamodb();
        await retry(() => orAbsent(dynamodb.deleteTable({ TableName: id })), busy);
        await waitFor(`table "${id}" to be deleted`, async () => ((await orAbsent(dynamodb.describeTable({ TableName: id }))) === undefined ? true : undefined));
    },
});

/** What is no part of the table's own request: expiry and backups. */
async function settings(dynamodb: DynamoDB, name: string, inputs: TableInputs, context: AwsContext, old?: TableInputs): Promise<void> {
    const ttl = inputs.ttl ?? old?.ttl;
    const enabled = inputs.ttl?.enabled ?? false;
    if (ttl?.attributeName !== undefined && (enabled !== (old?.ttl?.enabled ?? false) || ttl.attributeName !== old?.ttl?.attributeName)) {
        const AttributeName = ttl.attributeName;
        await context.retry(() => dynamodb.updateTimeToLive({ TableName: name, TimeToLiveSpecification: { AttributeName, Enabled: enabled } }), busy);
    }
    const wanted = inputs.pointInTimeRecovery;
    const had = old?.pointInTimeRecovery;
    if ((wanted?.enabled ?? false) !== (had?.enabled ?? false) || wanted?.recoveryPeriodInDays !== had?.recoveryPeriodInDays) {
        await context.retry(
            () =>
                dynamodb.updateContinuousBackups({
                    TableName: name,
                    PointInTimeRecoverySpecification: {
                        PointInTimeRecoveryEnabled: wanted?.enabled ?? false,
                        RecoveryPeriodInDays: wanted?.recoveryPeriodInDays,
                    },
                }),
            (error) => busy(error) || isError(error, "ContinuousBackupsUnavailableException"),
        );
    }
}

async function active(dynamodb: DynamoDB, name: string, { waitFor }: AwsContext): Promise<TableDescription> {
    return await waitFor(`table "${name}" to become active`, async () => {
        const { Table: table } = await dynamodb.describeTable({ TableName: name });
        const indexes = table?.GlobalSecondaryIndexes ?? [];
        return table?.TableStatus === "ACTIVE" && indexes.every(({ IndexStatus }) => IndexStatus === "ACTIVE" || IndexStatus === undefined) ? table : undefined;
    });
}

/** Tables change one thing at a time, and an account changes few tables at a time. */
function busy(error: unknown): boolean {
    return isError(error, "LimitExceededException", "ResourceInUseException", "ThrottlingException") && !/already exists/i.test(error instanceof Error ? error.message : "");
}
