import * as fs from "node:fs";
import * as path from "node:path";
import { ProjectCopy } from "../test/support/projectCopy";
import { Benchmark, BenchmarkContext, Case, Sample } from "./benchmark";
import { probe } from "./processes";

const RUNS = 3;
const DEEP_IMPORT = /^import \{ (.+) \} from "@pulumi\/aws\/(?:([a-z0-9]+)\/)?[A-Za-z0-9]+";$/gm;

interface Variant {
    readonly name: string;
    readonly root: string;
    readonly tsconfig: "tsconfig.json" | "tsconfig.pulumi.json";
    readonly mode: "transpile" | "check";
}

/** What is loaded before the first line of the program runs, at every command of the engine. */
export const programStart: Benchmark = {
    name: "start",
    compares:
        "Loading the program as the language host does, with deep imports and no type check, against the package's main entry and against a type check; each with an empty and with a filled compiler cache.",
    run: async (context) => {
        const copy = ProjectCopy.create(context.root, "bench-start");
        try {
            importMainEntry(copy.root);
            const variants: Variant[] = [
                { name: "deep imports, no check", root: context.root, tsconfig: "tsconfig.pulumi.json", mode: "transpile" },
                { name: "main entry, no check", root: copy.root, tsconfig: "tsconfig.pulumi.json", mode: "transpile" },
                { name: "deep imports, check", root: context.root, tsconfig: "tsconfig.json", mode: "check" },
            ];
            return { cases: await measure(variants, context) };
        } finally {
            copy.remove();
        }
    },
};

/** All variants in turn, several times, so that a busy moment of the machine does not hit one alone. */
async function measure(variants: readonly Variant[], { root, folder, signal, report }: BenchmarkContext): Promise<Case[]> {
    const results = variants.map((variant) => ({ variant, first: [] as Sample[], again: [] as Sample[] }));
    for (let run = 0; run < RUNS; run += 1) {
        for (const [index, { variant, first, again }] of results.entries()) {
            report(`start: ${variant.name}, run ${run + 1} of ${RUNS}`);
            // ts-node keeps what it compiled; a folder of its own for each run is what a changed program finds.
            const variables = { TS_NODE_CACHE_DIRECTORY: path.join(folder, `cache-${index}-${run}`) };
            const load = (): Promise<Sample> =>
                probe<Sample>([path.join(root, "bench", "loadProgram.cjs"), variant.tsconfig, variant.mode], { cwd: variant.root, variables, signal });
            first.push(await load());
            again.push(await load());
        }
    }
    return results.flatMap(({ variant: { name }, first, again }) => [
        { name, samples: first },
        { name: `${name}, again`, samples: again },
    ]);
}

/** Rewrites a copy's deep imports to `import * as aws from "@pulumi/aws"`, with the same names for the same classes. */
export function importMainEntry(root: string): void {
    for (const file of sources(root)) {
        const text = fs.readFileSync(file, "utf8");
        const rewritten = rewriteImports(text);
        if (rewritten !== text) {
            fs.writeFileSync(file, rewritten);
        }
    }
}

/** The pure part of {@link importMainEntry}. */
export function rewriteImports(text: string): string {
    const body = text.replace(DEEP_IMPORT, (_, names: string, module: string | undefined) =>
        names
            .split(",")
            .map((name) => `import ${name.trim()} = aws.${module === undefined ? "" : `${module}.`}${name.trim()};`)
            .join(" "),
    );
    return body === text ? text : `import * as aws from "@pulumi/aws";\n${body}`;
}

function sources(root: string): string[] {
    const below = (folder: string): string[] =>
        fs.readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((name) => path.join(root, folder, name));
    return [path.join(root, "index.ts"), ...["app", "components"].flatMap(below)].filter((file) => file.endsWith(".ts")).sort();
}
