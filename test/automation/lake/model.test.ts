import { strict as assert } from "node:assert";
import { plainItem, readEntry, readExecution, secondsOf } from "../../../automation/lake/items";
import { csvFolder, eventMessage, findLake, objectId, rawFolder, runFolder } from "../../../automation/lake/lake";
import { advance, beginJourney, countReached, functionBehind, stageOf } from "../../../automation/lake/stages";
import { lake, lakeOutputs } from "./support";

const entry = (status: string, more: object = {}) => ({ id: "x", status, ...more });

describe("a data lake", () => {
    it("is recognised by all of its outputs, and by nothing less", () => {
        assert.equal(lake.deadLetters.B, "q/b-dlq");
        for (const name of ["rawBucket", "stageBucket", "tables", "queues"]) {
            assert.equal(findLake({ ...lakeOutputs, [name]: undefined }), undefined, name);
        }
        for (const name of Object.keys(lakeOutputs.queues)) {
            assert.equal(findLake({ ...lakeOutputs, queues: { ...lakeOutputs.queues, [name]: undefined } }), undefined, name);
        }
    });

    it("gets every run in a folder of its own, from which ids and keys follow", () => {
        const folder = runFolder("samples", Date.UTC(2026, 0, 31, 12, 0, 0, 7));
        assert.equal(rawFolder(folder), "raw/engineering/meteorites/samples/2026-01-31T12-00-00-007Z/");
        assert.equal(csvFolder(folder), "pre-stage/engineering/meteorites/samples/2026-01-31T12-00-00-007Z/");
        assert.equal(objectId(lake, folder, "a b.json"), `raw/${rawFolder(folder)}a b.json`);
        assert.notEqual(runFolder("samples", 1).path, runFolder("samples", 2).path);
    });

    it("is told of an object as S3 does, with the key encoded", () => {
        const { Records: [record] } = JSON.parse(eventMessage("raw", "raw/a/ström +1.json", { size: 5, etag: "e" }, new Date(0))) as { Records: [{ eventName: string; s3: { bucket: object; object: object } }] };
        assert.equal(record.eventName, "ObjectCreated:Put");
        assert.deepEqual(record.s3.object, { key: "raw/a/str%C3%B6m+%2B1.json", size: 5, eTag: "e", sequencer: "000000000000000000" });
    });
});

describe("items of the lake's tables", () => {
    it("are read into plain values", () => {
        const item = { s: { S: "a" }, n: { N: "1.5" }, b: { BOOL: false }, nothing: { NULL: true }, list: { L: [{ S: "x" }, { N: "2" }] }, map: { M: { k: { SS: ["p"] } } }, numbers: { NS: ["3"] } };
        assert.deepEqual(plainItem(item), { s: "a", n: 1.5, b: false, nothing: null, list: ["x", 2], map: { k: ["p"] }, numbers: [3] });
    });

    it("tell of entries and executions, whatever is missing", () => {
        assert.deepEqual(readEntry({ id: "i", status: "CLAIMED", batch: "b", csv_key: "c", other: 1 }), { id: "i", status: "CLAIMED", batch: "b", csvKey: "c", parquetKey: undefined, reason: undefined });
        const batch = readExecution({ id: "b", stage: "B", status: "SUCCEEDED", items: ["x", "y"], started_at: "2026-01-31T12:00:00.500+00:00", ended_at: "2026-01-31T12:00:02Z", job: { status: "SUCCEEDED" } });
        assert.deepEqual([batch.objects, batch.job, secondsOf(batch)], [["x", "y"], "SUCCEEDED", 1.5]);
        assert.equal(secondsOf(readExecution({ id: "a", stage: "A", object: "x", started_at: "2026-01-31T12:00:00Z" })), undefined);
    });
});

describe("the stages of an object", () => {
    it("follow from the catalogue, also for one that failed", () => {
        assert.deepEqual(["RECEIVED", "CONVERTED", "WAITING", "CLAIMED", "PROCESSED"].map((status) => stageOf(entry(status))), ["catalogued", "CSV", "waiting", "batch", "Parquet"]);
        assert.deepEqual([stageOf(undefined), stageOf(entry("FAILED")), stageOf(entry("FAILED", { csvKey: "c" })), stageOf(entry("FAILED", { batch: "b", csvKey: "c" }))], ["landed", "catalogued", "CSV", "batch"]);
    });

    it("are all told when several went by between two looks, and none twice", () => {
        const begun = beginJourney("x", "x.json", 1000);
        const later = advance(begun, entry("WAITING"), 2500);
        assert.deepEqual(later.steps, [{ stage: "landed", seconds: 0 }, { stage: "catalogued", seconds: 1.5 }, { stage: "CSV", seconds: 1.5 }, { stage: "waiting", seconds: 1.5 }]);
        assert.equal(advance(later, entry("WAITING"), 3000), later);
        assert.equal(advance(later, entry("RECEIVED"), 3000), later);
    });

    it("name the function whose log tells why an object does not come further", () => {
        assert.deepEqual([undefined, entry("RECEIVED"), entry("WAITING"), entry("CLAIMED")].map(functionBehind), ["routing", "stage-a-process-object", "stage-b-routing", "stage-b-process-data"]);
    });

    it("are counted so that who is further was there before", () => {
        const counts = countReached(["a", "b", "c"], new Map([["a", entry("PROCESSED")], ["b", entry("WAITING")]]));
        assert.deepEqual(counts, { landed: 3, catalogued: 2, CSV: 2, waiting: 2, batch: 1, Parquet: 1 });
    });
});
