import type { Context } from "../context";
import { formatDuration, roundSeconds } from "../duration";
import type { StepLines } from "../steps";
import type { Terminal } from "../terminal";
import { count } from "../text";
import { historyTable, JourneyDisplay, rowsTable } from "./display";
import { type Execution, secondsOf } from "./items";
import { csvFolder, sampleRecords } from "./lake";
import { parquetKeys, type ParquetRows, readRows, verifySamples, withParquetFiles } from "./parquet";
import { followSamples, nameOf, putSamples, type SampleOptions, type SampleRun, watchOptions } from "./samples";
import { stages } from "./stages";
import { finishedHistory } from "./watch";

/** The one JSON document of `local:demo`. */
export interface DemoDocument {
    readonly objects: readonly { readonly id: string; readonly stages: readonly { readonly stage: string; readonly seconds: number }[] }[];
    readonly rows: number;
    readonly history: readonly { readonly id: string; readonly stage: string; readonly status: string; readonly objects: readonly string[]; readonly seconds?: number }[];
    readonly seconds: Readonly<Record<string, number>>;
}

/** The records through bucket, queues, both state machines and the schedule, as steps of a longer command. */
export async function runDemoSteps(options: SampleOptions, steps: StepLines): Promise<void> {
    const { lake } = options;
    const started: { run?: SampleRun } = {};
    const toStage = async (step: string, run: SampleRun, goal: "CSV" | "Parquet"): Promise<void> =>
        followSamples(options, run, goal, ({ journeys }) => {
            const there = journeys.filter((journey) => journey.steps.length > stages.indexOf(goal)).length;
            steps.report({ step, state: "progress", detail: `${there} of ${count(journeys.length, "object")}` });
        });
    const first = "bucket trigger, queues, state machine A: records to CSV";
    const run = await steps.run(
        first,
        async () => {
            started.run = await putSamples(options);
            await toStage(first, started.run, "CSV");
            return started.run;
        },
        ({ ids, folder }) => `${count(ids.length, "record")}, s3://${lake.stageBucket}/${csvFolder(folder)}`,
    );
    const second = "queue, schedule, state machine B: CSV to Parquet";
    await steps.run(
        second,
        () => toStage(second, run, "Parquet"),
        () => parquetKeys(run.entries.values()).map((key) => `s3://${lake.stageBucket}/${key}`).join(", "),
    );
    if (options.python !== undefined) {
        const reader = { ...options, python: options.python };
        const compare = (): Promise<string> => withParquetFiles(options, lake, parquetKeys(run.entries.values()), (files) => verifySamples(reader, files));
        await steps.run("every field compared with the records", compare, (last) => last);
    }
}

/** The records' way with a line an object and stage, then rows and history. */
export async function showDemo(options: SampleOptions, { terminal, now }: Pick<Context, "terminal" | "now">): Promise<DemoDocument> {
    const { lake, clock = Date.now } = options;
    const since = now();
    const elapsed = (): number => roundSeconds((now() - since) / 1000);
    const display = new JourneyDisplay(terminal, clock, sampleRecords(options.root));
    const seconds: Record<string, number> = {};
    try {
        const run = await putSamples(options, display.look);
        seconds.landed = elapsed();
        const onFlush = (): void => display.line(`${terminal.colors.green("✓")} fewer than stage B starts with are left: its schedule was fired`);
        await followSamples(options, run, "Parquet", ({ journeys }) => display.look(journeys), onFlush);
        seconds.parquet = elapsed();
        const read = await readAndVerify(options, run, display);
        seconds.verified = elapsed();
        const history = await finishedHistory(watchOptions(options), run.ids, run.folder.since);
        display.close();
        if (read !== undefined) {
            terminal.line();
            rowsTable(read).forEach((line) => terminal.line(line));
        }
        printHistory(terminal, run, history);
        seconds.total = elapsed();
        terminal.line(`${count(run.ids.length, "record")} became rows of ${parquetKeys(run.entries.values()).map((key) => `s3://${lake.stageBucket}/${key}`).join(", ")} in ${formatDuration(seconds.parquet)}.`);
        return document(run, read?.rows.length ?? 0, history, seconds);
    } finally {
        display.close();
    }
}

async function readAndVerify(options: SampleOptions, run: SampleRun, display: JourneyDisplay): Promise<ParquetRows | undefined> {
    const { python, lake } = options;
    if (python === undefined) {
        display.line("The local environment has no Python with pyarrow: the Parquet rows are not read.");
        return undefined;
    }
    const reader = { ...options, python };
    return withParquetFiles(options, lake, parquetKeys(run.entries.values()), async (files) => {
        display.line(await verifySamples(reader, files));
        return readRows(reader, files);
    });
}

function printHistory(terminal: Terminal, run: SampleRun, history: readonly Execution[]): void {
    terminal.line();
    historyTable(history, (id) => nameOf(run, id)).forEach((line) => terminal.line(line));
    terminal.line();
}

function document(run: SampleRun, rows: number, history: readonly Execution[], seconds: Readonly<Record<string, number>>): DemoDocument {
    return {
        objects: run.journeys.map(({ id, steps }) => ({ id, stages: steps.map((step) => ({ stage: step.stage, seconds: roundSeconds(step.seconds) })) })),
        rows,
        history: history.map((execution) => {
            const took = secondsOf(execution);
            return { id: execution.id, stage: execution.stage, status: execution.status, objects: execution.objects, seconds: took === undefined ? undefined : roundSeconds(took) };
        }),
        seconds,
    };
}
