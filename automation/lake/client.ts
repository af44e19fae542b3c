import { type AttributeValue, BatchGetItemCommand, DynamoDBClient, type KeysAndAttributes, QueryCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ChangeMessageVisibilityCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Item, plainItem } from "./items";

/** One hash value of a table's index, and from which range value on. */
export interface IndexQuestion {
    readonly index: string;
    readonly hash: readonly [attribute: string, value: string];
    readonly from?: readonly [attribute: string, value: string];
}

/** A message on a dead-letter queue. */
export interface DeadLetter {
    readonly id: string;
    readonly body: string;
    readonly attributes: Readonly<Record<string, string>>;
}

/** The calls that the commands around the data lake make besides those of every command. */
export interface LakeClient {
    /** Items with these keys, in no order; those that do not exist are left out. */
    getItems(table: string, key: string, values: readonly string[]): Promise<readonly Item[]>;
    query(table: string, question: IndexQuestion): Promise<readonly Item[]>;
    countItems(table: string, question: IndexQuestion): Promise<number>;
    /** Messages that wait and messages that somebody works on. */
    queueDepth(queueUrl: string): Promise<number>;
    /** Some of the messages that wait, at most about `most`; they stay where they are. */
    peekMessages(queueUrl: string, most: number): Promise<readonly DeadLetter[]>;
    /** Invokes a function without waiting for it. */
    invokeLater(name: string, payload: string, qualifier: string): Promise<void>;
}

/** How many items BatchGetItem answers at once (DynamoDB API). */
const batchLimit = 100;
/** How many messages ReceiveMessage answers at once (SQS API). */
const messageLimit = 10;
/** Seconds for which a message stays hidden if we end while looking at it. */
const hidden = 30;

/** Clients for the endpoint, region and credentials among the given variables. */
export function createLakeClient(variables: Readonly<Record<string, string>>): LakeClient {
    const settings = {
        endpoint: variables.AWS_ENDPOINT_URL,
        region: variables.AWS_REGION,
        credentials: { accessKeyId: variables.AWS_ACCESS_KEY_ID, secretAccessKey: variables.AWS_SECRET_ACCESS_KEY },
    };
    const tables = new DynamoDBClient(settings);
    const lambda = new LambdaClient({ ...settings, maxAttempts: 1 });
    const queues = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });

    const pages = async function* (TableName: string, question: IndexQuestion, Select?: "COUNT") {
        let ExclusiveStartKey: Record<string, AttributeValue> | undefined;
        do {
            const page = await tables.send(new QueryCommand({ TableName, ...conditionOf(question), Select, ExclusiveStartKey }));
            yield page;
            ExclusiveStartKey = page.LastEvaluatedKey;
        } while (ExclusiveStartKey !== undefined);
    };

    return {
        getItems: async (table, key, values) => {
            const found: Item[] = [];
            for (let start = 0; start < values.length; start += batchLimit) {
                const keys = values.slice(start, start + batchLimit).map((value) => ({ [key]: { S: value } }));
                let request: Record<string, KeysAndAttributes> = { [table]: { Keys: keys, ConsistentRead: true } };
                do {
                    const answer = await tables.send(new BatchGetItemCommand({ RequestItems: request }));
                    found.push(...(answer.Responses?.[table] ?? []).map(plainItem));
                    request = answer.UnprocessedKeys ?? {};
                } while (Object.keys(request).length > 0);
            }
            return found;
        },
        query: async (table, question) => {
            const found: Item[] = [];
            for await (const { Items = [] } of pages(table, question)) {
                found.push(...Items.map(plainItem));
            }
            return found;
        },
        countItems: async (table, question) => {
            let sum = 0;
            for await (const { Count = 0 } of pages(table, question, "COUNT")) {
                sum += Count;
            }
            return sum;
        },
        queueDepth: async (QueueUrl) => {
            const names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"] as const;
            const { Attributes = {} } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] }));
            return names.reduce((sum, name) => sum + Number(Attributes[name] ?? 0), 0);
        },
        peekMessages: async (QueueUrl, most) => {
            const handles = new Map<string, string>();
            const seen = new Map<string, DeadLetter>();
            try {
                for (let fresh = 1; fresh > 0 && seen.size < most; ) {
                    const before = seen.size;
                    // Hidden for as long as we look, because the same ones would come again and again.
                    const request = { QueueUrl, MaxNumberOfMessages: messageLimit, VisibilityTimeout: hidden, MessageAttributeNames: ["All"] };
                    const { Messages = [] } = await queues.send(new ReceiveMessageCommand(request));
                    for (const { MessageId: id = "", ReceiptHandle = "", Body: body = "", MessageAttributes = {} } of Messages) {
                        handles.set(id, ReceiptHandle);
                        seen.set(id, { id, body, attributes: Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue = "" }]) => [name, StringValue])) });
                    }
                    fresh = seen.size - before;
                }
            } finally {
                await Promise.all([...handles.values()].map((ReceiptHandle) => queues.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }))));
            }
            return [...seen.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
        },
        invokeLater: async (FunctionName, payload, Qualifier) => {
            await lambda.send(new InvokeCommand({ FunctionName, Qualifier, InvocationType: "Event", Payload: Buffer.from(payload) }));
        },
    };
}

function conditionOf({ index, hash, from }: IndexQuestion): Pick<QueryCommand["input"], "IndexName" | "KeyConditionExpression" | "ExpressionAttributeNames" | "ExpressionAttributeValues"> {
    return {
        IndexName: index,
        KeyConditionExpression: from === undefined ? "#h = :h" : "#h = :h AND #r >= :r",
        ExpressionAttributeNames: { "#h": hash[0], ...(from === undefined ? {} : { "#r": from[0] }) },
        ExpressionAttributeValues: { ":h": { S: hash[1] }, ...(from === undefined ? {} : { ":r": { S: from[1] } }) },
    };
}
