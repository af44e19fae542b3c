import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { InvokeCommand, LambdaClient, ListEventSourceMappingsCommand, ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { codeOf } from "./failure";

export interface Invocation {
    readonly payload: string;
    /** `Handled` or `Unhandled`, when the function itself failed. */
    readonly functionError?: string;
    readonly version?: string;
    /** The last 4 KB of the invocation's log (Lambda API, Invoke, X-Amz-Log-Result). */
    readonly log: string;
}

export interface LogEvent {
    readonly id: string;
    /** Milliseconds since 1970. */
    readonly time: number;
    readonly message: string;
}

/** The few AWS calls that commands make. */
export interface Aws {
    invoke(name: string, payload: string, qualifier?: string): Promise<Invocation>;
    /** Physical names, sorted. */
    listFunctions(): Promise<readonly string[]>;
    /** Its UUID, if there is one between this function and this source. */
    findEventSourceMapping(functionName: string, eventSourceArn: string): Promise<string | undefined>;
    /** Events from `since` on, oldest first; undefined when the log group does not exist. */
    readLogs(group: string, since: number): Promise<readonly LogEvent[] | undefined>;
    putObject(bucket: string, key: string, body: Uint8Array): Promise<void>;
    /** Keys below the prefix, sorted. */
    listObjects(bucket: string, prefix: string): Promise<readonly string[]>;
    deleteObject(bucket: string, key: string): Promise<void>;
    getObject(bucket: string, key: string): Promise<Uint8Array>;
    sendMessage(queueUrl: string, body: string): Promise<void>;
}

/** Clients for the endpoint, region and credentials among the given variables. */
export function createAws(variables: Readonly<Record<string, string>>): Aws {
    const settings = {
        endpoint: variables.AWS_ENDPOINT_URL,
        region: variables.AWS_REGION,
        credentials: { accessKeyId: variables.AWS_ACCESS_KEY_ID, secretAccessKey: variables.AWS_SECRET_ACCESS_KEY },
    };
    // A function may run 15 minutes (Lambda quotas), and an invocation must never be repeated behind the caller's back.
    const lambda = new LambdaClient({ ...settings, maxAttempts: 1, requestHandler: { requestTimeout: 905_000 } });
    const logs = new CloudWatchLogsClient(settings);
    const s3 = new S3Client({ ...settings, forcePathStyle: true });
    const sqs = new SQSClient({ ...settings, useQueueUrlAsEndpoint: false });
    return {
        invoke: async (FunctionName, payload, Qualifier) => {
            const answer = await lambda.send(new InvokeCommand({ FunctionName, Qualifier, Payload: Buffer.from(payload), LogType: "Tail" }));
            return {
                payload: Buffer.from(answer.Payload ?? []).toString(),
                functionError: answer.FunctionError,
                version: answer.ExecutedVersion,
                log: Buffer.from(answer.LogResult ?? "", "base64").toString(),
            };
        },
        listFunctions: async () => {
            const names: string[] = [];
            let Marker: string | undefined;
            do {
                const page = await lambda.send(new ListFunctionsCommand({ Marker }));
                names.push(...(page.Functions ?? []).flatMap(({ FunctionName }) => FunctionName ?? []));
                Marker = page.NextMarker;
            } while (Marker);
            return names.sort();
        },
        findEventSourceMapping: async (FunctionName, EventSourceArn) => {
            try {
                const { EventSourceMappings: found = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName, EventSourceArn }));
                return found[0]?.UUID;
            } catch (error) {
                if (codeOf(error) === "ResourceNotFoundException") {
                    return undefined;
                }
                throw error;
            }
        },
        readLogs: async (logGroupName, startTime) => {
            const events: LogEvent[] = [];
            let nextToken: string | undefined;
            try {
                do {
                    const page = await logs.send(new FilterLogEventsCommand({ logGroupName, startTime, nextToken }));
                    for (const { eventId, timestamp = 0, message = "", logStreamName = "" } of page.events ?? []) {
                        events.push({ id: eventId ?? `${logStreamName} ${timestamp} ${message}`, time: timestamp, message });
                    }
                    nextToken = page.nextToken === nextToken ? undefined : page.nextToken;
                } while (nextToken);
            } catch (error) {
                if (codeOf(error) === "ResourceNotFoundException") {
                    return undefined;
                }
                throw error;
            }
            return events.sort((a, b) => a.time - b.time);
        },
        putObject: async (Bucket, Key, Body) => {
            await s3.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
        },
        listObjects: async (Bucket, Prefix) => {
            const found: string[] = [];
            let ContinuationToken: string | undefined;
            do {
                const page = await s3.send(new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken }));
                found.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
                ContinuationToken = page.NextContinuationToken;
            } while (ContinuationToken);
            return found.sort();
        },
        deleteObject: async (Bucket, Key) => {
            await s3.send(new DeleteObjectCommand({ Bucket, Key }));
        },
        getObject: async (Bucket, Key) => {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
            return (await Body?.transformToByteArray()) ?? new Uint8Array();
        },
        sendMessage: async (QueueUrl, MessageBody) => {
            await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
        },
    };
}
