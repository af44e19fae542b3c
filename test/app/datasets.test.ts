import assert from "node:assert/strict";
import { readRecords } from "../../app/datasets";

const DATASET = {
    name: "team-stones",
    team: "team",
    dataset: "stones",
    pipeline: "main",
    min_items_process: 1,
    max_items_process: 10,
    transforms: { stage_a_transform: "a", stage_b_transform: "b" },
    columns: [{ name: "id", type: "string" }],
};
const PIPELINES = [{ name: "team-main-pre-stage", status: "ACTIVE" }, { name: "team-main-post-stage", status: "ACTIVE" }];

const read = (more: object, pipelines: readonly object[] = PIPELINES): unknown => readRecords({ datasets: [{ ...DATASET, ...more }], pipelines });

describe("the declared records", () => {
    it("are sound as they are committed", () => {
        assert.doesNotThrow(() => readRecords());
    });

    it("are sorted by name, whatever the order of the file", () => {
        const { datasets, pipelines } = readRecords({ datasets: [DATASET, { ...DATASET, name: "team-ores", dataset: "ores" }], pipelines: PIPELINES });
        assert.deepEqual(datasets.map(({ name }) => name), ["team-ores", "team-stones"]);
        assert.deepEqual(pipelines.map(({ name }) => name), ["team-main-post-stage", "team-main-pre-stage"]);
    });

    it("tell all their problems at once, each with what was given and what is allowed", () => {
        const wrong = { name: "stones", team: "Team", min_items_process: 5, max_items_process: 2, pipeline: "side", columns: [{ name: "id", type: "text" }] };
        assert.throws(() => read(wrong, [...PIPELINES, ...PIPELINES]), (error: Error) => {
            assert.deepEqual(error.message.split("\n"), [
                "app/datasets.json:",
                '  "team-main-post-stage" is declared twice; keep one of the two',
                '  "team-main-pre-stage" is declared twice; keep one of the two',
                '  dataset "stones": the name must be "Team-stones", its team and dataset',
                '  dataset "stones": team and dataset must be lower-case letters and digits, since they are folders, parts of names and of a table\'s name',
                '  dataset "stones": min_items_process 5 and max_items_process 2 must be whole numbers with 1 ≤ minimum ≤ maximum ≤ 1,000',
                '  dataset "stones": its pipeline "Team-side-pre-stage" is not declared; declare it under pipelines',
                '  dataset "stones": its pipeline "Team-side-post-stage" is not declared; declare it under pipelines',
                '  dataset "stones", column "id": type "text" is not one of double, int, string',
                "Correct these and start again.",
            ]);
            return true;
        });
    });

    it("leave the name of the partitions' column to the tables, which Athena refuses with two of it", () => {
        assert.throws(() => read({ columns: [{ name: "date", type: "string" }] }), /column "date": is the column of the day that every table is partitioned by; call it otherwise/);
    });

    for (const [least, most] of [[0, 10], [1, 1_001], [1.5, 10], ["1", 10]]) {
        it(`take no batches of ${least} to ${most} objects`, () => {
            assert.throws(() => read({ min_items_process: least, max_items_process: most }), /min_items_process/);
        });
    }

    it("take batches of one object and of a thousand", () => {
        assert.doesNotThrow(() => read({ min_items_process: 1, max_items_process: 1_000 }));
        assert.doesNotThrow(() => read({ min_items_process: 1_000, max_items_process: 1_000 }));
    });
});
