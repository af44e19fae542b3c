/** Something outside the program that stands in the way: what was found, what is needed, what to do. */
export class LocalFault extends Error {
    /**
     * @param found what was given or found, quoted
     * @param allowed what is needed or allowed
     * @param next one sentence: what the person can do
     */
    constructor(
        readonly found: string,
        readonly allowed: string,
        readonly next: string,
    ) {
        super(`${found}. ${allowed}. Fix: ${next}.`);
        this.name = "LocalFault";
    }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
