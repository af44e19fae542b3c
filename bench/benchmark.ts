import { formatTable } from "../automation/table";
import { count } from "../automation/text";
import { formatRatio, median, ratio } from "./statistics";

/** One measured run of one case. */
export interface Sample {
    readonly milliseconds: number;
    /** The process' peak, as the operating system tells it; absent where it says nothing about the case. */
    readonly peakKilobytes?: number;
}

/** A case with its runs; `per` divides, so that cases of different sizes can be compared. */
export interface Case {
    readonly name: string;
    readonly samples: readonly Sample[];
    /** @default 1 */
    readonly per?: number;
    /** What was counted besides, like `12 builds`. */
    readonly counted?: string;
}

export interface Measured {
    /** The first is the base of the ratios. */
    readonly cases: readonly Case[];
}

/** What to start first, where a benchmark cannot run. */
export interface Skipped {
    readonly skipped: string;
}

export interface Benchmark {
    readonly name: string;
    /** One sentence: what is compared with what. */
    readonly compares: string;
    run(context: BenchmarkContext): Promise<Measured | Skipped>;
}

export interface BenchmarkContext {
    /** The checkout. */
    readonly root: string;
    /** An empty folder, removed afterwards. */
    readonly folder: string;
    readonly signal: AbortSignal;
    readonly report: (text: string) => void;
}

/** A line of the result: medians, and ratios to the first case of the benchmark. */
export interface Row {
    readonly benchmark: string;
    readonly case: string;
    readonly runs: number;
    /** Median of the time, divided by the size of the case. */
    readonly milliseconds?: number;
    readonly time?: number;
    readonly peakKilobytes?: number;
    readonly memory?: number;
    readonly note?: string;
}

/** Medians and ratios of a benchmark's cases; one row that says what to do where it did not run. */
export function rowsOf(benchmark: string, result: Measured | Skipped): Row[] {
    if ("skipped" in result) {
        return [{ benchmark, case: "not run", runs: 0, note: result.skipped }];
    }
    const medians = result.cases.map(({ samples, per = 1 }) => {
        const peaks = samples.flatMap(({ peakKilobytes }) => peakKilobytes ?? []);
        return { milliseconds: median(samples.map(({ milliseconds }) => milliseconds)) / per, peakKilobytes: peaks.length === 0 ? undefined : median(peaks) };
    });
    return result.cases.map(({ name, samples, counted }, index): Row => {
        const { milliseconds, peakKilobytes } = medians[index];
        const base = medians[0];
        return {
            benchmark,
            case: name,
            runs: samples.length,
            milliseconds,
            time: ratio(milliseconds, base.milliseconds),
            ...(peakKilobytes === undefined || base.peakKilobytes === undefined ? {} : { peakKilobytes, memory: ratio(peakKilobytes, base.peakKilobytes) }),
            ...(counted === undefined ? {} : { note: counted }),
        };
    });
}

/** Lines for a person: ratios only, since milliseconds say more of the machine than of the program. */
export function resultTable(rows: readonly Row[]): string[] {
    return formatTable<Row>(
        [
            { title: "benchmark", value: (row) => row.benchmark },
            { title: "case", value: (row) => row.case },
            { title: "time", value: ({ time }) => (time === undefined ? "-" : formatRatio(time)), align: "right" },
            { title: "memory", value: ({ memory }) => (memory === undefined ? "-" : formatRatio(memory)), align: "right" },
            { title: "of", value: ({ runs }) => count(runs, "run") },
            { title: "note", value: ({ note }) => note ?? "" },
        ],
        rows,
    );
}
