import { strict as assert } from "node:assert";
import picocolors from "picocolors";
import { changesOf, emptyProgress, failures, inFlight, nameOfUrn, type Progress, reduceProgress, shortType } from "../../automation/progress";
import { changesText, endedLine, failureLines, heartbeatLine, liveLines, warningLines } from "../../automation/progressLines";
import { folded, recorded } from "./support";

const colors = picocolors.createColors(false);

describe("progress of a real engine run", () => {
    it("counts what an update with two failures did", () => {
        const progress = folded(recorded("up-failed"));
        assert.equal(changesText(changesOf(progress.counts)), "5 created, 0 updated, 0 replaced, 0 deleted, 0 unchanged");
        assert.deepEqual(failures(progress).filter(({ custom }) => custom).map(({ name, op }) => `${op} ${name}`).sort(), ["create alpha-2", "create gamma"]);
        assert.ok(progress.ended);
    });

    it("groups the failing resources' own words, and leaves out the engine's general ones", () => {
        const lines = failureLines(folded(recorded("up-failed")), colors);
        assert.deepEqual(lines, [
            "✗ docker Image alpha-2",
            "    #1 [1/2] RUN pip install thing1",
            "    #2 [2/2] RUN pip install thing2",
            '    #9 ERROR: process "/bin/sh -c false" did not complete',
            "    building failed: cannot resolve base",
            "    line two of the failure",
            "✗ docker Image gamma",
            '    #9 ERROR: process "/bin/sh -c false" did not complete',
            "    building failed: second failure",
            "    line two of the failure",
        ]);
    });

    it("counts a replacement once", () => {
        const progress = folded(recorded("up-replaced"));
        assert.equal(changesText(changesOf(progress.counts)), "0 created, 1 updated, 1 replaced, 2 deleted, 2 unchanged");
        const seen = { ...progress, counts: {} };
        assert.notEqual(seen.resources.size, 0);
    });

    it("counts from the single events when the engine was killed before its summary", () => {
        const progress = folded(recorded("up-killed"));
        assert.deepEqual([progress.ended, changesOf(progress.counts).created], [false, 0]);
        assert.deepEqual(inFlight(progress).map(({ name }) => name).sort(), ["slow-0", "slow-3"]);
    });

    it("agrees with the engine's summary when it counts by itself", () => {
        for (const name of ["up-replaced", "preview", "destroy-retained"]) {
            const events = recorded(name);
            const own = folded(events.filter(({ summaryEvent }) => summaryEvent === undefined));
            assert.deepEqual(changesOf(own.counts), changesOf(folded(events).counts), name);
        }
    });

    it("shows a program's own exception once", () => {
        const lines = failureLines(folded(recorded("program-threw")), colors);
        assert.deepEqual([lines[0], lines[1], lines.filter((line) => line.includes("the program threw this")).length], ["✗ the program", "    Unhandled exception: Error: the program threw this", 1]);
    });

    it("has nothing in flight after an orderly interruption", () => {
        const progress = folded(recorded("up-interrupted"));
        assert.deepEqual([inFlight(progress).length, progress.ended, failureLines(progress, colors).filter((line) => line.startsWith("    "))], [0, true, []]);
    });

    it("knows what a destroy leaves outside the state", () => {
        const kept = [...folded(recorded("destroy-retained")).resources.values()].filter(({ retained }) => retained);
        assert.deepEqual(kept.map(({ name, op, state }) => `${op} ${state} ${name}`), ["delete done kept-0123456789ab"]);
    });

    it("keeps the stack's outputs, with secrets as the engine masked them", () => {
        const { outputs } = folded(recorded("up-replaced"));
        assert.deepEqual(outputs.functions, { a: { arn: "x" } });
        assert.ok(!JSON.stringify(outputs).includes("hush"));
    });

    it("leaves out the warnings about providers that stand on PATH on purpose, and no other", () => {
        assert.deepEqual(warningLines(folded(recorded("program-threw")), colors), []);
        const warned = reduceProgress(emptyProgress, { sequence: 1, timestamp: 1, diagnosticEvent: { urn: "urn:pulumi:s::p::a:b:C::thing", message: "old\nvery", color: "", severity: "warning" } }, 0);
        assert.deepEqual(warningLines(warned, colors), ["! thing: old\n    very"]);
    });

    it("changes nothing for events that it does not know, and never changes a value that it was given", () => {
        const before: Progress = Object.freeze({ ...emptyProgress });
        assert.equal(reduceProgress(before, { sequence: 1, timestamp: 1, cancelEvent: {} }, 0), before);
        const events = recorded("up-failed");
        const half = folded(events.slice(0, 12));
        const copy = JSON.stringify([...half.resources]);
        events.slice(12).reduce((progress, event) => reduceProgress(progress, event, 0), half);
        assert.equal(JSON.stringify([...half.resources]), copy);
    });
});

describe("progress on the screen", () => {
    it("has a head line and the longest-running resources with what they do, never wider or higher than the screen", () => {
        const progress = folded(recorded("up-killed"));
        const [head, ...rows] = liveLines(progress, 0, 20_000, 80, 24);
        assert.match(head, /^… 20\.0 s {2}\d+ done, 2 in flight$/);
        assert.deepEqual(rows.map((row) => row.replace(/\d+\.\d s/, "N s")), [
            "  creating docker Image slow-0  N s  #1 [1/5] RUN pip install thing1",
            "  creating docker Image slow-3  N s  #1 [1/5] RUN pip install thing1",
        ]);
        assert.ok(liveLines(progress, 0, 20_000, 40, 24).every((line) => line.length < 40));
        assert.deepEqual(liveLines(progress, 0, 20_000, 80, 5).slice(2), ["  … and 1 more"]);
    });

    it("has one line for a log where nothing can be drawn", () => {
        assert.match(heartbeatLine(folded(recorded("up-killed")), 20_000) ?? "", /^… creating docker Image slow-0 .* RUN pip install thing1; 1 more in flight$/);
        assert.equal(heartbeatLine(emptyProgress, 0), undefined);
    });

    it("says in a preview what would be, and after a delete what was kept", () => {
        const [kept] = [...folded(recorded("destroy-retained")).resources.values()].filter(({ retained }) => retained);
        assert.match(endedLine(kept, "destroy", colors) ?? "", /^✓ deleted: docker Image kept-0123456789ab {2}\d+\.\d s {2}\(kept outside the state\)$/);
        assert.equal(endedLine(kept, "preview", colors), "· would be deleted: docker Image kept-0123456789ab");
        assert.equal(endedLine({ ...kept, op: "delete-replaced" }, "preview", colors), undefined);
        assert.equal(endedLine(kept, "refresh", colors), "! gone: docker Image kept-0123456789ab");
    });

    it("shortens types and URNs to what people call things", () => {
        assert.deepEqual(["aws:lambda/function:Function", "docker:index/image:Image", "command:local:Command", "odd"].map(shortType), [
            "lambda Function", "docker Image", "local Command", "odd odd",
        ]);
        assert.equal(nameOfUrn("urn:pulumi:local::p::a:b:C$d:e:F::with::colons"), "with::colons");
    });
});
