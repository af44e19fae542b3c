/** What the exit status of every command means; printed by `--help`. */
export const ExitCode = {
    /** Done. */
    done: 0,
    /** Started and failed; the output says what did and did not happen. */
    failed: 1,
    /** Refused before anything was called: settings, manifests or arguments are wrong. */
    badInput: 2,
    /** Another update of the same stack is running. */
    locked: 3,
    /** A guard refused, because going on could lose something. */
    refused: 4,
    /** Stopped by Ctrl-C or a termination signal. */
    interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const exitCodeHelp =
    "Exit status: 0 done, 1 failed, 2 bad input (nothing was touched), 3 another update holds the lock, 4 refused by a guard, 130 interrupted.";
