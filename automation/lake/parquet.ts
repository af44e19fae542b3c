import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Aws } from "../aws";
import type { Ports } from "../context";
import { ExitCode } from "../exitCodes";
import { CommandFailure } from "../failure";
import { isRecord } from "../json";
import { cleanLines, count } from "../text";
import type { Entry } from "./items";
import { type Lake, sampleFolder } from "./lake";

export interface ParquetReader {
    readonly root: string;
    readonly aws: Pick<Aws, "getObject">;
    readonly capture: Ports["capture"];
    /** A Python with pyarrow. */
    readonly python: string;
}

export interface ParquetRows {
    readonly columns: readonly string[];
    readonly rows: readonly (readonly unknown[])[];
}

/** Keys of the Parquet files that the objects are in, sorted. */
export function parquetKeys(entries: Iterable<Entry>): string[] {
    return [...new Set([...entries].flatMap(({ parquetKey }) => parquetKey ?? []))].sort();
}

/** Downloads files into a folder that is there for the time of some work. */
export async function withParquetFiles<Result>({ aws }: Pick<ParquetReader, "aws">, { stageBucket }: Lake, keys: readonly string[], work: (files: readonly string[]) => Promise<Result>): Promise<Result> {
    const folder = mkdtempSync(join(tmpdir(), "container-lambdas-"));
    try {
        const files: string[] = [];
        for (const [index, key] of keys.entries()) {
            const file = join(folder, `${String(index).padStart(5, "0")}.parquet`);
            writeFileSync(file, await aws.getObject(stageBucket, key));
            files.push(file);
        }
        return await work(files);
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

/** Rows of files, of one column or of all. */
export async function readRows({ root, capture, python }: ParquetReader, files: readonly string[], column?: string): Promise<ParquetRows> {
    if (files.length === 0) {
        return { columns: [], rows: [] };
    }
    const { status, output } = await capture(python, [join(root, "automation/lake/parquet_rows.py"), ...(column === undefined ? [] : ["--column", column]), ...files]);
    const value: unknown = status === 0 ? JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") : undefined;
    if (!isRecord(value) || !Array.isArray(value.columns) || !Array.isArray(value.rows)) {
        throw new CommandFailure(ExitCode.failed, {
            given: `${count(files.length, "Parquet file")} cannot be read:\n${cleanLines(output).join("\n")}`,
            next: "see npm run local:logs -- stage-b-process-data, which wrote them.",
        });
    }
    return { columns: value.columns.map(String), rows: value.rows.filter(Array.isArray) };
}

/** Compares files with the sample records, field by field; answers the verifier's last line. */
export async function verifySamples({ root, capture, python }: ParquetReader, files: readonly string[]): Promise<string> {
    const folder = sampleFolder(root);
    const { status, output } = await capture(python, [join(folder, "verify.py"), folder, ...files]);
    const lines = cleanLines(output);
    if (status !== 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The Parquet rows differ from the records:\n${lines.join("\n")}`,
            next: "see npm run local:logs -- stage-b-process-data.",
        });
    }
    return lines.at(-1) ?? "";
}
