import { createInterface } from "node:readline/promises";

/** Asks on the terminal; only a written "yes" counts. Undefined where there is none to ask. */
export async function confirm(question: string): Promise<boolean | undefined> {
    if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
        return undefined;
    }
    const reader = createInterface({ input: process.stdin, output: process.stderr });
    try {
        return (await reader.question(`${question} (yes/no) `)).trim().toLowerCase() === "yes";
    } finally {
        reader.close();
    }
}
