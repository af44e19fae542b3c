import assert from "node:assert/strict";
import { LakeTables, type LakeTablesArgs } from "../../app/LakeTables";
import { registered, registrationOf, startMockEngine } from "../support/mockEngine";
import { settleOutputs, valueOf } from "../support/valueOf";

const RECORDS: LakeTablesArgs["records"] = {
    pipelines: [{ name: "team-main-pre-stage", status: "ACTIVE" }],
    datasets: [
        {
            name: "team-stones",
            team: "team",
            dataset: "stones",
            pipeline: "main",
            min_items_process: 1,
            max_items_process: 10,
            transforms: { stage_a_transform: "a", stage_b_transform: "b" },
            columns: [{ name: "id", type: "string" }],
        },
    ],
};

async function declare(more: Partial<LakeTablesArgs> = {}): Promise<(name: string) => Record<string, unknown>> {
    await startMockEngine();
    const { tables } = new LakeTables("tables", { prefix: "lake", records: RECORDS, ...more });
    await Promise.all(Object.values(tables).map(({ id }) => valueOf(id)));
    await settleOutputs();
    return (name) => registrationOf("aws:dynamodb/table:Table", `tables-${name}`).inputs;
}

const NAMES = ["datasets", "executions", "objects", "pipelines"];

describe("the lake's tables", () => {
    it("have the keys by which the functions ask, and declare no attribute that is none", async () => {
        const table = await declare();
        const keys = NAMES.map((name) => [table(name).name, table(name).hashKey, (table(name).attributes as { name: string }[]).map((one) => one.name)]);
        assert.deepEqual(keys, [
            ["lake-datasets", "name", ["name"]],
            ["lake-executions", "id", ["id", "stage", "started_at"]],
            ["lake-objects", "id", ["id", "waiting_for", "waiting_since"]],
            ["lake-pipelines", "name", ["name"]],
        ]);
    });

    it("find what waits and what ran by indexes that hold whole items", async () => {
        const table = await declare();
        const index = (name: string): unknown => table(name).globalSecondaryIndexes;
        assert.deepEqual(index("objects"), [{ name: "waiting", hashKey: "waiting_for", rangeKey: "waiting_since", projectionType: "ALL" }]);
        assert.deepEqual(index("executions"), [{ name: "by_stage", hashKey: "stage", rangeKey: "started_at", projectionType: "ALL" }]);
    });

    it("forget the history by itself, and nothing else", async () => {
        const table = await declare();
        assert.deepEqual(NAMES.map((name) => table(name).ttl), [undefined, { attributeName: "expires_at", enabled: true }, undefined, undefined]);
    });

    it("are encrypted, can be put back to any moment, and are not deleted by mistake", async () => {
        const table = await declare();
        for (const name of NAMES) {
            const { serverSideEncryption, pointInTimeRecovery, deletionProtectionEnabled, billingMode } = table(name);
            assert.deepEqual([serverSideEncryption, pointInTimeRecovery, deletionProtectionEnabled, billingMode], [{ enabled: true }, { enabled: true }, true, "PAY_PER_REQUEST"], name);
        }
        const open = await declare({ protectData: false });
        assert.ok(NAMES.every((name) => open(name).deletionProtectionEnabled === false));
    });

    it("hold every declared record under its key, as it was declared", async () => {
        await declare();
        const items = registered().filter(({ type }) => type === "aws:dynamodb/tableItem:TableItem");
        assert.deepEqual(items.map(({ name }) => name).sort(), ["tables-datasets-team-stones", "tables-pipelines-team-main-pre-stage"]);
        const { tableName, hashKey, item } = registrationOf("aws:dynamodb/tableItem:TableItem", "tables-pipelines-team-main-pre-stage").inputs;
        assert.deepEqual([tableName, hashKey, JSON.parse(String(item))], ["lake-pipelines", "name", { name: { S: "team-main-pre-stage" }, status: { S: "ACTIVE" } }]);
    });
});
