/** One thing that is wrong with the input, in a form that tells where, what is allowed and what to do. */
export interface Problem {
    /** Project-relative file, or `environment` for what comes from the shell. */
    readonly file: string;
    /** 1-based; absent when the problem is the file as a whole. */
    readonly line?: number;
    readonly column?: number;
    /** Path of the key inside the file, like `triggers[0].batchSize`. */
    readonly key?: string;
    /** What was given; shown as JSON, cut at 80 characters. Left out where it may be a secret. */
    readonly value?: unknown;
    /** What is wrong, with its limit and the limit's source where there is one. */
    readonly rule: string;
    /** One sentence: what to do. */
    readonly fix: string;
}

/** All problems of all inputs, reported at once. Exit status 2 belongs to it. */
export class InvalidInputError extends Error {
    constructor(readonly problems: readonly Problem[]) {
        super(formatProblems(problems));
        this.name = "InvalidInputError";
    }
}

/** Sorted by file, line, column and key, so that the same input gives the same text. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
    return [...problems].sort(
        (a, b) =>
            compare(a.file, b.file) ||
            (a.line ?? 0) - (b.line ?? 0) ||
            (a.column ?? 0) - (b.column ?? 0) ||
            compare(a.key ?? "", b.key ?? "") ||
            compare(a.rule, b.rule),
    );
}

/** `FILE:LINE:COLUMN key: VALUE: RULE. Fix: WHAT TO DO.`, one line a problem, with a closing count. */
export function formatProblems(problems: readonly Problem[]): string {
    const lines = sortProblems(problems).map(formatProblem);
    const files = new Set(problems.map((problem) => problem.file)).size;
    return [...lines, `${count(problems.length, "problem")} in ${count(files, "file")}; nothing was called or changed.`].join("\n");
}

function formatProblem(problem: Problem): string {
    const place = [escapeText(problem.file), problem.line, problem.column].filter((part) => part !== undefined).join(":");
    const key = problem.key === undefined ? "" : ` ${escapeText(problem.key)}:`;
    const value = problem.value === undefined ? "" : ` ${quote(problem.value)}:`;
    return `${place}:${key}${value} ${sentence(problem.rule)} Fix: ${sentence(problem.fix)}`;
}

function sentence(text: string): string {
    return /[.?!]$/.test(text) ? escapeText(text) : `${escapeText(text)}.`;
}

/** Every character that is not printable ASCII as an escape: file names and keys are input too, and a terminal obeys what it is sent. */
export function escapeText(text: string): string {
    return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** JSON cut at 80 characters; control and non-ASCII characters are shown as escapes, never echoed raw to a terminal. */
export function quote(value: unknown): string {
    const text = escapeText(JSON.stringify(value) ?? String(value));
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}

function count(n: number, noun: string): string {
    return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
