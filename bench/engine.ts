import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { runningLocal } from "../local/environment";
import { ProjectCopy } from "../test/support/projectCopy";
import { Benchmark, BenchmarkContext, Sample } from "./benchmark";
import { Finished, mustRun } from "./processes";

const RUNS = 3;
const BUILDS = 12;
const UP = ["up", "--yes", "--skip-preview", "--suppress-outputs"];
const START_FIRST = "start the emulator of this checkout and deploy to it first: npm run local";

/** Runs `pulumi` with the emulator's variables; without a signal it runs to its end although we were interrupted. */
type Pulumi = (cwd: string, args: readonly string[], signal?: AbortSignal) => Promise<Finished>;

/** Undefined where the emulator of this checkout does not run. */
async function localPulumi({ root }: BenchmarkContext): Promise<Pulumi | undefined> {
    const local = await runningLocal(root);
    if (local === undefined) {
        return undefined;
    }
    const { variables, bin } = local;
    return (cwd, args, signal) => mustRun(path.join(bin, "pulumi"), [...args, "--non-interactive", "--color", "never"], { cwd, variables, signal });
}

/** An update that has nothing to do. */
export const noOpUpdate: Benchmark = {
    name: "update",
    compares: "`pulumi up` of the stack local with nothing to do, against an empty program with the same engine, language host and backend.",
    run: async (context) => {
        const pulumi = await localPulumi(context);
        if (pulumi === undefined) {
            return { skipped: START_FIRST };
        }
        const { root, signal } = context;
        try {
            await pulumi(root, ["preview", "--stack", "local", "--expect-no-changes"], signal);
        } catch {
            signal.throwIfAborted();
            return { skipped: `the stack local is not deployed, or there are changes to deploy; ${START_FIRST}` };
        }
        const empty = await withStack(context, pulumi, emptyProgram(context), [], (update) => repeat(context, "empty program", update));
        const full = await repeat(context, "stack local", () => pulumi(root, [...UP, "--stack", "local"], signal));
        return {
            cases: [
                { name: "empty program", samples: empty },
                { name: "stack local", samples: full },
            ],
        };
    },
};

/** Builds at once against one after the other. */
export const parallelBuilds: Benchmark = {
    name: "builds",
    compares: `The first \`pulumi up\` of a stack with ${BUILDS} tiny functions whose images nobody has, with maxParallelBuilds ${BUILDS} against 1.`,
    run: async (context) => {
        const pulumi = await localPulumi(context);
        if (pulumi === undefined) {
            return { skipped: START_FIRST };
        }
        const samples = new Map<number, Sample[]>([[BUILDS, []], [1, []]]);
        const built = new Map<number, number>();
        // Once more with the first, unmeasured: what it pulls and pushes for all of them must not count for one.
        for (const [index, width] of [BUILDS, BUILDS, 1, 1, BUILDS].entries()) {
            context.report(`builds: maxParallelBuilds ${width}, ${index === 0 ? "to warm up" : `run ${Math.ceil(index / 2)}`}`);
            const copy = tinyFunctions(context, width, `${process.pid}-${index}`);
            try {
                const finished = await withStack(context, pulumi, copy.root, ["--config-file", "Pulumi.bench.yaml"], (update) => update());
                built.set(width, countBuilds(finished.stdout));
                if (index > 0) {
                    samples.get(width)?.push({ milliseconds: finished.milliseconds });
                }
            } finally {
                copy.remove();
            }
        }
        return {
            cases: [BUILDS, 1].map((width) => ({ name: `maxParallelBuilds ${width}`, samples: samples.get(width) ?? [], counted: `${built.get(width) ?? 0} builds` })),
        };
    },
};

/** Images that the engine says it created; each is one build and one push. */
export function countBuilds(output: string): number {
    // A line is written again when a message of the provider arrives after it.
    return new Set([...output.matchAll(/^ *\+ +docker:index:Image (\S+) created /gm)].map(([, name]) => name)).size;
}

async function repeat({ report }: BenchmarkContext, what: string, update: () => Promise<Finished>): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (let run = 0; run <= RUNS; run += 1) {
        report(`update: ${what}, ${run === 0 ? "to warm up" : `run ${run} of ${RUNS}`}`);
        const { milliseconds } = await update();
        if (run > 0) {
            samples.push({ milliseconds });
        }
    }
    return samples;
}

/** A stack for the time of some work; it is destroyed and removed also when that fails or is interrupted. */
async function withStack<T>({ report, signal }: BenchmarkContext, pulumi: Pulumi, cwd: string, more: readonly string[], work: (update: () => Promise<Finished>) => Promise<T>): Promise<T> {
    const name = "bench";
    const stack = ["--stack", name];
    await pulumi(cwd, ["stack", "init", name, "--no-select", "--secrets-provider", "passphrase"]);
    try {
        return await work(() => pulumi(cwd, [...UP, "--parallel", "64", ...stack, ...more], signal));
    } finally {
        report("removing the stack again");
        await pulumi(cwd, ["destroy", "--yes", "--skip-preview", "--suppress-outputs", "--parallel", "64", ...stack, ...more]);
        await pulumi(cwd, ["stack", "rm", name, "--yes"]);
    }
}

/** A program that declares nothing, with this project's compiler settings. */
function emptyProgram({ root, folder }: BenchmarkContext): string {
    const directory = path.join(folder, "empty");
    fs.mkdirSync(directory);
    const { runtime } = parse(fs.readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { runtime: unknown };
    fs.writeFileSync(path.join(directory, "Pulumi.yaml"), stringify({ name: "container-lambdas-bench-empty", runtime, main: "index.ts" }));
    fs.writeFileSync(path.join(directory, "index.ts"), "export = async (): Promise<Record<string, unknown>> => ({});\n");
    fs.copyFileSync(path.join(root, "package.json"), path.join(directory, "package.json"));
    fs.copyFileSync(path.join(root, "tsconfig.pulumi.json"), path.join(directory, "tsconfig.pulumi.json"));
    fs.symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"));
    return directory;
}

/** This project with other functions; `nonce` makes images that no registry and no build cache has. */
function tinyFunctions({ root }: BenchmarkContext, maxParallelBuilds: number, nonce: string): ProjectCopy {
    const copy = ProjectCopy.create(root, "bench-builds");
    const at = (...names: string[]): string => path.join(copy.root, ...names);
    fs.rmSync(at("app", "functions"), { recursive: true });
    for (let index = 1; index <= BUILDS; index += 1) {
        const directory = at("app", "functions", `tiny-${index}`);
        fs.mkdirSync(path.join(directory, "src"), { recursive: true });
        fs.writeFileSync(path.join(directory, "Dockerfile"), 'ARG BASE_PYTHON\nFROM ${BASE_PYTHON}\nCOPY src /var/task\nCMD ["app.handler"]\n');
        fs.writeFileSync(path.join(directory, "function.yaml"), "description: Generated.\nlayer: false\n");
        fs.writeFileSync(path.join(directory, "src", "app.py"), `NONCE = "${nonce} ${index} ${Date.now()}"\n\n\ndef handler(event, context):\n    return NONCE\n`);
    }
    fs.mkdirSync(at(".local"));
    fs.copyFileSync(path.join(root, ".local", "base-images.json"), at(".local", "base-images.json"));
    const { config } = parse(fs.readFileSync(at("Pulumi.local.yaml"), "utf8")) as { config: Record<string, unknown> };
    fs.writeFileSync(at("Pulumi.bench.yaml"), stringify({ config: { ...config, "container-lambdas:maxParallelBuilds": maxParallelBuilds } }));
    return copy;
}
