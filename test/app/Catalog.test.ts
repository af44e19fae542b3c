import assert from "node:assert/strict";
import { Catalog } from "../../app/Catalog";
import type { Dataset } from "../../app/datasets";
import { registrationOf, startMockEngine } from "../support/mockEngine";
import { settleOutputs, valueOf } from "../support/valueOf";

const DATASET: Dataset = {
    name: "team-stones",
    team: "team",
    dataset: "stones",
    pipeline: "main",
    min_items_process: 1,
    max_items_process: 10,
    transforms: { stage_a_transform: "a", stage_b_transform: "b" },
    columns: [{ name: "id", type: "string" }, { name: "mass_g", type: "double" }],
};

async function declare(protectData?: boolean): Promise<(type: string, suffix: string) => Record<string, unknown>> {
    await startMockEngine();
    const catalog = new Catalog("catalog", { prefix: "lake-dev", bucketName: "stage-bucket", datasets: [DATASET], protectData });
    assert.equal(await valueOf(catalog.tables["team-stones"]), "team_stones");
    await settleOutputs();
    return (type, suffix) => registrationOf(type, `catalog-${suffix}`).inputs;
}

describe("the catalogue", () => {
    it("has a table for each dataset with its columns, and the day as the key of its partitions", async () => {
        const inputs = (await declare())("aws:glue/catalogTable:CatalogTable", "team-stones-table");
        const { columns, location } = inputs.storageDescriptor as Record<string, unknown>;
        assert.deepEqual(columns, DATASET.columns);
        assert.deepEqual([inputs.name, inputs.partitionKeys], ["team_stones", [{ name: "date", type: "string" }]]);
        assert.equal(location, "s3://stage-bucket/post-stage/team/stones/", "below it the functions write");
    });

    it("has a database whose name Athena takes", async () => {
        assert.equal((await declare())("aws:glue/catalogDatabase:CatalogDatabase", "database").name, "lake_dev_lake");
    });

    it("answers queries into the stage bucket, encrypted, whatever the client asks for", async () => {
        const inputs = await declare();
        const { configuration, forceDestroy } = inputs("aws:athena/workgroup:Workgroup", "workgroup");
        assert.deepEqual(configuration, {
            enforceWorkgroupConfiguration: true,
            resultConfiguration: { outputLocation: "s3://stage-bucket/query-results/", encryptionConfiguration: { encryptionOption: "SSE_S3" } },
        });
        assert.equal(forceDestroy, false);
        assert.equal((await declare(false))("aws:athena/workgroup:Workgroup", "workgroup").forceDestroy, true);
    });

    it("brings a named query for each table", async () => {
        const { query, workgroup, database } = (await declare())("aws:athena/namedQuery:NamedQuery", "team-stones-query");
        assert.equal(query, 'SELECT * FROM "lake_dev_lake"."team_stones" ORDER BY "date" DESC LIMIT 100');
        assert.deepEqual([workgroup, database], ["lake-dev-lake", "lake_dev_lake"]);
    });
});
