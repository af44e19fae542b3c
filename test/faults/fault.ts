/** A small change of the program that breaks one promise. */
export interface Fault {
    /** Unique; what `--only` takes. */
    readonly name: string;
    /** The promise that it breaks, as one sentence that is true of the sound program. */
    readonly promise: string;
    /** Project-relative. */
    readonly file: string;
    /** Must stand exactly once in the file. */
    readonly from: string;
    readonly to: string;
    /** Test files of which at least one test must fail. */
    readonly tests: readonly string[];
}

/** The file's text with the fault in it, or what is wrong with the fault. */
export function applyFault({ file, from, to }: Fault, text: string): { readonly text: string } | { readonly problem: string } {
    const times = text.split(from).length - 1;
    if (from === "" || from === to) {
        return { problem: "replaces a text by the same, or none at all; give a text and another one." };
    }
    return times === 1
        ? { text: text.replace(from, () => to) }
        : { problem: `the text to replace stands ${times} times in ${file}, exactly once is needed: ${JSON.stringify(from)}. Follow the change of the file.` };
}

/** What mocha's JSON report says of a run: whether tests failed, rather than could not be run. */
export function failedTests(report: unknown): string[] {
    const failures = (report as { readonly failures?: unknown } | undefined)?.failures;
    return Array.isArray(failures) ? failures.map((failure: { readonly fullTitle?: unknown }) => String(failure.fullTitle)) : [];
}
