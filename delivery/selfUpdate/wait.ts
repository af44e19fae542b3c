import type { Clock } from "../ports";

const FIRST = 1_000;
const LONGEST = 30_000;

/**
 * Asks again and again until there is an answer, at growing intervals of 1 to 30 seconds.
 * @returns undefined when the budget, in milliseconds, is used up.
 */
export async function poll<T>(clock: Clock, budget: number, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const deadline = clock.now() + budget;
    for (let pause = FIRST; ; pause = Math.min(LONGEST, pause * 2)) {
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
        const left = deadline - clock.now();
        if (left <= 0) {
            return undefined;
        }
        await clock.sleep(Math.min(pause, left));
    }
}
