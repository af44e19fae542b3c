import type { TableInput } from "@aws-sdk/client-glue";
import type { CatalogTableState } from "@pulumi/aws/glue/catalogTable";
import { type AwsContext, resourceType } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { lowerCaseOnly } from "./catalogDatabase";
import { shownColumns, shownDescriptor, sentColumns, sentDescriptor, type TableInputs } from "./catalogTableShape";
import type { State } from "./types";

/** The id is `CATALOG:DATABASE:NAME`. Tables of the catalog have no tags. */
export const catalogTable = resourceType<TableInputs, State<CatalogTableState>>({
    token: "aws:glue/catalogTable:CatalogTable",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/glue_catalog_table",
    autoName: { property: "name", maximum: 255, lowerCase: true },
    replaceOn: ["catalogId", "databaseName", "name"],
    // The emulator calls a table without a kind EXTERNAL_TABLE, Glue leaves it without.
    computed: ["catalogId", "parameters", "partitionIndices", "storageDescriptor", "tableType"],
    unsupported: ["openTableFormatInput", "partitionIndices", "retention", "targetTable", "viewDefinition"],

    problems: ({ name }) => lowerCaseOnly("table", name),

    async create(inputs, { services }) {
        const catalog = inputs.catalogId ?? (await services.accountId());
        await (await services.glue()).createTable({ CatalogId: catalog, DatabaseName: inputs.databaseName, TableInput: tableInput(inputs) });
        return `${catalog}:${inputs.databaseName}:${inputs.name}`;
    },

    async read(id, context) {
        const { catalog, database, name } = locate(id);
        const found = (await orAbsent((await context.services.glue()).getTable({ CatalogId: catalog, DatabaseName: database, Name: name })))?.Table;
        if (found === undefined) {
            return undefined;
        }
        return {
            arn: await arnOf(database, name, context),
            catalogId: found.CatalogId ?? catalog,
            databaseName: found.DatabaseName ?? database,
            description: emptyAsAbsent(found.Description),
            name: found.Name,
            owner: emptyAsAbsent(found.Owner),
            parameters: found.Parameters,
            partitionKeys: shownColumns(found.PartitionKeys),
            storageDescriptor: shownDescriptor(found.StorageDescriptor),
            tableType: emptyAsAbsent(found.TableType),
            viewExpandedText: emptyAsAbsent(found.ViewExpandedText),
            viewOriginalText: emptyAsAbsent(found.ViewOriginalText),
        };
    },

    async update(id, inputs, { services }) {
        const { catalog, database } = locate(id);
        await (await services.glue()).updateTable({ CatalogId: catalog, DatabaseName: database, TableInput: tableInput(inputs) });
    },

    async delete(id, _state, { services }) {
        const { catalog, database, name } = locate(id);
        await orAbsent((await services.glue()).deleteTable({ CatalogId: catalog, DatabaseName: database, Name: name }));
    },
});

/** Empty where nothing is wished: what is left out stays in the emulator and goes in Glue. */
function tableInput(inputs: TableInputs): TableInput {
    return {
        Name: inputs.name,
        Description: inputs.description ?? "",
        Owner: inputs.owner ?? "",
        Parameters: inputs.parameters === undefined ? undefined : { ...inputs.parameters },
        PartitionKeys: sentColumns(inputs.partitionKeys) ?? [],
        StorageDescriptor: sentDescriptor(inputs.storageDescriptor),
        TableType: inputs.tableType,
        ViewExpandedText: inputs.viewExpandedText ?? "",
        ViewOriginalText: inputs.viewOriginalText ?? "",
    };
}

async function arnOf(database: string, name: string, { region, services }: AwsContext): Promise<string> {
    return `arn:aws:glue:${region}:${await services.accountId()}:table/${database}/${name}`;
}

function locate(id: string): { readonly catalog: string; readonly database: string; readonly name: string } {
    const [catalog, database, name, ...rest] = id.split(":");
    if (catalog === undefined || database === undefined || name === undefined || rest.length > 0) {
        throw new Error(`the id "${id}" is not of the form CATALOG:DATABASE:TABLE: import with that form`);
    }
    return { catalog, database, name };
}
