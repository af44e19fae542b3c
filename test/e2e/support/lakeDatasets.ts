import { DeleteItemCommand, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { CreateTableCommand, DeleteTableCommand, GetTableCommand } from "@aws-sdk/client-glue";
import type { TestLake } from "./lake";

/** The dataset that the application declares, after which others are made. */
const MODEL = "engineering-meteorites";

/** Datasets that tests declare with AWS's API in a running lake, so that what one of them breaks is its own. */
export class TestDatasets {
    private readonly records = new Set<string>();
    private readonly tables = new Set<string>();

    constructor(private readonly lake: TestLake) {}

    /** A dataset of team engineering like that of the application, with a table. Stage B takes it when the schedule is fired. */
    async declare(name: string): Promise<void> {
        await this.declareRecord(name);
        await this.declareTable(name);
    }

    /** @param forgotten how many of its columns are not declared */
    async declareRecord(name: string, forgotten = 0): Promise<void> {
        const { tables, lake } = this.lake;
        const { Item = {} } = await tables.send(new GetItemCommand({ TableName: lake.tables.datasets, Key: { name: { S: MODEL } } }));
        const columns = Item.columns?.L ?? [];
        const own = { name: { S: `engineering-${name}` }, dataset: { S: name }, min_items_process: { N: "100" }, columns: { L: columns.slice(0, columns.length - forgotten) } };
        this.records.add(name);
        await tables.send(new PutItemCommand({ TableName: lake.tables.datasets, Item: { ...Item, ...own } }));
    }

    async declareTable(name: string): Promise<void> {
        const { glue, lake, outputs: { catalog } } = this.lake;
        const { Table = { Name: undefined } } = await glue.send(new GetTableCommand({ DatabaseName: catalog.database, Name: catalog.tables[MODEL] }));
        const { TableType, Parameters, PartitionKeys, StorageDescriptor } = Table;
        this.tables.add(name);
        await glue.send(
            new CreateTableCommand({
                DatabaseName: catalog.database,
                TableInput: {
                    Name: `engineering_${name}`,
                    TableType,
                    Parameters,
                    PartitionKeys,
                    StorageDescriptor: { ...StorageDescriptor, Location: `s3://${lake.stageBucket}/post-stage/engineering/${name}/` },
                },
            }),
        );
    }

    /** Takes all of them away again. */
    async remove(): Promise<void> {
        const { tables, glue, lake, outputs: { catalog } } = this.lake;
        for (const name of this.records) {
            await tables.send(new DeleteItemCommand({ TableName: lake.tables.datasets, Key: { name: { S: `engineering-${name}` } } }));
        }
        for (const name of this.tables) {
            await glue.send(new DeleteTableCommand({ DatabaseName: catalog.database, Name: `engineering_${name}` }));
        }
    }
}

/** A record that every transform of the lake takes. */
export function record(id: string, more: Readonly<Record<string, unknown>> = {}): string {
    return JSON.stringify({ id, name: `Stone ${id}`, mass: "12.5", year: "1901", reclat: "1.5", reclong: "-2.5", ...more });
}
