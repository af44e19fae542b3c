import assert from "node:assert/strict";
import { Gate } from "../../../components/images/gate";

describe("a gate", () => {
    it("never lets more in than it has slots, and lets all in at last", async () => {
        const gate = new Gate(3);
        let inside = 0;
        let most = 0;
        await Promise.all(
            Array.from({ length: 20 }, async (_, index) => {
                const leave = await gate.enter();
                inside += 1;
                most = Math.max(most, inside);
                await new Promise((resolve) => setTimeout(resolve, index % 3));
                inside -= 1;
                leave();
            }),
        );
        assert.equal(most, 3);
    });

    it("serves those who wait in the order they came", async () => {
        const gate = new Gate(1);
        const first = await gate.enter();
        const order: number[] = [];
        const others = [1, 2, 3].map(async (number) => {
            const leave = await gate.enter();
            order.push(number);
            leave();
        });
        first();
        await Promise.all(others);
        assert.deepEqual(order, [1, 2, 3]);
    });

    it("counts a slot that is given back twice once", async () => {
        const gate = new Gate(1);
        const leave = await gate.enter();
        leave();
        leave();
        await gate.enter();
        const third = await Promise.race([gate.enter().then(() => "in"), new Promise((resolve) => setTimeout(() => resolve("waiting"), 5))]);
        assert.equal(third, "waiting");
    });
});
