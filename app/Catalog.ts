import * as pulumi from "@pulumi/pulumi";
import { NamedQuery } from "@pulumi/aws/athena/namedQuery";
import { Workgroup } from "@pulumi/aws/athena/workgroup";
import { CatalogDatabase } from "@pulumi/aws/glue/catalogDatabase";
import { CatalogTable } from "@pulumi/aws/glue/catalogTable";
import { type Dataset, PARTITION } from "./datasets";

export interface CatalogArgs {
    /** Start of every physical name. */
    prefix: string;
    /** Bucket of the Parquet files, and of the answers to queries. */
    bucketName: pulumi.Input<string>;
    /** One table for each. */
    datasets: readonly Dataset[];
    /** Keep the workgroup's query history when the stack is destroyed. @default true */
    protectData?: boolean;
}

/** The database in which finished Parquet files appear as partitions, and a way to query it. */
export class Catalog extends pulumi.ComponentResource {
    readonly database: CatalogDatabase;
    /** Dataset → table's name. */
    readonly tables: Readonly<Record<string, pulumi.Output<string>>>;

    constructor(name: string, args: CatalogArgs, opts?: pulumi.ComponentResourceOptions) {
        super("container-lambdas:app:Catalog", name, {}, opts);
        const parent = this;
        const { bucketName } = args;
        // Athena takes letters, digits and underscores only.
        this.database = new CatalogDatabase(`${name}-database`, { name: `${args.prefix.replaceAll("-", "_")}_lake`, description: "Finished tables of the data lake." }, { parent });
        const workgroup = new Workgroup(
            `${name}-workgroup`,
            {
                name: `${args.prefix}-lake`,
                forceDestroy: !(args.protectData ?? true),
                configuration: {
                    enforceWorkgroupConfiguration: true,
                    resultConfiguration: { outputLocation: pulumi.interpolate`s3://${bucketName}/query-results/`, encryptionConfiguration: { encryptionOption: "SSE_S3" } },
                },
            },
            { parent },
        );
        const tables = args.datasets.map((dataset) => {
            const table = declareTable(name, dataset, this.database.name, bucketName, parent);
            new NamedQuery(
                `${name}-${dataset.name}-query`,
                {
                    name: `${args.prefix}-${dataset.name}`,
                    description: `The newest rows of ${dataset.name}.`,
                    database: this.database.name,
                    workgroup: workgroup.name,
                    query: pulumi.interpolate`SELECT * FROM "${this.database.name}"."${table.name}" ORDER BY "${PARTITION}" DESC LIMIT 100`,
                },
                { parent },
            );
            return [dataset.name, table.name] as const;
        });
        this.tables = Object.fromEntries(tables);
        this.registerOutputs({ database: this.database.name, tables: this.tables });
    }
}

function declareTable(name: string, { name: dataset, team, dataset: own, columns }: Dataset, databaseName: pulumi.Output<string>, bucketName: pulumi.Input<string>, parent: pulumi.Resource): CatalogTable {
    return new CatalogTable(
        `${name}-${dataset}-table`,
        {
            databaseName,
            name: `${team}_${own}`,
            tableType: "EXTERNAL_TABLE",
            parameters: { EXTERNAL: "TRUE", classification: "parquet" },
            partitionKeys: [{ name: PARTITION, type: "string" }],
            storageDescriptor: {
                location: pulumi.interpolate`s3://${bucketName}/post-stage/${team}/${own}/`,
                inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
                serDeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
                columns: [...columns],
            },
        },
        { parent },
    );
}
