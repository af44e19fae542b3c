import assert from "node:assert/strict";
import { formatReport } from "../../delivery/junit";

describe("a report of tests", () => {
    it("is JUnit's XML, with the counts that CodeBuild shows", () => {
        const results = [
            { suite: "unit", name: "a holds", seconds: 1.25 },
            { suite: "unit", name: "b <breaks>", seconds: 0, failure: 'expected "1" & got\n    2\u0007' },
        ];
        assert.equal(
            formatReport("unit", results),
            `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="unit" tests="2" failures="1" errors="0" skipped="0" time="1.250">
    <testcase classname="unit" name="a holds" time="1.250"/>
    <testcase classname="unit" name="b &lt;breaks&gt;" time="0.000">
      <failure message="expected &quot;1&quot; &amp; got">expected &quot;1&quot; &amp; got
    2</failure>
    </testcase>
  </testsuite>
</testsuites>
`,
        );
    });
});
