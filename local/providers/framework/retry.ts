/** Waiting with bounds, interruptible by a cancellation. */

/** Milliseconds before the second attempt; it doubles up to `LONGEST_PAUSE`. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export interface Patience {
    /** Seconds that an operation may take altogether. */
    readonly seconds: number;
    readonly signal: AbortSignal;
    /** Milliseconds since some fixed moment. */
    readonly now: () => number;
    readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export class Cancelled extends Error {
    constructor() {
        super("the operation was cancelled: run the command again to finish it");
        this.name = "Cancelled";
    }
}

export function patience(seconds: number, signal: AbortSignal): Patience {
    return { seconds, signal, now: () => performance.now(), sleep };
}

/** Runs `attempt` again while `again` accepts its error; the last error is thrown when the time is used up. */
export async function retry<T>(limits: Patience, attempt: () => Promise<T>, again: (error: unknown) => boolean): Promise<T> {
    const end = limits.now() + limits.seconds * 1000;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        try {
            return await attempt();
        } catch (error) {
            if (!again(error) || limits.now() + pause > end) {
                throw error;
            }
        }
        await rest(limits, pause);
    }
}

/** Asks until there is an answer. */
export async function waitFor<T>(limits: Patience, what: string, ask: () => Promise<T | undefined>): Promise<T> {
    const end = limits.now() + limits.seconds * 1000;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
        const answer = await ask();
        if (answer !== undefined) {
            return answer;
        }
        if (limits.now() + pause > end) {
            throw new Error(`${what} did not happen within ${limits.seconds} s: look at the emulator's log, or allow more with customTimeouts`);
        }
        await rest(limits, pause);
    }
}

async function rest(limits: Patience, milliseconds: number): Promise<void> {
    if (limits.signal.aborted) {
        throw new Cancelled();
    }
    await limits.sleep(milliseconds, limits.signal);
    if (limits.signal.aborted) {
        throw new Cancelled();
    }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
        const done = (): void => {
            clearTimeout(timer);
            signal.removeEventListener("abort", done);
            resolve();
        };
        const timer = setTimeout(done, milliseconds);
        signal.addEventListener("abort", done, { once: true });
    });
}
