/** What the program does about signals: abort the shared signal first, and leave at once when nothing needs an orderly end. */
export class Interrupts {
    private readonly controller = new AbortController();
    private shielded = 0;

    /** @param leave ends the process; called at most once a signal */
    constructor(private readonly leave: () => void) {}

    get signal(): AbortSignal {
        return this.controller.signal;
    }

    /** Whether shielded work is running. */
    get busy(): boolean {
        return this.shielded > 0;
    }

    /** A first one lets shielded work end in order; without such work, or with a second one, the program leaves. */
    readonly receive = (): void => {
        const again = this.controller.signal.aborted;
        this.controller.abort();
        if (again || !this.busy) {
            this.leave();
        }
    };

    /** Runs work that reacts to the signal itself and must not be cut off by the first interruption. */
    readonly shield = async <Result>(work: () => Promise<Result>): Promise<Result> => {
        this.shielded++;
        try {
            return await work();
        } finally {
            this.shielded--;
        }
    };
}
