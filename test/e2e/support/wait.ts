import { setTimeout as sleep } from "node:timers/promises";

/**
 * Asks until there is an answer.
 * @param what named in the error when none came within `seconds`
 */
export async function waitFor<T>(what: string, ask: () => Promise<T | undefined>, seconds = 60): Promise<T> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(250)) {
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
    }
    throw new Error(`${what} did not come within ${seconds} s`);
}
