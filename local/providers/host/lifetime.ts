import { readFileSync } from "node:fs";

/** A provider process must never outlive the engine that started it. */

export interface Lifetime {
    /** Stops watching. */
    close(): void;
}

export type EndReason = "interrupt" | "orphaned";

/** Milliseconds between two looks at the parent; its end is also noticed at once by the closed standard input. */
const LOOK = 1_000;
/** Milliseconds between end of standard input and the parent's own end, which follow each other closely but not atomically. */
const RECHECK = 50;

/**
 * Calls `end` once: on SIGINT, SIGTERM or SIGHUP (the engine sends SIGINT to end its plugins), or when the parent is gone.
 * The parent is watched twice, because an engine that is killed sends no signal: its end closes the pipe that is our
 * standard input, and the parent's process id changes. The closed pipe alone is not enough: someone may have started
 * the provider by hand with an empty standard input.
 */
export function watchLifetime(end: (reason: EndReason) => void): Lifetime {
    const parent = process.ppid;
    const adopted = parent === 1 && !firstProcessIsEngine();
    let ended = false;
    const once = (reason: EndReason): void => {
        if (!ended) {
            ended = true;
            end(reason);
        }
    };
    const look = (): void => {
        if (process.ppid !== parent || adopted) {
            once("orphaned");
        }
    };
    const interrupt = (): void => once("interrupt");
    const closed = (): void => {
        look();
        setTimeout(look, RECHECK);
    };

    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
        process.on(signal, interrupt);
    }
    const timer = setInterval(look, LOOK);
    timer.unref();
    if (!process.stdin.isTTY) {
        process.stdin.on("end", closed).on("error", closed).resume();
    }
    return {
        close: () => {
            clearInterval(timer);
            process.stdin.off("end", closed).off("error", closed).pause();
            for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
                process.off(signal, interrupt);
            }
        },
    };
}

/**
 * An engine that was killed before this process first looked has left it to process 1 already. In a container the engine
 * itself may be process 1.
 */
function firstProcessIsEngine(): boolean {
    try {
        return readFileSync("/proc/1/cmdline", "utf8").includes("pulumi");
    } catch {
        return false;
    }
}
