import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors";
import { dropPackageFrames, withErrorReport } from "../../components/errorReport";
import { MissingImageError } from "../../components/images/imageSource";
import { InvalidInputError } from "../../components/manifest/problem";

describe("errors that end the program", () => {
    for (const error of [new InvalidInputError([{ file: "a.yaml", rule: "is wrong", fix: "mend it" }]), new MissingImageError([{ name: "ping", kind: "function", key: "0".repeat(32) }])]) {
        it(`${error.name} is shown by its message alone`, async () => {
            const shown: unknown = await withErrorReport(() => Promise.reject(error)).catch((caught: unknown) => caught);
            assert.ok(RunError.isInstance(shown));
            assert.deepEqual([shown.message, shown.stack], [error.message, undefined]);
        });
    }

    it("others keep their identity and the frames of this project, and lose those of packages", async () => {
        const cause = new Error("below");
        const error = new TypeError("above", { cause });
        error.stack = "TypeError: above\nsecond line\n    at main (/project/index.ts:1:2)\n    at apply (/project/node_modules/@pulumi/output.ts:3:4)";
        cause.stack = "Error: below\n    at /project/node_modules/@pulumi/resource.ts:5:6";
        assert.equal(await withErrorReport(() => Promise.reject(error)).catch((caught: unknown) => caught), error);
        dropPackageFrames(error);
        assert.equal(error.stack, "TypeError: above\nsecond line\n    at main (/project/index.ts:1:2)");
        assert.equal(cause.stack, "Error: below");
    });

    it("any number of runs listens once, before Pulumi", async () => {
        for (let run = 0; run < 3; run++) {
            await withErrorReport(() => Promise.resolve());
        }
        for (const event of ["uncaughtException", "unhandledRejection"]) {
            const listeners = process.listeners(event as "exit") as readonly unknown[];
            assert.deepEqual(listeners.flatMap((listener, index) => (listener === dropPackageFrames ? [index] : [])), [0]);
        }
    });
});
