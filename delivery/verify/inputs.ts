import { createHash } from "node:crypto";

/** Which files can change how a suite ends. */
export type InputFilter = (path: string) => boolean;

/** What is not a file and can change how a suite ends as well. */
export interface Surroundings {
    readonly node: string;
    readonly stack: string;
}

/** Raised when the way in which suites are run changes so much that old results prove nothing. */
const FORMAT = 1;

/**
 * Names everything that a suite depends on: the content of its files, as git knows it, and its surroundings.
 * @param tree lines `mode type hash\tpath` of a commit.
 */
export function inputsHash(suite: string, tree: readonly string[], isInput: InputFilter, surroundings: Surroundings): string {
    const files = tree.filter((line) => isInput(line.slice(line.indexOf("\t") + 1))).sort();
    return createHash("sha256")
        .update(JSON.stringify([FORMAT, suite, surroundings.node, surroundings.stack, files]))
        .digest("hex");
}

/** Prose, and the code and tests of single functions, which run in their images only. */
function isOfOneFunctionOrProse(path: string): boolean {
    return /^app\/functions\/[^/]+\/(?:src|tests)\//.test(path) || path.startsWith("docs/") || path.endsWith(".md");
}

/** Everything that the project's own programs are, or read. */
export const projectFiles: InputFilter = (path) => !isOfOneFunctionOrProse(path);

/** What the compiler reads. */
export const typedFiles: InputFilter = (path) => /\.(?:[cm]?ts|json)$/.test(path);

/** What the linter reads. */
export const scriptFiles: InputFilter = (path) => /\.(?:[cm]?[jt]s)$/.test(path) || path === ".oxlintrc.json" || path === "package-lock.json";

/** What the stack's program is made of. */
export const programFiles: InputFilter = (path) => projectFiles(path) && !/^(?:automation|bench|local|test)\//.test(path);
