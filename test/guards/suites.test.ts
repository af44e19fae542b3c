import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

const E2E = path.join(__dirname, "..", "e2e");

describe("the list of end-to-end suites", () => {
    it("names every suite there is, so that none is left out in silence", () => {
        const { spec }: { spec: string[] } = JSON.parse(fs.readFileSync(path.join(E2E, "mocharc.json"), "utf8"));
        const files = fs.readdirSync(E2E).filter((name) => name.endsWith(".test.ts"));
        assert.deepEqual([...spec].sort(), files.map((name) => `test/e2e/${name}`).sort());
    });
});
