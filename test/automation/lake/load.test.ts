import { strict as assert } from "node:assert";
import fc from "fast-check";
import { allGivenUp } from "../../../automation/lake/deadLetters";
import type { Entry, Execution } from "../../../automation/lake/items";
import { differences, type Found } from "../../../automation/lake/load/agreement";
import { generateRecord, isDuplicated, recordName } from "../../../automation/lake/load/records";
import { type LoadOptions, runLoad } from "../../../automation/lake/load/run";
import { quantile, timingOf } from "../../../automation/lake/load/timing";
import { handle, runWith } from "../support";
import { FakeLake, lake, movingClock } from "./support";

const indexes = (size: number): number[] => Array.from({ length: size }, (_, index) => index);

describe("generated records", () => {
    it("are the same for the same seed, others for another, and their ids tell runs apart", () => {
        const of = (seed: number, run: string) => indexes(50).map((index) => JSON.stringify(generateRecord(seed, run, index)));
        assert.deepEqual(of(7, "r"), of(7, "r"));
        assert.notDeepEqual(of(7, "r"), of(8, "r"));
        assert.equal(of(7, "s").join().replaceAll('"s-', '"r-'), of(7, "r").join());
    });

    it("have what is difficult in them: other scripts, quotes, commas, and each member missing now and then", () => {
        const records = indexes(200).map((index) => generateRecord(1, "r", index));
        for (const part of [/[^\u0000-\u007f]/, /"/, /,/]) {
            assert.ok(records.some(({ name }) => part.test(String(name))), String(part));
        }
        for (const member of ["mass", "year", "reclat", "reclong", "geolocation", "recclass", "nametype"]) {
            const lacking = records.filter((record) => !(member in record)).length;
            assert.ok(lacking > 0 && lacking < 100, `${member}: ${lacking}`);
        }
        assert.ok(records.every((record) => "id" in record && "name" in record));
        assert.ok(indexes(100).some((index) => /[ +ö]/.test(recordName(1, index))));
    });

    it("are values that the sample's transform takes: ranges of its documentation", () => {
        fc.assert(fc.property(fc.nat(999_999), fc.nat(9_999), (seed, index) => {
            const { mass, reclat, reclong, year } = generateRecord(seed, "r", index);
            const within = (value: unknown, least: number, most: number): boolean => value === undefined || (Number(value) >= least && Number(value) <= most);
            return within(mass, 0, 1e7) && within(reclat, -90, 90) && within(reclong, -180, 360) && (year === undefined || /^\d{4}-01-01T00:00:00\.000$/.test(String(year)));
        }), { numRuns: 300 });
    });

    it("are delivered twice in exactly the wanted share", () => {
        for (const [percent, wanted] of [[0, 0], [10, 20], [50, 100], [100, 200]]) {
            for (const seed of [0, 1, 99, 12_345]) {
                assert.equal(indexes(200).filter((index) => isDuplicated(seed, index, percent)).length, wanted, `${percent} % with seed ${seed}`);
            }
        }
    });
});

describe("what a load compares", () => {
    const wanted = { ids: ["x", "y"], records: ["1", "2"] };
    const entry = (id: string, more: Partial<Entry> = {}): Entry => ({ id, status: "PROCESSED", ...more });
    const execution = (id: string, stage: "A" | "B", objects: string[], status = "SUCCEEDED"): Execution => ({ id, stage, status, objects });
    const whole: Found = {
        raw: ["r1", "r2"],
        catalogue: [entry("x"), entry("y")],
        csv: ["c1", "c2"],
        rows: ["2", "1"],
        history: [execution("a", "A", ["x"]), execution("b", "A", ["y"]), execution("c", "B", ["y", "of another", "x"])],
        lost: [],
    };

    it("agrees when everything is there once, and rows and objects of others do not matter", () => {
        assert.deepEqual(differences(whole, wanted), []);
        assert.deepEqual(differences({ ...whole, rows: ["2", "1", "of another", "of another"] }, wanted), []);
    });

    it("does not mind a first try that failed, when a second one succeeded", () =>
        assert.deepEqual(differences({ ...whole, history: [...whole.history, execution("d", "B", ["x", "y"], "FAILED")] }, wanted), []));

    const faults: readonly (readonly [string, Partial<Found>, RegExp])[] = [
        ["a raw object missing", { raw: ["r1"] }, /^1 objects in the raw bucket, expected 2$/],
        ["an entry missing", { catalogue: [entry("x")] }, /^1 entries in the catalogue, expected 2$/],
        ["an entry not through", { catalogue: [entry("x"), entry("y", { status: "FAILED", reason: "why" })] }, /^y is FAILED: why$/],
        ["a CSV object too many", { csv: ["c1", "c2", "c3"] }, /^3 CSV objects in the stage bucket, expected 2$/],
        ["a row missing", { rows: ["1"] }, /^Parquet rows: 1 of 2 are missing, the first is "2"$/],
        ["a row twice", { rows: ["1", "2", "1"] }, /^Parquet rows: 1 of 2 are there more than once, the first is "1"$/],
        ["an execution of stage A twice", { history: [...whole.history, execution("e", "A", ["x"])] }, /^finished executions of stage A: .*more than once, the first is "x"$/],
        ["a batch missing", { history: whole.history.slice(0, 2) }, /^finished batches of stage B: 2 of 2 are missing/],
        ["an execution without an end", { history: [...whole.history, execution("f", "B", ["x"], "RUNNING")] }, /^execution f of stage B is RUNNING$/],
        ["a message given up", { lost: [{ stage: "A", reason: "it raised", body: "" }] }, /^1 message is on the dead-letter queue of stage A: it raised$/],
        ["messages given up for the same reason", { lost: ["0a", "1b"].map((digits) => ({ stage: "routing", reason: `Id: ${digits.repeat(4)}-0000-0000-0000-${"0".repeat(12)} late`, body: digits })) }, /^2 messages are on the dead-letter queue of the routing: Id: … late$/],
    ];
    for (const [what, change, sentence] of faults) {
        it(`finds ${what}, and tells only that`, () => {
            const found = differences({ ...whole, ...change }, wanted);
            assert.equal(found.length, 1, JSON.stringify(found));
            assert.match(found[0], sentence);
        });
    }
});

describe("objects that only a redrive brings further", () => {
    const entries = new Map<string, Entry>([["done", { id: "done", status: "PROCESSED" }], ["bad", { id: "bad", status: "FAILED" }], ["held", { id: "held", status: "CLAIMED", batch: "b1" }]]);
    const about = (stage: "routing" | "A" | "B", subject?: string) => ({ stage, reason: "", body: "", about: subject });

    it("are those whose message, or whose batch's, was given up, when nothing else is under way", () => {
        const lost = [about("A", "bad"), about("B", "b1")];
        assert.equal(allGivenUp(["done", "bad", "held"], entries, lost), true);
        assert.equal(allGivenUp(["done", "bad", "held", "unrouted"], entries, [...lost, about("routing")]), true);
    });

    it("are not those on their way: put back, waiting, in a batch that works, or not yet routed", () => {
        assert.equal(allGivenUp(["bad", "held"], entries, [about("B", "b1")]), false);
        assert.equal(allGivenUp(["bad", "held"], entries, [about("A", "bad")]), false);
        assert.equal(allGivenUp(["bad", "unrouted"], entries, [about("A", "bad")]), false);
        assert.equal(allGivenUp(["bad", "w"], new Map([...entries, ["w", { id: "w", status: "WAITING" }]]), [about("A", "bad")]), false);
    });
});

describe("times of a load", () => {
    it("run from landing to the end of the batch that an object is in", () => {
        const landed = new Map([["x", 1000], ["y", 2000], ["lost", 3000]]);
        const history: Execution[] = [
            { id: "1", stage: "B", status: "FAILED", objects: ["x"], endedAt: 1500 },
            { id: "2", stage: "B", status: "SUCCEEDED", objects: ["x", "y", "of another"], endedAt: 5000 },
        ];
        assert.deepEqual(timingOf(landed, history, 1000), { whole: 4, objectsPerSecond: 0.5, latency: { median: 3, p95: 4 } });
        assert.equal(timingOf(landed, [], 1000), undefined);
    });

    it("take a quantile that is one of the values", () => assert.deepEqual([quantile([1, 2, 3, 4], 0.5), quantile([1, 2, 3, 4], 0.95), quantile([9], 0.95)], [2, 4, 9]));
});

describe("a load", () => {
    function scene(change: Partial<LoadOptions> = {}): { account: FakeLake; options: LoadOptions; said: string[] } {
        const clock = movingClock(20);
        const account = new FakeLake(clock);
        const said: string[] = [];
        const options: LoadOptions = {
            root: "/checkout", lake, clock, project: "p", stack: "local", aws: account, client: account, capture: account.capture, python: "python", dockerHost: "unix:///s",
            signal: new AbortController().signal, interval: 0, patience: 20_000, objects: 20, seed: 3, duplicates: 0, kill: false,
            killContainer: async () => assert.fail("a container was killed"),
            onProgress: () => undefined,
            say: (line) => said.push(line),
            ...change,
        };
        return { account, options, said };
    }

    it("ends with equal counts, a throughput and latencies when all objects are through", async () => {
        const { account, options } = scene();
        account.minimum = 6;
        const { counts, differences: found, timing, duplicated } = await runLoad(options);
        assert.deepEqual([found, duplicated], [[], 0]);
        assert.deepEqual(counts, { raw: 20, catalogue: 20, csv: 20, parquet: 20, historyA: 20, historyB: 20 });
        assert.ok(timing !== undefined && timing.objectsPerSecond > 0 && timing.latency.median <= timing.latency.p95);
    });

    it("sends the events of the wanted share a second time, for the objects as they are", async () => {
        const { account, options } = scene({ duplicates: 10 });
        const { duplicated } = await runLoad(options);
        const sent = account.calls.filter((call) => call.startsWith("send q/routing "));
        assert.deepEqual([duplicated, sent.length], [2, 2]);
        const { s3 } = (JSON.parse(sent[0].slice("send q/routing ".length)) as { Records: [{ s3: { bucket: { name: string }; object: { key: string; eTag: string } } }] }).Records[0];
        assert.ok(account.calls.includes(`put raw/${decodeURIComponent(s3.object.key.replaceAll("+", " "))}`));
        assert.match(s3.object.eTag, /^[0-9a-f]{32}$/);
    });

    it("fires the schedule for what is left, and says so", async () => {
        const { account, options, said } = scene();
        account.minimum = 1000;
        const { differences: found } = await runLoad(options);
        assert.deepEqual([found, said], [[], ["fired the schedule of stage B for what waits"]]);
    });

    it("kills a container of both functions while they work, and puts back once what ended on a dead-letter queue", async () => {
        const killed: string[] = [];
        const { account, options, said } = scene({ kill: true });
        const killContainer: LoadOptions["killContainer"] = async (_, name) => {
            killed.push(name);
            if (name.endsWith("process-data")) {
                account.troubles.set("raw/", "fails in B");
            }
            return "0123456789abcdef";
        };
        const result = await runLoad({ ...options, killContainer });
        assert.deepEqual(killed, ["p-local-stage-a-process-object", "p-local-stage-b-process-data"]);
        assert.deepEqual([result.differences, result.redriven], [[], ["stage-b-redrive"]]);
        assert.deepEqual(account.calls.filter((call) => call.startsWith("invoke")), ["invoke p-local-stage-b-redrive live {}"]);
        assert.ok(said.some((line) => /^put back by stage-b-redrive: \d+ messages?, the first with the transform raised$/.test(line)), said.join("\n"));
    });

    it("does not pass for a disturbed one when no container could be killed", async () => {
        const { options } = scene({ kill: true, killContainer: async () => undefined });
        assert.match((await runLoad(options)).differences.join(), /no container was killed/);
    });

    it("ends with the differences when an object does not get through", async () => {
        const { account, options } = scene();
        account.troubles.set("00007", "stuck");
        const { differences: found, counts } = await runLoad(options);
        assert.equal(counts.catalogue, 19);
        assert.ok(found.includes("19 entries in the catalogue, expected 20"), found.join("\n"));
    });

    it("ends soon when the rest is on dead-letter queues, and tells of the messages", async () => {
        const { account, options } = scene({ patience: Infinity });
        account.troubles.set("00007", "fails in A");
        const { differences: found, behind } = await runLoad(options);
        assert.equal(behind, "stage-a-process-object");
        assert.ok(found.includes("1 message is on the dead-letter queue of stage A: no JSON"), found.join("\n"));
        assert.ok(found.some((line) => line.endsWith("00007.json is FAILED: no JSON")), found.join("\n"));
    });

    it("ends the watching when putting fails", async () => {
        const { account, options } = scene({ patience: Infinity });
        account.putObject = async () => Promise.reject(new Error("no such bucket"));
        await assert.rejects(runLoad(options), /no such bucket/);
    });

    it("refuses numbers outside their ranges before anything is called", async () => {
        for (const argv of [["0"], ["10001"], ["ten"], ["1.5"], ["200", "--duplicates", "101"], ["200", "--seed", "1000000"]]) {
            const { status, err } = await runWith("/checkout", { runningLocal: async () => handle }, ["local:load", ...argv]);
            assert.equal(status, 2, argv.join(" "));
            assert.match(err, /Allowed: a whole number from \d+ to \d+\./);
        }
    });
});
