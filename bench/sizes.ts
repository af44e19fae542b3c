import * as fs from "node:fs";
import * as path from "node:path";
import { Benchmark, BenchmarkContext, Case, Measured } from "./benchmark";
import { probe } from "./processes";
import { ProbeResult } from "./probe";
import { writeTree } from "./tree";

const SIZES = [5, 50, 200];
const RUNS = 3;

/** Cases of growing size, in one process each, as time per function. */
function growing(name: "manifests" | "program", compares: string): Benchmark {
    const run = async (context: BenchmarkContext): Promise<Measured> => {
        const results = await measure(context, name);
        return { cases: results.map(({ size, probes }) => caseOf(`${size} functions, per function`, size, probes, 0)) };
    };
    return { name, compares, run };
}

export const manifests = growing("manifests", "Reading and checking all manifests and Dockerfiles: time per function, and the process' memory, against 5 functions.");

export const program = growing("program", "The whole program with a mock engine, images to be built included: time per function, and the process' memory, against 5 functions.");

export const staging: Benchmark = {
    name: "staging",
    compares: "Staging contexts and computing keys: time per function against 5 functions for the first time, and the same again with nothing changed.",
    run: async (context) => {
        const results = await measure(context, "staging");
        return {
            cases: results.flatMap(({ size, probes }) =>
                ["first time", "again"].map((when, index) => caseOf(`${size} functions, per function, ${when}`, size, probes, index)),
            ),
        };
    },
};

/** The measurement of that number of each process. */
function caseOf(name: string, size: number, probes: readonly ProbeResult[], index: number): Case {
    return { name, per: size, samples: probes.map(({ milliseconds, peakKilobytes }) => ({ milliseconds: milliseconds[index], peakKilobytes })) };
}

/** All sizes in turn, several times, so that a busy moment of the machine does not hit one size alone. */
async function measure({ root, folder, signal, report }: BenchmarkContext, work: string): Promise<{ size: number; probes: ProbeResult[] }[]> {
    const results = SIZES.map((size) => ({ size, probes: [] as ProbeResult[] }));
    for (let run = 0; run < RUNS; run += 1) {
        for (const { size, probes } of results) {
            report(`${work}: ${size} functions, run ${run + 1} of ${RUNS}`);
            // A new checkout each time: what an earlier run staged would be found.
            const tree = path.join(folder, `${work}-${size}-${run}`);
            writeTree(tree, size);
            probes.push(await probe<ProbeResult>(["--import", require.resolve("tsx"), path.join(root, "bench", "probe.ts"), work], { cwd: tree, signal }));
            fs.rmSync(tree, { recursive: true, force: true });
        }
    }
    return results;
}
