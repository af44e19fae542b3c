import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FunctionModel, ProjectModel } from "../components/manifest/model";
import type { Aws } from "./aws";
import { ExitCode } from "./exitCodes";
import { CommandFailure } from "./failure";
import { physicalName } from "./functionNames";
import { isRecord, stringMember } from "./json";
import type { StepLines } from "./steps";
import { cleanLines, count, cut } from "./text";

export interface DemoOptions {
    readonly root: string;
    readonly project: string;
    readonly stack: string;
    readonly outputs: Readonly<Record<string, unknown>>;
    readonly model: ProjectModel;
    readonly aws: Aws;
    readonly steps: StepLines;
    readonly signal: AbortSignal;
    /** A Python with pyarrow. */
    readonly python?: string;
    readonly capture: (command: string, args: readonly string[]) => Promise<{ readonly status: number; readonly output: string }>;
    /** Milliseconds between two looks. @default 250 */
    readonly interval?: number;
    /** Looks before a wait is given up; with the default interval 90 s. @default 360 */
    readonly looks?: number;
}

/** What the sample application needs to be recognised: its outputs and its records. */
interface Sample {
    readonly rawBucket: string;
    readonly stageBucket: string;
    readonly conversions: string;
    /** File names of the records. */
    readonly records: readonly string[];
}

// Below the triggers' prefixes, in a folder of its own: objects that a person put beside it are not touched.
const rawPrefix = "meteorites/samples/";
const csvPrefix = `csv/${rawPrefix}`;
const parquetKey = "parquet/meteorites/samples.parquet";

/**
 * One real invocation per kind of trigger: records through the bucket's, the CSV objects through the queue's, and a direct
 * call. With an application of the user's own, the functions that declare a smoke test are called instead.
 */
export async function runDemo(options: DemoOptions): Promise<void> {
    const sample = findSample(options);
    if (sample === undefined) {
        return callSmokeTests(options);
    }
    await convertRecords(options, sample);
    await writeParquet(options, sample);
    await callPing(options);
}

export function findSample({ root, outputs }: Pick<DemoOptions, "root" | "outputs">): Sample | undefined {
    const rawBucket = stringMember(outputs, "rawBucket");
    const stageBucket = stringMember(outputs, "stageBucket");
    const conversions = stringMember(outputs.queues, "conversions");
    const folder = join(root, "app/samples");
    const records = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")).sort() : [];
    return rawBucket === undefined || stageBucket === undefined || conversions === undefined || records.length === 0
        ? undefined
        : { rawBucket, stageBucket, conversions, records };
}

async function convertRecords(options: DemoOptions, sample: Sample): Promise<void> {
    const { aws, root, steps } = options;
    const { rawBucket, stageBucket, records } = sample;
    const wanted = records.map((name) => `${csvPrefix}${name.slice(0, -".json".length)}.csv`);
    const missing = async (): Promise<string | undefined> => {
        const found = new Set(await aws.listObjects(stageBucket, csvPrefix));
        const absent = wanted.filter((key) => !found.has(key));
        return absent.length === 0
            ? undefined
            : `${absent.length} of ${count(wanted.length, "object")} did not appear in s3://${stageBucket}, the first is ${JSON.stringify(absent[0])}`;
    };
    const convert = async (): Promise<void> => {
        // Results of an earlier run would be taken for those of this one.
        for (const key of [...(await aws.listObjects(stageBucket, csvPrefix)), parquetKey]) {
            await aws.deleteObject(stageBucket, key);
        }
        for (const name of records) {
            await aws.putObject(rawBucket, `${rawPrefix}${name}`, readFileSync(join(root, "app/samples", name)));
        }
        await waitUntil(options, missing, "json-to-csv");
    };
    await steps.run(`bucket trigger: ${count(records.length, "record")} to CSV`, convert, () => `s3://${stageBucket}/${csvPrefix}`);
}

async function writeParquet(options: DemoOptions, { stageBucket, conversions }: Sample): Promise<void> {
    const { aws, steps, python, root } = options;
    const address = `s3://${stageBucket}/${parquetKey}`;
    const missing = async (): Promise<string | undefined> =>
        (await aws.listObjects(stageBucket, parquetKey)).includes(parquetKey) ? undefined : `${address} did not appear`;
    const write = async (): Promise<void> => {
        await aws.sendMessage(conversions, JSON.stringify({ prefix: csvPrefix, target: parquetKey }));
        await waitUntil(options, missing, "csv-to-parquet");
    };
    await steps.run("queue trigger: CSV to Parquet", write, () => address);
    const verifier = join(root, "app/samples/verify.py");
    if (python !== undefined && existsSync(verifier)) {
        const compare = (): Promise<string> => compareParquet(options, stageBucket, python, verifier);
        await steps.run("every field compared with the records", compare, (last) => last);
    }
}

/** Answers the verifier's last line. */
async function compareParquet({ aws, root, capture }: DemoOptions, stageBucket: string, python: string, verifier: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "container-lambdas-"));
    try {
        const file = join(folder, "samples.parquet");
        writeFileSync(file, await aws.getObject(stageBucket, parquetKey));
        const { status, output } = await capture(python, [verifier, join(root, "app/samples"), file]);
        const lines = cleanLines(output);
        if (status !== 0) {
            throw new CommandFailure(ExitCode.failed, {
                given: `The Parquet file differs from the records:\n${lines.join("\n")}`,
                next: "see npm run local:logs -- csv-to-parquet.",
            });
        }
        return lines.at(-1) ?? "";
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}

async function callPing(options: DemoOptions): Promise<void> {
    const ping = options.model.functions.find(({ name }) => name === "ping");
    if (ping !== undefined) {
        await call(options, ping, "{}");
    }
}

async function callSmokeTests(options: DemoOptions): Promise<void> {
    const tested = options.model.functions.filter(({ smoke }) => smoke !== undefined);
    options.steps.report({
        step: "sample records",
        state: "reused",
        detail: `the sample application is not here; ${tested.length === 0 ? "no function has a smoke test to call" : "functions with a smoke test are called instead"}`,
    });
    for (const model of tested) {
        await call(options, model, JSON.stringify(model.smoke?.payload ?? {}));
    }
}

async function call({ aws, project, stack, steps }: DemoOptions, model: FunctionModel, payload: string): Promise<void> {
    const invoke = async (): Promise<string> => {
        const { payload: answer, functionError } = await aws.invoke(physicalName(project, stack, model.name), payload, "live");
        if (functionError !== undefined) {
            throw new CommandFailure(ExitCode.failed, {
                given: `${model.name} failed (${functionError}): ${cut(answer, 300)}`,
                next: `see npm run local:logs -- ${model.name}.`,
            });
        }
        return answer;
    };
    await steps.run(`direct call: ${model.name}`, invoke, (answer) => cut(describe(answer), 80));
}

function describe(answer: string): string {
    try {
        const value: unknown = JSON.parse(answer);
        return isRecord(value) && typeof value.message === "string" ? value.message : answer;
    } catch {
        return answer;
    }
}

/** Looks until nothing is missing; `look` answers what still is. */
async function waitUntil({ interval = 250, looks = 360, signal }: DemoOptions, look: () => Promise<string | undefined>, functionName: string): Promise<void> {
    for (let turn = 1; ; turn++) {
        const missing = await look();
        if (missing === undefined) {
            return;
        }
        if (turn >= looks) {
            throw new CommandFailure(ExitCode.failed, {
                given: `${missing} within ${Math.round((looks * interval) / 1000)} s.`,
                next: `see what the function says: npm run local:logs -- ${functionName}.`,
            });
        }
        await sleep(interval, undefined, { signal });
    }
}
