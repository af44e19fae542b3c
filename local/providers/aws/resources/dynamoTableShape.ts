/** Between the SDK's shape of a table and the API's. */
import type {
    ContinuousBackupsDescription,
    CreateTableInput,
    GlobalSecondaryIndex,
    KeySchemaElement,
    ProjectionType,
    ProvisionedThroughput,
    SSESpecification,
    StreamSpecification,
    TableDescription,
    TimeToLiveDescription,
    UpdateTableInput,
} from "@aws-sdk/client-dynamodb";
import type { TableArgs, TableState } from "@pulumi/aws/dynamodb/table";
import { deepEqual } from "../../framework/equal";
import { plain } from "../../framework/values";
import type { Inputs, State } from "./types";

export type TableInputs = Inputs<TableArgs, "name">;

type GlobalIndex = NonNullable<TableInputs["globalSecondaryIndexes"]>[number];

/** Units where the program says nothing for a provisioned table: the least that DynamoDB allows. */
const LEAST_CAPACITY = 1;

export function createRequest(inputs: TableInputs): CreateTableInput {
    return {
        TableName: inputs.name,
        AttributeDefinitions: attributeDefinitions(inputs),
        KeySchema: keySchema(inputs.hashKey, inputs.rangeKey),
        ...billing(inputs),
        GlobalSecondaryIndexes: inputs.globalSecondaryIndexes?.map((index) => globalIndex(index, inputs)),
        LocalSecondaryIndexes: inputs.localSecondaryIndexes?.map((index) => ({
            IndexName: index.name,
            KeySchema: keySchema(inputs.hashKey, index.rangeKey),
            Projection: projection(index),
        })),
        StreamSpecification: inputs.streamEnabled === true ? streamSpecification(inputs) : undefined,
        SSESpecification: encryption(inputs),
        TableClass: inputs.tableClass as "STANDARD" | undefined,
        DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
    };
}

export function billing(inputs: TableInputs): Pick<CreateTableInput, "BillingMode" | "ProvisionedThroughput"> {
    return { BillingMode: inputs.billingMode as "PROVISIONED", ProvisionedThroughput: throughput(inputs, inputs) };
}

export function streamSpecification(inputs: TableInputs): StreamSpecification {
    return { StreamEnabled: true, StreamViewType: (inputs.streamViewType ?? "NEW_AND_OLD_IMAGES") as "NEW_IMAGE" };
}

export function encryption(inputs: TableInputs): SSESpecification | undefined {
    const wish = inputs.serverSideEncryption;
    return wish === undefined ? undefined : { Enabled: wish.enabled, KMSMasterKeyId: wish.kmsKeyArn, SSEType: wish.enabled ? "KMS" : undefined };
}

/** One request for each index that goes, comes or changes; what cannot be changed in place goes and comes. */
export function indexChanges(old: TableInputs, news: TableInputs): Pick<UpdateTableInput, "AttributeDefinitions" | "GlobalSecondaryIndexUpdates">[] {
    const before = new Map((old.globalSecondaryIndexes ?? []).map((index) => [index.name, index]));
    const after = new Map((news.globalSecondaryIndexes ?? []).map((index) => [index.name, index]));
    const AttributeDefinitions = attributeDefinitions(news);
    const gone = [...before.values()].filter(({ name }) => !after.has(name));
    const changed = [...after.values()].filter((index) => before.has(index.name) && !sameIndex(before.get(index.name), index));
    const added = [...after.values()].filter(({ name }) => !before.has(name));
    return [
        ...[...gone, ...changed].map(({ name }) => ({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: name } }] })),
        ...[...changed, ...added].map((index) => ({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create: globalIndex(index, news) }] })),
    ];
}

/** What is off or the standard is shown where the program says so itself: DynamoDB leaves most of it out. */
export function shown(found: TableDescription, known: Partial<TableInputs> = {}): State<TableState> {
    const keys = keysOf(found.KeySchema);
    const stream = found.StreamSpecification;
    const encrypted = found.SSEDescription;
    return {
        arn: found.TableArn,
        attributes: sortedBy(
            (found.AttributeDefinitions ?? []).map(({ AttributeName, AttributeType }) => ({ name: AttributeName ?? "", type: AttributeType ?? "" })),
            ({ name }) => name,
        ),
        billingMode: found.BillingModeSummary?.BillingMode ?? "PROVISIONED",
        deletionProtectionEnabled: found.DeletionProtectionEnabled === true || (known.deletionProtectionEnabled === undefined ? undefined : false),
        globalSecondaryIndexes: some(
            found.GlobalSecondaryIndexes?.map((index) => ({
                name: index.IndexName ?? "",
                ...keysOf(index.KeySchema),
                hashKey: keysOf(index.KeySchema).hashKey,
                projectionType: index.Projection?.ProjectionType ?? "",
                nonKeyAttributes: some(index.Projection?.NonKeyAttributes),
                readCapacity: index.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
                writeCapacity: index.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
            })),
        ) as State<TableState>["globalSecondaryIndexes"],
        hashKey: keys.hashKey,
        localSecondaryIndexes: some(
            found.LocalSecondaryIndexes?.map((index) => ({
                name: index.IndexName ?? "",
                rangeKey: keysOf(index.KeySchema).rangeKey ?? "",
                projectionType: index.Projection?.ProjectionType ?? "",
                nonKeyAttributes: some(index.Projection?.NonKeyAttributes),
            })),
        ),
        name: found.TableName,
        rangeKey: keys.rangeKey,
        readCapacity: found.ProvisionedThroughput?.ReadCapacityUnits ?? 0,
        serverSideEncryption:
            encrypted?.Status === "ENABLED" || encrypted?.Status === "UPDATING"
                ? { enabled: true, kmsKeyArn: encrypted.KMSMasterKeyArn ?? "" }
                : known.serverSideEncryption && { enabled: false },
        streamArn: found.LatestStreamArn ?? "",
        streamEnabled: stream?.StreamEnabled === true || (known.streamEnabled === undefined ? undefined : false),
        streamLabel: found.LatestStreamLabel ?? "",
        streamViewType: stream?.StreamViewType ?? "",
        tableClass: found.TableClassSummary?.TableClass === "STANDARD_INFREQUENT_ACCESS" ? "STANDARD_INFREQUENT_ACCESS" : known.tableClass && "STANDARD",
        writeCapacity: found.ProvisionedThroughput?.WriteCapacityUnits ?? 0,
    };
}

export function timeToLive(found: TimeToLiveDescription | undefined): State<TableState>["ttl"] {
    const enabled = found?.TimeToLiveStatus === "ENABLED" || found?.TimeToLiveStatus === "ENABLING";
    return { enabled, attributeName: found?.AttributeName ?? "" };
}

export function recovery(found: ContinuousBackupsDescription | undefined): State<TableState>["pointInTimeRecovery"] {
    const details = found?.PointInTimeRecoveryDescription;
    const enabled = details?.PointInTimeRecoveryStatus === "ENABLED";
    return { enabled, recoveryPeriodInDays: enabled ? details?.RecoveryPeriodInDays : undefined };
}

function attributeDefinitions(inputs: TableInputs): NonNullable<CreateTableInput["AttributeDefinitions"]> {
    return (inputs.attributes ?? []).map(({ name, type }) => ({ AttributeName: name, AttributeType: type as "S" }));
}

function globalIndex(index: GlobalIndex, table: TableInputs): GlobalSecondaryIndex {
    return {
        IndexName: index.name,
        KeySchema: keySchema(index.hashKey, index.rangeKey),
        Projection: projection(index),
        ProvisionedThroughput: throughput(index, table),
    };
}

function throughput(units: { readonly readCapacity?: number; readonly writeCapacity?: number }, table: TableInputs): ProvisionedThroughput | undefined {
    if (table.billingMode === "PAY_PER_REQUEST") {
        return undefined;
    }
    return {
        ReadCapacityUnits: units.readCapacity ?? table.readCapacity ?? LEAST_CAPACITY,
        WriteCapacityUnits: units.writeCapacity ?? table.writeCapacity ?? LEAST_CAPACITY,
    };
}

function projection(index: { readonly projectionType: string; readonly nonKeyAttributes?: readonly string[] }): { ProjectionType: ProjectionType; NonKeyAttributes?: string[] } {
    return { ProjectionType: index.projectionType as ProjectionType, NonKeyAttributes: index.nonKeyAttributes === undefined ? undefined : [...index.nonKeyAttributes] };
}

function keySchema(hashKey: string | undefined, rangeKey: string | undefined): KeySchemaElement[] {
    return [
        { AttributeName: hashKey, KeyType: "HASH" },
        ...(rangeKey === undefined ? [] : [{ AttributeName: rangeKey, KeyType: "RANGE" as const }]),
    ];
}

function keysOf(schema: readonly KeySchemaElement[] | undefined): { hashKey?: string; rangeKey?: string } {
    const of = (kind: string): string | undefined => schema?.find(({ KeyType }) => KeyType === kind)?.AttributeName;
    return { hashKey: of("HASH"), rangeKey: of("RANGE") };
}

function sameIndex(a: GlobalIndex | undefined, b: GlobalIndex): boolean {
    return deepEqual(plain(a), plain(b));
}

function sortedBy<T>(list: readonly T[], key: (item: T) => string): T[] {
    return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

function some<T>(list: readonly T[] | undefined): T[] | undefined {
    return list === undefined || list.length === 0 ? undefined : [...list];
}
