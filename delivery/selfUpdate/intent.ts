import { RevisionError, type Clock, type Intent, type RecordsPort, type Stored } from "../ports";

/** Whether somebody has to finish it: what it announced may have happened, and what follows from it has not. */
export function isOpen(intent: Intent | undefined): intent is Intent {
    return intent !== undefined && (intent.phase === "applying" || intent.phase === "applied");
}

/**
 * The stack's one intent record as this run knows it. Each write names the content that it replaces, so that of two
 * who want to finish the same self-update only one does.
 */
export class IntentRecord {
    #stored: Stored<Intent> | undefined;
    /** What this run's own intent has replaced. */
    #before: Intent | undefined;

    constructor(
        private readonly records: RecordsPort,
        private readonly clock: Clock,
    ) {}

    get value(): Intent | undefined {
        return this.#stored?.value;
    }

    async load(): Promise<Intent | undefined> {
        this.#stored = await this.records.intent();
        return this.value;
    }

    /** Announces something new. @throws {RevisionError} when somebody else wrote in between. */
    async announce(intent: Omit<Intent, "at">): Promise<void> {
        const before = this.value;
        await this.write(intent);
        if (before?.executionId !== intent.executionId) {
            this.#before = before;
        }
    }

    /** Takes back what was announced: it did not happen, so what had been announced before still says the most. */
    async withdraw(): Promise<void> {
        const before = this.#before;
        if (before === undefined || before.phase === "failed") {
            return this.mark("failed");
        }
        return this.replace({ ...before, phase: "settled" });
    }

    /** @throws {RevisionError} when somebody else wrote in between. */
    private async write(intent: Omit<Intent, "at">): Promise<void> {
        const value = { ...intent, at: new Date(this.clock.now()).toISOString() };
        this.#stored = { value, revision: await this.records.putIntent(value, this.#stored?.revision) };
    }

    /** Says how far the known intent has come. Whoever has taken it over in the meantime knows better. */
    async mark(phase: Intent["phase"]): Promise<void> {
        if (this.value !== undefined) {
            await this.replace({ ...this.value, phase });
        }
    }

    private async replace(intent: Intent): Promise<void> {
        try {
            await this.write(intent);
        } catch (error) {
            if (!(error instanceof RevisionError)) {
                throw error;
            }
        }
    }

    /**
     * Becomes the one who finishes an intent whose build is gone: others see the new build and wait for it.
     * @returns false when somebody else was faster.
     */
    async adopt(buildId: string): Promise<boolean> {
        if (this.value === undefined) {
            return false;
        }
        try {
            await this.write({ ...this.value, buildId });
            return true;
        } catch (error) {
            if (error instanceof RevisionError) {
                return false;
            }
            throw error;
        }
    }
}
