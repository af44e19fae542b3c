/** Bounds how many holders there are at once; those that wait are served in the order they came. */
export class Gate {
    private free: number;
    private readonly waiting: (() => void)[] = [];

    constructor(readonly slots: number) {
        this.free = slots;
    }

    /** Resolves when a slot is taken; the answer gives it back, and does nothing when called again. */
    async enter(): Promise<() => void> {
        if (this.free > 0) {
            this.free -= 1;
        } else {
            await new Promise<void>((resolve) => this.waiting.push(resolve));
        }
        let held = true;
        return () => {
            if (held) {
                held = false;
                this.leave();
            }
        };
    }

    private leave(): void {
        const next = this.waiting.shift();
        if (next === undefined) {
            this.free += 1;
        } else {
            next();
        }
    }
}
