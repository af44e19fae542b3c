import assert from "node:assert/strict";
import { mapOwnFramesOnly } from "../../components/stackFrames";

describe("stacks of the program", () => {
    const before = Error.prepareStackTrace;
    afterEach(() => {
        Error.prepareStackTrace = before;
    });

    const frame = (file: string, text: string): NodeJS.CallSite =>
        ({ getFileName: () => file, getFunctionName: () => text.split(" ")[0], toString: () => text }) as unknown as NodeJS.CallSite;
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

    it("of the SDK's promises are written out when they are read, which the SDK does only for a promise that never ends", async () => {
        let mapped = 0;
        Error.prepareStackTrace = (error, frames) => `${String(error)}${frames.map(() => (mapped++, "\n    at mapped")).join("")}`;
        mapOwnFramesOnly();
        const { debuggablePromise, promiseDebugString } = (await import("@pulumi/pulumi/runtime/debuggable.js")) as unknown as {
            debuggablePromise: (promise: Promise<unknown>, context: string) => Promise<unknown>;
            promiseDebugString: (promise: Promise<unknown>) => string;
        };
        const promise = Promise.resolve();
        await debuggablePromise(promise, "here");
        assert.equal(mapped, 0);
        assert.match(promiseDebugString(promise), /^CONTEXT\(\d+\): here\nSTACK_TRACE:\nError\n {4}at debuggablePromise/);
        assert.ok(mapped > 0);
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
