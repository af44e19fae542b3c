import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { quote } from "../components/manifest/problem";

/** What a step tells the actions after it, by variable name. */
export type Exports = Readonly<Record<string, string>>;

/** Everything that steps write into the checkout is below it; git-ignored. */
export const OUTPUT_DIRECTORY = ".delivery";
const FILE = "exports.env";
/** Characters of one resolved variable (CodePipeline quotas). */
const LIMIT = 1_000;

/** Forgets what an earlier step left: a step that fails exports nothing. */
export async function clearExports(root: string): Promise<void> {
    await rm(join(root, OUTPUT_DIRECTORY, FILE), { force: true });
}

/** Writes assignments that a shell reads back unchanged; the buildspec sources them, and CodeBuild exports what it names. */
export async function writeExports(root: string, exports: Exports): Promise<void> {
    await mkdir(join(root, OUTPUT_DIRECTORY), { recursive: true });
    await writeFile(join(root, OUTPUT_DIRECTORY, FILE), formatExports(exports));
}

/** @throws Error for a name or value that CodePipeline could not carry. */
export function formatExports(exports: Exports): string {
    const lines = Object.keys(exports)
        .sort()
        .map((name) => {
            const value = exports[name] ?? "";
            if (!/^[A-Z][A-Z0-9_]{0,127}$/.test(name)) {
                throw new Error(`The exported variable ${quote(name)} is no name of a shell variable in capitals; rename it.`);
            }
            if (value.length > LIMIT || value.includes("\0")) {
                throw new Error(`The exported variable ${name} has ${value.length} characters; CodePipeline carries ${LIMIT}. Shorten what the step says.`);
            }
            return `${name}=${shellQuoted(value)}\n`;
        });
    return lines.join("");
}

/** One word for every POSIX shell, whatever is in it. */
function shellQuoted(value: string): string {
    return `'${value.replaceAll("'", `'\\''`)}'`;
}
