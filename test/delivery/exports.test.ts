import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import fc from "fast-check";
import { STEP_EXPORTS } from "../../components/deliveryPipeline/blueprint";
import { STEPS } from "../../components/deliveryPipeline/names";
import { clearExports, formatExports, writeExports } from "../../delivery/exports";
import { STEP_PROGRAMS } from "../../delivery/steps";

describe("what a step exports", () => {
    let root: string;
    beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "exports-"))));
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    const inShell = (name: string): string => execFileSync("sh", ["-c", `set -a; . ./.delivery/exports.env; set +a; printenv ${name} || true`], { cwd: root, encoding: "utf8" });

    it("comes back from a shell as it was, whatever is in it", async function () {
        this.timeout(60_000);
        await fc.assert(
            fc.asyncProperty(fc.string({ unit: fc.constantFrom("'", '"', "$", "`", "\\", "\n", " ", "a", "!", "(", ";", "ü"), maxLength: 20 }), async (value) => {
                await writeExports(root, { SUMMARY: value });
                assert.equal(inShell("SUMMARY"), `${value}\n`);
            }),
            { numRuns: 60 },
        );
    });

    it("is sorted, one assignment for each name", () => {
        assert.equal(formatExports({ VERSION: "2", RESULT: "it's" }), "RESULT='it'\\''s'\nVERSION='2'\n");
        assert.equal(formatExports({}), "");
    });

    it("is refused where CodePipeline could not carry it", () => {
        assert.throws(() => formatExports({ SUMMARY: "x".repeat(1_001) }), /SUMMARY has 1001 characters; CodePipeline carries 1000/);
        assert.throws(() => formatExports({ "a b": "1" }), /"a b" is no name/);
    });

    it("is forgotten before the next step", async () => {
        await writeExports(root, { RESULT: "unchanged" });
        await clearExports(root);
        assert.equal(fs.existsSync(path.join(root, ".delivery", "exports.env")), false);
        await clearExports(root);
    });

    it("is, for every step of the pipeline, what the pipeline's definition names", () => {
        const programs = new Map(STEP_PROGRAMS.map((entry) => [entry.name, entry.load()]));
        for (const step of STEPS) {
            assert.deepEqual([...(programs.get(step)?.exports ?? [])].sort(), [...STEP_EXPORTS[step]].sort(), step);
        }
        assert.deepEqual([...programs.keys()].filter((name) => !(STEPS as readonly string[]).includes(name)), ["watchdog", "repair"]);
        assert.ok([...programs].every(([name, program]) => name === program.name));
    });
});
