import { settleOutputs } from "./valueOf";

/** Something that stays unfinished until a test lets it go on. */
export class Hold {
    private open: () => void = () => undefined;
    readonly released = new Promise<void>((resolve) => (this.open = resolve));

    /** Lets go, and waits for what follows from it. */
    async release(): Promise<void> {
        this.open();
        await settleOutputs();
    }
}
