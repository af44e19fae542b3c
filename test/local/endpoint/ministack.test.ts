import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("endpoint: amendments of MiniStack", () => {
    it("keep what their Python tests promise", () => {
        const folder = join(__dirname, "ministack");
        const run = spawnSync("python3", ["-B", "-m", "unittest", "discover", "--start-directory", folder], { encoding: "utf8" });
        assert.equal(run.status, 0, run.error?.message ?? run.stderr);
        assert.match(run.stderr, /Ran [1-9]\d* tests/);
    });
});
