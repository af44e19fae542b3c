import assert from "node:assert/strict";
import { mapOwnFramesOnly } from "../../components/stackFrames";

describe("stacks of the program", () => {
    const before = Error.prepareStackTrace;
    afterEach(() => {
        Error.prepareStackTrace = before;
    });

    const frame = (file: string, text: string): NodeJS.CallSite => ({ getFileName: () => file, toString: () => text }) as unknown as NodeJS.CallSite;
    const own = frame("/project/index.ts", "main (/project/index.ts:7:1)");
    const foreign = frame("/project/node_modules/@pulumi/pulumi/output.js", "apply (output.js:9:1)");

    it("map the frames of this project, each once, and no others", () => {
        const mapped: string[] = [];
        Error.prepareStackTrace = (error, frames) => `${String(error)}${frames.map((one) => (mapped.push(String(one)), "\n    at mapped")).join("")}`;
        mapOwnFramesOnly();
        for (let round = 0; round < 2; round++) {
            assert.equal(Error.prepareStackTrace?.(new Error("two\nlines"), [own, foreign]), "Error: two\nlines\n    at mapped\n    at apply (output.js:9:1)");
        }
        assert.deepEqual(mapped, [String(own)]);
    });

    it("are left alone where nothing maps them, and wrapped once where something does", () => {
        (Error as { prepareStackTrace?: unknown }).prepareStackTrace = undefined;
        mapOwnFramesOnly();
        assert.equal(Error.prepareStackTrace, undefined);
        Error.prepareStackTrace = () => "";
        mapOwnFramesOnly();
        const once = Error.prepareStackTrace;
        mapOwnFramesOnly();
        assert.equal(Error.prepareStackTrace, once);
    });
});
