import * as path from "node:path";
import { runningLocal } from "../local/environment";
import { Benchmark, BenchmarkContext, Case } from "./benchmark";
import { mustRun } from "./processes";

const SIZES = [25, 200];
const DUPLICATES = 10;
const RUNS = 2;

/** What `local:load --json` prints, as far as it is read here. */
interface Load {
    readonly timing: { readonly seconds: number; readonly objectsPerSecond: number; readonly latency: { readonly median: number; readonly p95: number } };
}

interface Kind {
    readonly name: string;
    readonly objects: number;
    readonly args: readonly string[];
}

const KINDS: readonly Kind[] = [
    ...SIZES.map((objects) => ({ name: `${objects} objects, per object`, objects, args: [] })),
    { name: `${SIZES[1]} objects, ${DUPLICATES} % delivered twice, per object`, objects: SIZES[1], args: ["--duplicates", String(DUPLICATES)] },
];

/** Objects through the sample data lake, from landing to Parquet. */
export const dataLake: Benchmark = {
    name: "lake",
    compares: `Objects from landing to Parquet through the sample data lake: time per object, against ${SIZES[0]} objects at once.`,
    run: async (context) => {
        if ((await runningLocal(context.root)) === undefined) {
            return { skipped: "start the emulator of this checkout and deploy to it first: npm run local" };
        }
        const loads = new Map<Kind, Load[]>(KINDS.map((kind) => [kind, []]));
        await load(context, KINDS[0], "to warm up");
        for (let run = 1; run <= RUNS; run += 1) {
            for (const kind of KINDS) {
                loads.get(kind)?.push(await load(context, kind, `run ${run} of ${RUNS}`));
            }
        }
        return { cases: [...loads].map(([kind, found]) => caseOf(kind, found)) };
    },
};

async function load({ root, signal, report }: BenchmarkContext, { name, objects, args }: Kind, which: string): Promise<Load> {
    report(`lake: ${name}, ${which}`);
    // The command fails where anything is lost or there twice: a fast lake that loses objects is no result.
    const command = ["--import", "tsx", path.join(root, "automation", "main.ts"), "local:load", String(objects), "--json", ...args];
    const { stdout } = await mustRun(process.execPath, command, { cwd: root, signal });
    return JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "") as Load;
}

function caseOf({ name, objects }: Kind, loads: readonly Load[]): Case {
    const last = loads[loads.length - 1].timing;
    return {
        name,
        samples: loads.map(({ timing }) => ({ milliseconds: timing.seconds * 1000 })),
        per: objects,
        counted: `last run: ${last.objectsPerSecond} objects/s, median ${last.latency.median} s, 95 % ${last.latency.p95} s`,
    };
}
