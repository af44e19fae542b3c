import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { DeadLetter } from "../../automation/lake/client";
import type { Entry } from "../../automation/lake/items";
import type { LakeStage } from "../../automation/lake/lake";
import { assertSuccess, type Checkout } from "./support/checkout";
import { imageTraffic } from "./support/imageTraffic";
import { TestLake } from "./support/lake";
import { record, TestDatasets } from "./support/lakeDatasets";
import { sharedCheckout } from "./support/shared";

const PROCESS_OBJECT = "app/functions/stage-a-process-object/src/app.py";
const PROCESS_DATA = "app/functions/stage-b-process-data/src/job.py";
const PROCESS_DATA_MANIFEST = "app/functions/stage-b-process-data/function.yaml";
const SOURCES: Readonly<Record<LakeStage, string>> = { routing: "routing", A: "stage-a-error", B: "stage-b-error" };

describe("what fails in the sample data lake", () => {
    let checkout: Checkout;
    let lake: TestLake;
    let datasets: TestDatasets;
    let sources: Readonly<Record<string, string>> = {};
    const run = randomBytes(4).toString("hex");
    const rowOf = (name: string): string => `${name}-${run}`;

    before(async () => {
        ({ checkout } = await sharedCheckout("sample"));
        lake = await TestLake.of(checkout);
        datasets = new TestDatasets(lake);
        sources = Object.fromEntries([PROCESS_OBJECT, PROCESS_DATA, PROCESS_DATA_MANIFEST].map((file) => [file, checkout.read(file)]));
        await datasets.declare("calm");
    });

    after(async () => {
        const changed = Object.entries(sources).filter(([file, text]) => checkout.read(file) !== text);
        changed.forEach(([file, text]) => checkout.write(file, text));
        if (changed.length > 0) {
            assertSuccess(await checkout.npm("up", "local"));
        }
        await datasets?.remove();
    });

    const put = (dataset: string, name: string, body = record(rowOf(name))): Promise<string> => lake.put(`engineering/${dataset}/${run}/${name}.json`, body);

    /** What is put while something else fails goes through as if nothing had. */
    function bystanders(test: string): Promise<string[]> {
        return Promise.all([1, 2, 3].map((number) => put("calm", `${test}-${number}`)));
    }

    /** Has stage B make a batch of objects that it cannot finish. */
    async function claimed(ids: readonly string[]): Promise<readonly Entry[]> {
        // The schedule may have been faster.
        await lake.reach(ids, "WAITING", "CLAIMED");
        await lake.flush();
        return lake.reach(ids, "CLAIMED");
    }

    async function assertUndisturbed(ids: readonly string[]): Promise<void> {
        await lake.finish(ids);
        await lake.settled();
        const history = await lake.history(ids);
        assert.deepEqual(history.filter(({ status }) => status !== "SUCCEEDED"), []);
        await assertOneRowEach("calm", ids);
    }

    async function assertOneRowEach(dataset: string, ids: readonly string[]): Promise<void> {
        const rows = await lake.rows(dataset);
        const names = ids.map((id) => rowOf(id.slice(id.lastIndexOf("/") + 1).replace(/\.json$/, "")));
        assert.deepEqual(names.map((name) => [name, rows[name]]), names.map((name) => [name, 1]));
    }

    /** Finds the one letter about something on the dead-letter queue of a stage, with its reason, and nothing on the others. */
    async function assertLetter(stage: LakeStage, about: string, reason: RegExp, tries = "0"): Promise<DeadLetter> {
        const letter = await lake.letter(stage, about);
        assert.match(letter.attributes.reason ?? "", reason);
        assert.deepEqual([letter.attributes.source, letter.attributes.tries], [`container-lambdas-local-${SOURCES[stage]}`, tries]);
        assert.ok((letter.attributes.correlationId ?? "") !== "");
        for (const other of (["routing", "A", "B"] as const).filter((one) => one !== stage)) {
            assert.deepEqual(await lake.letters(other, about), []);
        }
        return letter;
    }

    async function assertNoLetters(stage: LakeStage, ...about: readonly string[]): Promise<void> {
        await lake.settled();
        assert.deepEqual((await Promise.all(about.map((text) => lake.letters(stage, text)))).flat(), []);
    }

    it("because an object is malformed or its record refused ends on stage A's dead-letter queue, comes back counted while it is as it was, and is done once it is put right", async () => {
        await datasets.declare("refused");
        const calm = await bystanders("refused");
        const ids = [await put("refused", "malformed", '{"id": "1", "name": '), await put("refused", "heavy", record(rowOf("heavy"), { mass: "heavy" }))];
        const reasons = [/^InvalidInput: JSON is needed/, /^InvalidInput: mass "heavy": a decimal number of at least 0 is allowed/];
        for (const tries of ["0", "1"]) {
            for (const [index, name] of ["malformed", "heavy"].entries()) {
                await assertLetter("A", `/${run}/${name}.json`, reasons[index], tries);
            }
            const failed = await lake.reach(ids, "FAILED");
            failed.forEach(({ reason = "" }, index) => assert.match(reason, reasons[index]));
            if (tries === "0") {
                assert.equal((await lake.redrive("stage-a-redrive")).redriven, 2);
            }
        }
        await Promise.all(["malformed", "heavy"].map((name) => put("refused", name)));
        await lake.finish(ids);
        assert.equal((await lake.redrive("stage-a-redrive")).redriven, 2);
        await assertNoLetters("A", `/${run}/malformed.json`, `/${run}/heavy.json`);
        await lake.reach(ids, "PROCESSED");
        await assertOneRowEach("refused", ids);
        await assertUndisturbed(calm);
    });

    it("because the dataset is unknown ends on the routing step's dead-letter queue, and redrive completes it once the dataset is declared", async () => {
        const calm = await bystanders("unknown");
        const id = await put("unknown", "stranger");
        const about = `${run}/stranger.json`;
        await assertLetter("routing", about, /^unknown dataset engineering-unknown: declare it/);
        assert.deepEqual(await lake.entries([id]), []);
        await datasets.declare("unknown");
        assert.equal((await lake.redrive("redrive")).redriven, 1);
        await lake.finish([id]);
        await assertNoLetters("routing", about);
        await assertOneRowEach("unknown", [id]);
        await assertUndisturbed(calm);
    });

    it("because a batch's transform raises or its table is missing ends on stage B's dead-letter queue, and redrive completes it once that is mended", async () => {
        await datasets.declareRecord("narrow", 1);
        await datasets.declareTable("narrow");
        await datasets.declareRecord("tableless");
        const calm = await bystanders("batch");
        const [narrow, tableless] = [await put("narrow", "narrow"), await put("tableless", "tableless")];
        const batches = (await claimed([narrow, tableless])).map(({ batch = "none" }) => batch);
        await assertLetter("B", batches[0], /InvalidInput: .*narrow\.csv row 1 10: 9 values are needed/);
        await assertLetter("B", batches[1], /EntityNotFound/);
        assert.equal((await lake.rows("narrow"))[rowOf("narrow")], undefined);
        assert.deepEqual((await lake.history([narrow])).map(({ stage, status }) => `${stage} ${status}`), ["A SUCCEEDED", "B FAILED"]);

        await datasets.declareRecord("narrow");
        await datasets.declareTable("tableless");
        assert.equal((await lake.redrive("stage-b-redrive")).redriven, 2);
        await lake.reach([narrow, tableless], "PROCESSED");
        await assertNoLetters("B", ...batches);
        await assertOneRowEach("narrow", [narrow]);
        await assertOneRowEach("tableless", [tableless]);
        await assertUndisturbed(calm);
    });

    it("because a release brought functions that raise or do not come to an end, ends on the dead-letter queue of its stage, and redrive completes it after the next release", async () => {
        await datasets.declare("released");
        await datasets.declare("slow");
        const hang = '__import__("time").sleep(900)';
        const needed = '    needed = documents.need(document, "bucket", "key", "etag", "transform")\n';
        checkout.edit(PROCESS_OBJECT, needed, `${needed}    if "/hangs" in needed["key"]:\n        ${hang}\n    if "/raises" in needed["key"]:\n        raise RuntimeError("a fault of this release")\n`);
        const asked = "    transform = transforms.find_batch(document[\"transform\"])\n";
        checkout.edit(PROCESS_DATA, asked, `${asked}    if document["dataset"] == "slow":\n        ${hang}\n`);
        checkout.edit(PROCESS_DATA_MANIFEST, "timeout: 120\n", "timeout: 30\n");
        assertSuccess(await checkout.npm("up", "local"));

        const calm = await bystanders("release");
        const [hangs, raises, good, slow] = [await put("released", "hangs"), await put("released", "raises"), await put("released", "good"), await put("slow", "slow")];
        const [{ batch = "none" }] = await claimed([slow]);
        await assertLetter("A", `/${run}/raises.json`, /^RuntimeError: a fault of this release/);
        await assertLetter("A", `/${run}/hangs.json`, /Task timed out after 30\.00 seconds/);
        await assertLetter("B", batch, /^JobFailed: timed out: no result by/);
        await assertUndisturbed(calm);
        await lake.finish([good]);

        Object.entries(sources).forEach(([file, text]) => checkout.write(file, text));
        const { traffic } = await imageTraffic(checkout, async () => assertSuccess(await checkout.npm("up", "local")));
        assert.deepEqual(traffic.builds, [], "the images of the release before are there");
        assert.equal((await lake.redrive("stage-a-redrive")).redriven, 2);
        assert.equal((await lake.redrive("stage-b-redrive")).redriven, 1);
        await lake.finish([hangs, raises, slow]);
        await assertNoLetters("A", `/${run}/raises.json`, `/${run}/hangs.json`);
        await assertNoLetters("B", batch);
        await assertOneRowEach("released", [hangs, raises, good]);
        await assertOneRowEach("slow", [slow]);
        assert.equal(checkout.status(), "");
    });
});
