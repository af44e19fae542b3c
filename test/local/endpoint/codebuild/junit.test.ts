import assert from "node:assert/strict";
import { parseJUnit } from "../../../../local/endpoint/codebuild/junit";

describe("emulated CodeBuild: JUnit XML", () => {
    it("tells success, failure, error and skipped apart, with times, texts and entities", () => {
        const xml = `<?xml version="1.0"?><!-- <testcase name="none"/> -->
<testsuites name="all"><testsuite name="images &amp; keys">
  <testcase classname="gate" name="opens" time="1.25"/>
  <testcase name="fails"><failure message="1 &lt; 2" type="AssertionError"><![CDATA[at <gate>
line 2]]></failure><system-out>noise</system-out></testcase>
  <testcase name='errs'><error>boom</error></testcase>
  <testcase name="waits"><skipped/></testcase>
</testsuite></testsuites>`;
        assert.deepEqual(parseJUnit(xml), [
            { name: "gate opens", status: "SUCCEEDED", durationInNanoSeconds: 1_250_000_000, testSuiteName: "images & keys" },
            { name: "fails", status: "FAILED", durationInNanoSeconds: 0, testSuiteName: "images & keys", message: "1 < 2\nat <gate>\nline 2" },
            { name: "errs", status: "ERROR", durationInNanoSeconds: 0, testSuiteName: "images & keys", message: "boom" },
            { name: "waits", status: "SKIPPED", durationInNanoSeconds: 0, testSuiteName: "images & keys" },
        ]);
    });

    it("takes no text for a report that is none, or that was cut short", () => {
        for (const text of ["", "<html></html>", '<testsuite name="a"><testcase name="b"/>']) {
            assert.throws(() => parseJUnit(text), /no whole JUnit XML/, text);
        }
    });
});
