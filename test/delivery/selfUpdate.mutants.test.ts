import assert from "node:assert/strict";
import fc from "fast-check";
import { PROPERTIES } from "./world/journal";
import { BAD_POLICIES, WITHOUT, type Mutant } from "./world/mutants";
import { play } from "./world/run";
import { schedules, SETTINGS } from "./world/schedule";

const SEED = 20_260_101;
/** Schedules in each setting until one must have failed. */
const SCHEDULES = 2_000;

describe("each step of the self-update, taken out", function () {
    this.timeout(120_000);

    for (const mutant of WITHOUT) {
        it(`${mutant.name}: no longer “${PROPERTIES[mutant.fails]}”`, () => breaks(mutant));
    }
});

describe("a policy of restarting that was rejected", function () {
    this.timeout(120_000);

    for (const mutant of BAD_POLICIES) {
        it(`${mutant.name}: does not keep “${PROPERTIES[mutant.fails]}”`, () => breaks(mutant));
    }
});

/** The same schedules as those under which the whole algorithm keeps every promise. */
async function breaks({ policy, fails }: Mutant): Promise<void> {
    const broken = new Set<string>();
    for (const schedule of fc.sample(schedules, { seed: SEED, numRuns: SCHEDULES })) {
        for (const setting of SETTINGS) {
            for (const { property } of (await play(schedule, setting, policy)).violations) {
                broken.add(property);
            }
            if (broken.has(fails)) {
                return;
            }
        }
    }
    assert.fail(`nothing broke “${PROPERTIES[fails]}” in ${SCHEDULES} schedules of each setting; broken: ${[...broken].sort().join(", ") || "nothing"}`);
}
