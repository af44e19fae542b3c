import assert from "node:assert/strict";
import { Cancelled, type Patience, retry, waitFor } from "../../../../local/providers/framework/retry";

function clock(seconds: number, signal = new AbortController().signal): Patience & { readonly pauses: number[] } {
    const pauses: number[] = [];
    let time = 0;
    return {
        seconds,
        signal,
        pauses,
        now: () => time,
        sleep: (milliseconds) => {
            pauses.push(milliseconds);
            time += milliseconds;
            return Promise.resolve();
        },
    };
}

describe("trying again", () => {
    it("waits longer each time, up to a limit, and ends with success", async () => {
        const time = clock(60);
        let left = 8;
        const result = await retry(
            time,
            () => (left-- > 0 ? Promise.reject(new Error("busy")) : Promise.resolve("done")),
            () => true,
        );
        assert.equal(result, "done");
        assert.deepEqual(time.pauses, [100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    });

    it("does not try again what will not get better", async () => {
        const time = clock(60);
        await assert.rejects(retry(time, () => Promise.reject(new Error("wrong")), () => false), /wrong/);
        assert.deepEqual(time.pauses, []);
    });

    it("is bounded by the time of the operation, and then tells the last error", async () => {
        const time = clock(1);
        await assert.rejects(retry(time, () => Promise.reject(new Error("busy")), () => true), /busy/);
        assert.equal(time.pauses.length, 3);
    });

    it("ends at once when the operation is cancelled", async () => {
        const cancel = new AbortController();
        cancel.abort();
        await assert.rejects(retry(clock(60, cancel.signal), () => Promise.reject(new Error("busy")), () => true), Cancelled);
    });
});

describe("waiting", () => {
    it("says what did not happen, and in what time", async () => {
        await assert.rejects(waitFor(clock(2), "table x to be active", () => Promise.resolve(undefined)), /table x to be active did not happen within 2 s/);
    });
});
