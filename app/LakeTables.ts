import * as pulumi from "@pulumi/pulumi";
import { Table, TableArgs } from "@pulumi/aws/dynamodb/table";
import { TableItem } from "@pulumi/aws/dynamodb/tableItem";
import { itemText } from "./attributeValues";
import type { Records } from "./datasets";

export interface LakeTablesArgs {
    /** Start of every table's name. */
    prefix: string;
    /** What the tables of datasets and pipelines hold. */
    records: Records;
    /** Refuse to delete the tables. @default true */
    protectData?: boolean;
}

const KEY = { datasets: "name", executions: "id", objects: "id", pipelines: "name" } as const;

type TableName = keyof typeof KEY;

/**
 * The lake's tables: the catalogue of objects, the history of executions, and the records of datasets and pipelines, which
 * are the stack's own: nobody else writes them.
 */
export class LakeTables extends pulumi.ComponentResource {
    readonly tables: Readonly<Record<TableName, Table>>;

    constructor(name: string, args: LakeTablesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:LakeTables", name, {}, opts);
        const parent = this;
        const table = (kind: TableName, more: Partial<TableArgs> = {}): Table =>
            new Table(
                `${name}-${kind}`,
                {
                    name: `${args.prefix}-${kind}`,
                    billingMode: "PAY_PER_REQUEST",
                    hashKey: KEY[kind],
                    serverSideEncryption: { enabled: true },
                    pointInTimeRecovery: { enabled: true },
                    deletionProtectionEnabled: args.protectData ?? true,
                    ...more,
                    attributes: [KEY[kind], ...indexed(more)].sort().map((attribute) => ({ name: attribute, type: "S" })),
                },
                { parent },
            );
        this.tables = {
            datasets: table("datasets"),
            executions: table("executions", {
                ttl: { attributeName: "expires_at", enabled: true },
                globalSecondaryIndexes: [{ name: "by_stage", hashKey: "stage", rangeKey: "started_at", projectionType: "ALL" }],
            }),
            // Only what waits has the attributes of the index, so it is as small as the queue before stage B.
            objects: table("objects", {
                globalSecondaryIndexes: [{ name: "waiting", hashKey: "waiting_for", rangeKey: "waiting_since", projectionType: "ALL" }],
            }),
            pipelines: table("pipelines"),
        };
        for (const kind of ["datasets", "pipelines"] as const) {
            for (const record of args.records[kind]) {
                new TableItem(
                    `${name}-${kind}-${record.name}`,
                    { tableName: this.tables[kind].name, hashKey: this.tables[kind].hashKey, item: itemText(record) },
                    { parent },
                );
            }
        }
        this.registerOutputs(Object.fromEntries(Object.entries(this.tables).map(([kind, { name: physical }]) => [kind, physical])));
    }
}

function indexed({ globalSecondaryIndexes }: Partial<TableArgs>): string[] {
    const indexes = Array.isArray(globalSecondaryIndexes) ? globalSecondaryIndexes : [];
    return indexes.flatMap((index: unknown) => {
        const { hashKey, rangeKey } = index as { readonly hashKey: string; readonly rangeKey: string };
        return [hashKey, rangeKey];
    });
}
