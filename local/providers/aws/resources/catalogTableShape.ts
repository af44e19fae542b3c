/** Between the SDK's shape of a catalogue table and the API's. */
import type { Column, StorageDescriptor } from "@aws-sdk/client-glue";
import type { CatalogTableArgs, CatalogTableState } from "@pulumi/aws/glue/catalogTable";
import { emptyAsAbsent, some } from "./absent";
import type { Inputs, State } from "./types";

export type TableInputs = Inputs<CatalogTableArgs, "databaseName" | "name">;

interface ColumnInput {
    readonly name: string;
    readonly type?: string;
    readonly comment?: string;
    readonly parameters?: Readonly<Record<string, string>>;
}

export function sentColumns(columns: readonly ColumnInput[] | undefined): Column[] | undefined {
    return columns?.map(({ name, type, comment, parameters }) => ({
        Name: name,
        Type: type,
        Comment: comment,
        Parameters: parameters === undefined ? undefined : { ...parameters },
    }));
}

export function shownColumns(columns: readonly Column[] | undefined): { name: string; type?: string; comment?: string; parameters?: Record<string, string> }[] | undefined {
    return some(columns)?.map(({ Name, Type, Comment, Parameters }) => ({ name: Name ?? "", type: Type, comment: emptyAsAbsent(Comment), parameters: Parameters }));
}

export function sentDescriptor(wish: TableInputs["storageDescriptor"]): StorageDescriptor | undefined {
    if (wish === undefined) {
        return undefined;
    }
    const { serDeInfo: serde, skewedInfo: skewed, schemaReference: schema } = wish;
    return {
        AdditionalLocations: copy(wish.additionalLocations),
        BucketColumns: copy(wish.bucketColumns),
        Columns: sentColumns(wish.columns),
        Compressed: wish.compressed,
        InputFormat: wish.inputFormat,
        Location: wish.location,
        NumberOfBuckets: wish.numberOfBuckets,
        OutputFormat: wish.outputFormat,
        Parameters: wish.parameters === undefined ? undefined : { ...wish.parameters },
        SchemaReference:
            schema === undefined
                ? undefined
                : {
                      SchemaId:
                          schema.schemaId === undefined
                              ? undefined
                              : { RegistryName: schema.schemaId.registryName, SchemaArn: schema.schemaId.schemaArn, SchemaName: schema.schemaId.schemaName },
                      SchemaVersionId: schema.schemaVersionId,
                      SchemaVersionNumber: schema.schemaVersionNumber,
                  },
        SerdeInfo:
            serde === undefined
                ? undefined
                : { Name: serde.name, Parameters: serde.parameters === undefined ? undefined : { ...serde.parameters }, SerializationLibrary: serde.serializationLibrary },
        SkewedInfo:
            skewed === undefined
                ? undefined
                : {
                      SkewedColumnNames: copy(skewed.skewedColumnNames),
                      SkewedColumnValueLocationMaps: skewed.skewedColumnValueLocationMaps === undefined ? undefined : { ...skewed.skewedColumnValueLocationMaps },
                      SkewedColumnValues: copy(skewed.skewedColumnValues),
                  },
        SortColumns: wish.sortColumns?.map(({ column, sortOrder }) => ({ Column: column, SortOrder: sortOrder })),
        StoredAsSubDirectories: wish.storedAsSubDirectories,
    };
}

export function shownDescriptor(found: StorageDescriptor | undefined): State<CatalogTableState>["storageDescriptor"] {
    if (found === undefined || Object.keys(found).length === 0) {
        return undefined;
    }
    const { SerdeInfo: serde, SkewedInfo: skewed, SchemaReference: schema } = found;
    return {
        additionalLocations: some(found.AdditionalLocations),
        bucketColumns: some(found.BucketColumns),
        columns: shownColumns(found.Columns) ?? [],
        compressed: found.Compressed,
        inputFormat: emptyAsAbsent(found.InputFormat),
        location: emptyAsAbsent(found.Location),
        numberOfBuckets: found.NumberOfBuckets,
        outputFormat: emptyAsAbsent(found.OutputFormat),
        parameters: found.Parameters,
        schemaReference:
            schema === undefined
                ? undefined
                : {
                      schemaId:
                          schema.SchemaId === undefined
                              ? undefined
                              : { registryName: schema.SchemaId.RegistryName, schemaArn: schema.SchemaId.SchemaArn, schemaName: schema.SchemaId.SchemaName },
                      schemaVersionId: schema.SchemaVersionId,
                      schemaVersionNumber: schema.SchemaVersionNumber ?? 0,
                  },
        serDeInfo: serde === undefined ? undefined : { name: serde.Name, parameters: serde.Parameters, serializationLibrary: serde.SerializationLibrary },
        skewedInfo:
            skewed === undefined
                ? undefined
                : {
                      skewedColumnNames: some(skewed.SkewedColumnNames),
                      skewedColumnValueLocationMaps: skewed.SkewedColumnValueLocationMaps,
                      skewedColumnValues: some(skewed.SkewedColumnValues),
                  },
        sortColumns: some(found.SortColumns)?.map(({ Column: column, SortOrder: order }) => ({ column: column ?? "", sortOrder: order ?? 0 })),
        storedAsSubDirectories: found.StoredAsSubDirectories,
    };
}

function copy<T>(list: readonly T[] | undefined): T[] | undefined {
    return list === undefined ? undefined : [...list];
}
