import assert from "node:assert/strict";

export type ProgramKind = "self-update" | "watchdog" | "deploy";

/** Who calls a port. */
export interface Caller {
    readonly buildId: string;
    readonly executionId: string;
    readonly commit: string;
    /** Before each effect. */
    park(wake?: number): Promise<void>;
}

/**
 * An async program that goes on only when it is told to: each call of a port parks it. Between two parks it runs by
 * micro-tasks alone, so that the order of everything is the scheduler's.
 */
export class Program implements Caller {
    /** Earliest time at which it wants to go on; 0 when it does not sleep. */
    wake = 0;
    /** Whether it will never go on again: it ended, or was killed. */
    over = false;
    #resume: (() => void) | undefined;
    #arrived: () => void = () => undefined;
    #started = false;

    constructor(
        readonly kind: ProgramKind,
        readonly buildId: string,
        readonly executionId: string,
        readonly commit: string,
        private readonly body: (program: Program) => Promise<void>,
    ) {}

    /** Parks the program that calls it, until its next step. */
    park(wake = 0): Promise<void> {
        return new Promise((resolve) => {
            this.#resume = resolve;
            this.wake = wake;
            this.#arrived();
        });
    }

    /** Lets it go on until it parks again or ends. */
    step(): Promise<void> {
        assert.ok(!this.over, "a program that is over was told to go on");
        return new Promise((resolve, reject) => {
            this.#arrived = resolve;
            if (!this.#started) {
                this.#started = true;
                this.body(this).then(() => {
                    this.over = true;
                    this.#arrived();
                }, reject);
                return;
            }
            const resume = this.#resume;
            this.#resume = undefined;
            this.wake = 0;
            resume?.();
        });
    }

    /** It never hears of its last call; whatever that call has done stays done. */
    kill(): void {
        this.over = true;
        this.#resume = undefined;
    }
}
