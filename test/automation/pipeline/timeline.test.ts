import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { layOutTimeline } from "../../../automation/pipeline/timeline";
import { drawTimeline } from "../../../automation/pipeline/timelineSvg";
import { action, at, run, stage } from "./support";

const build = (name: string, from: number, to: number | undefined, more: object = {}) => stage(name, [action(name, from, to, more)]);

const runs = [
    run("d", {
        message: "Write <Parquet> & \"CSV\" in one go, with a message that is much too long", started: at(600), version: 2,
        stages: [build("Source", 600, 602), build("SelfUpdate", 603, 611), stage("Verify", [action("Lint", 612, 618), action("Types", 612, 630), action("Tests", 613, undefined)])],
    }),
    run("c", {
        message: "Three steps of verification", status: "Failed", started: at(400), ended: at(449), version: 2, generation: 1,
        stages: [build("Source", 400, 402), build("SelfUpdate", 403, 410), build("Verify", 411, 425), stage("Build", [action("Build", 426, 449, { status: "Failed" })], { status: "Failed" })],
    }),
    run("b", {
        message: "Three steps of verification", status: "Stopped", started: at(360), ended: at(401),
        stages: [build("Source", 360, 362), build("SelfUpdate", 380, 401, { outputs: { RESULT: "restarted" } })],
    }),
    run("e", {
        message: "Release v1.2.3", status: "Succeeded", started: at(0), ended: at(118),
        stages: [
            build("Source", 0, 2), stage("PipelineApprove", [], { status: "Skipped" }), build("Plan", 3, 12), stage("Approve", [action("Approve", 13, 63, { provider: "Manual" })]),
            stage("Deploy", [action("Deploy", 64, 96), action("Test", 97, 110)]), build("Record", 111, 118),
        ],
    }),
    run("f", { message: "Fix a typo", status: "Superseded", started: at(30), ended: at(62), stages: [build("Source", 30, 32)] }),
];

describe("the timeline of a pipeline", () => {
    it("is drawn as it was looked at once and found right", () => {
        const golden = readFileSync(join(__dirname, "fixtures/timeline.svg"), "utf8");
        assert.equal(drawTimeline(layOutTimeline("container-lambdas-local-dev", runs, at(640))), golden);
    });

    it("hatches what waited: for a stage, for an approval, and until it was superseded", () => {
        const { rows } = layOutTimeline("p", runs, at(640));
        const waits = rows.map(({ stages }) => stages.filter(({ status }) => status === "Waiting").map(({ label, from, to }) => `${label} ${from}-${to}`));
        assert.deepEqual(waits[2], ["waits for SelfUpdate 2-20"]);
        assert.ok(waits[3].includes("Approve 13-63"));
        assert.deepEqual(waits[4], ["waited, superseded 2-32"]);
    });

    it("draws what goes on up to now, and actions at the same time below each other", () => {
        const [{ stages, lanes, seconds }] = layOutTimeline("p", runs, at(640)).rows;
        assert.deepEqual([stages.at(-1)?.to, seconds], [40, 40]);
        assert.deepEqual(lanes.map((lane) => lane.map(({ label }) => label)), [["Source", "SelfUpdate", "Verify / Lint"], ["Verify / Types"], ["Verify / Tests"]]);
    });

    it("keeps actions that follow each other at once in one lane", () => {
        const [{ lanes }] = layOutTimeline("p", [run("a", { status: "Succeeded", ended: at(4), stages: [build("Plan", 0, 2), build("Deploy", 2, 4)] })], at(4)).rows;
        assert.deepEqual(lanes.map((lane) => lane.map(({ label }) => label)), [["Plan", "Deploy"]]);
    });

    it("has an axis of whole steps that holds the longest run, for a second as for a week", () => {
        for (const seconds of [0, 0.4, 1, 59, 61, 3_599, 86_400, 700_000, 90_000_000]) {
            const { length, step } = layOutTimeline("p", [run("a", { status: "Succeeded", ended: at(seconds) })], at(0));
            assert.ok(length >= seconds && length % step === 0 && length / step <= 13, `${seconds}: ${length} by ${step}`);
        }
    });

    it("is a whole document without runs, and no text in it is markup", () => {
        const empty = drawTimeline(layOutTimeline("p", [], at(0)));
        assert.match(empty, /^<svg [^]*<\/svg>\n$/);
        const hostile = drawTimeline(layOutTimeline("<p>", [run("a", { message: '</text><script>"\u0007' })], at(1)));
        assert.ok(!hostile.includes("<script>") && !hostile.includes("\u0007") && !hostile.includes("<p>"));
    });
});
