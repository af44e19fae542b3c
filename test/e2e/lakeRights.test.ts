import assert from "node:assert/strict";
import { join } from "node:path";
import { RESOURCES } from "../../app/resources";
import { TestLake } from "./support/lake";
import { TestDatasets } from "./support/lakeDatasets";
import { LakeRights, type LoggedRefusal, nameOf, type Needed, type Place, placeOf } from "./support/lakeRights";
import { declaredRights, isDueTo, isOfTrigger, PREFIX, refusalIn, type Right, without } from "./support/rights";
import { sharedCheckout } from "./support/shared";
import { waitFor } from "./support/wait";

/** A right that was taken away for a while. */
interface Absence {
    readonly right: Right;
    /** Milliseconds since 1970. */
    readonly from: number;
}

const DATASET = "rights";

describe("the data lake's rights are real", () => {
    let lake: TestLake;
    let datasets: TestDatasets;
    let scene: LakeRights;
    const rights = declaredRights(join(__dirname, "..", ".."), RESOURCES);
    const absences: Absence[] = [];

    before(async () => {
        lake = await TestLake.of((await sharedCheckout("sample")).checkout);
        datasets = new TestDatasets(lake);
        await datasets.declare(DATASET);
        scene = new LakeRights(lake, DATASET);
    });

    after(async () => {
        await scene?.clear();
        await datasets?.remove();
    });

    async function missing(right: Right, check: (since: number) => Promise<void>): Promise<void> {
        const from = Date.now();
        absences.push({ right, from });
        await without(lake.clients.iam, right, () => check(from));
    }

    function assertDueTo(right: Right, text: string): void {
        const refusal = refusalIn(text);
        assert.ok(refusal !== undefined && isDueTo(refusal, right), `${nameOf(right)}: ${text}`);
    }

    /** The function that was called says so, or its log does; where a state machine called it, the dead letter does as well. */
    async function assertRefused(right: Right, { stage, tells }: Place, { id, failure }: Needed, since: number): Promise<void> {
        const { name } = right.model;
        if (failure === undefined) {
            const logged = async (): Promise<LoggedRefusal | undefined> => (await scene.refusals(name, since)).find(({ own }) => own);
            const refusal = await waitFor(`the refusal in the log of ${name}`, logged, 30);
            assert.ok(isDueTo(refusal, right), `${nameOf(right)}: ${JSON.stringify(refusal)}`);
        } else {
            assertDueTo(right, failure);
        }
        if (tells) {
            assertDueTo(right, await scene.reason(stage, id));
        }
    }

    for (const right of rights.filter((one) => !isOfTrigger(one))) {
        const { model, access, resource } = right;
        it(`${model.name} without "${access}" on ${resource}: the flow stops there, and goes on with the next object when it is back`, async () => {
            const place = placeOf(right);
            try {
                await missing(right, async (since) => {
                    const needed = await scene.need(place);
                    await assertRefused(right, place, needed, since);
                    if (place.when === "work" && !place.tells) {
                        const { status } = await lake.entry(needed.id);
                        assert.ok(place.stage === "B" ? status !== "PROCESSED" : status === undefined, `${needed.id} is ${String(status)}`);
                    }
                });
            } finally {
                await scene.mend(place.stage);
            }
            await scene.passes(place);
        });
    }

    for (const right of rights.filter(isOfTrigger)) {
        const { model, resource } = right;
        it(`${model.name} without "consume" on ${resource}: messages stay, and are taken when it is back`, async () => {
            const QueueUrl = Object.entries(lake.outputs.queues).find(([name]) => name === resource)?.[1];
            assert.ok(QueueUrl, `the stack's outputs do not tell the URL of ${resource}`);
            let id = "";
            await scene.purge(QueueUrl);
            await missing(right, async () => {
                id = await scene.land();
                assert.match(await scene.mappingProblem(model.name), new RegExp(`role/${PREFIX}-${model.name} .*sqs:ReceiveMessage`));
                await waitFor(`a message on ${resource}`, async () => ((await scene.waiting(QueueUrl)) === 1 ? true : undefined));
            });
            await waitFor(`the end of the message on ${resource}`, async () => ((await scene.waiting(QueueUrl)) === 0 ? true : undefined));
            await lake.finish([id]);
        });
    }

    it("nothing else was refused meanwhile, to any function", async () => {
        assert.deepEqual(absences.map(({ right }) => nameOf(right)).sort(), rights.map(nameOf).sort());
        const since = Math.min(...absences.map(({ from }) => from));
        const names = [...new Set(rights.map(({ model }) => model.name))];
        const refusals = (await Promise.all(names.map((name) => scene.refusals(name, since)))).flat();
        const meant = (refusal: LoggedRefusal): boolean => absences.some(({ right, from }) => refusal.at >= from && isDueTo(refusal, right));
        assert.deepEqual(refusals.filter((refusal) => !meant(refusal)), []);
        assert.ok(refusals.length >= rights.filter((one) => !isOfTrigger(one)).length);
    });
});
