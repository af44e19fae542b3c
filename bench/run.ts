import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { Benchmark, resultTable, Row, rowsOf } from "./benchmark";
import { noOpUpdate, parallelBuilds } from "./engine";
import { dataLake } from "./lake";
import { programStart } from "./programStart";
import { manifests, program, staging } from "./sizes";

const BENCHMARKS: readonly Benchmark[] = [programStart, staging, manifests, program, noOpUpdate, parallelBuilds, dataLake];
const RESULTS = "bench/results.json";

const HELP = `Compares variants and sizes within one run; each number is a ratio of medians to the first case of its benchmark.

Usage: npm run bench [-- --only NAME ...] [--json]

Options:
  --only NAME  only this benchmark; may be given several times
  --json       the result as JSON on stdout, instead of the table
  --help

Benchmarks:
${BENCHMARKS.map(({ name, compares }) => `  ${name.padEnd(11)}${compares}`).join("\n")}

update, builds and lake need the emulator of this checkout: npm run local. All results also go to ${RESULTS}.
Exit status: 0 done; 1 a benchmark failed; 2 bad input; 130 interrupted.`;

async function main(): Promise<number> {
    const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, json: { type: "boolean" }, help: { type: "boolean" } } });
    if (values.help === true) {
        console.log(HELP);
        return 0;
    }
    const unknown = (values.only ?? []).filter((name) => !BENCHMARKS.some((benchmark) => benchmark.name === name));
    if (unknown.length > 0) {
        throw new Error(`There is no benchmark ${unknown.map((name) => JSON.stringify(name)).join(", ")}; allowed: ${BENCHMARKS.map(({ name }) => name).sort().join(", ")}. See --help.`);
    }
    const chosen = BENCHMARKS.filter(({ name }) => values.only === undefined || values.only.includes(name));
    const interrupt = new AbortController();
    process.on("SIGINT", () => interrupt.abort(new Error("interrupted")));
    process.on("SIGTERM", () => interrupt.abort(new Error("interrupted")));
    const rows: Row[] = [];
    let status = 0;
    for (const benchmark of chosen) {
        if (interrupt.signal.aborted) {
            return 130;
        }
        const { rows: measured, failed } = await measure(benchmark, interrupt.signal);
        rows.push(...measured);
        status = failed ? 1 : status;
    }
    const root = path.join(__dirname, "..");
    const result = { node: process.version, processors: os.cpus().length, benchmarks: chosen.map(({ name, compares }) => ({ name, compares })), rows };
    fs.writeFileSync(path.join(root, RESULTS), `${JSON.stringify(result, undefined, 4)}\n`);
    console.log(values.json === true ? JSON.stringify(result) : ["", ...resultTable(rows), "", ...chosen.map(({ name, compares }) => `${name}: ${compares}`)].join("\n"));
    return interrupt.signal.aborted ? 130 : status;
}

async function measure(benchmark: Benchmark, signal: AbortSignal): Promise<{ rows: Row[]; failed: boolean }> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-"));
    // Progress is for a person who waits, not for whoever reads the result.
    const report = (text: string): void => void process.stderr.write(`… ${text}\n`);
    try {
        const result = await benchmark.run({ root: path.join(__dirname, ".."), folder, signal, report });
        return { rows: rowsOf(benchmark.name, result), failed: false };
    } catch (error) {
        const note = error instanceof Error ? error.message : String(error);
        process.stderr.write(`${benchmark.name} failed: ${note}\n`);
        return { rows: [{ benchmark: benchmark.name, case: "failed", runs: 0, note: note.split("\n")[0] }], failed: true };
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

main().then(
    (status) => (process.exitCode = status),
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 2;
    },
);
