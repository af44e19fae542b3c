import { quote } from "../../components/manifest/problem";
import type { ParsedArguments } from "../cli";
import type { Command, Context } from "../context";
import { formatDuration, roundSeconds } from "../duration";
import { ExitCode } from "../exitCodes";
import { badInput, CommandFailure } from "../failure";
import { LoadDisplay } from "../lake/load/display";
import { type LoadResult, runLoad } from "../lake/load/run";
import { requireLake } from "../lake/prepare";
import { count } from "../text";

const mostObjects = 10_000;
const highestSeed = 999_999;
const defaultSeed = 1;

export const localLoad: Command = {
    spec: {
        name: "local:load",
        summary: "Put N generated records into the data lake, measure their way, and check that nothing is lost or there twice.",
        arguments: [{ name: "N", description: `how many records, 1 to ${mostObjects}` }],
        options: [
            { name: "duplicates", value: "PERCENT", description: "deliver the events of this share of them twice at the same time, 0 to 100; default 0" },
            { name: "kill", description: "kill a container of stage-a-process-object and of stage-b-process-data while they work" },
            { name: "seed", value: "NUMBER", description: `which records are generated, 0 to ${highestSeed}; default ${defaultSeed}` },
        ],
        notes: [
            "Compares raw objects, catalogue, CSV objects, Parquet rows and history; differences are told, and the exit status is 1.",
            "With --kill, messages that end on a dead-letter queue by it are put back once by the stage's redrive function.",
            "Every run has a folder of its own, raw/engineering/meteorites/load/TIME/; nothing is deleted.",
            "",
        ],
    },
    run: async (context, args) => {
        const { words: [given], values, switches } = args;
        const objects = wholeNumber("local:load: N", given, 1, mostObjects, "npm run local:load -- 200");
        const duplicates = wholeNumber("--duplicates", values.duplicates ?? "0", 0, 100, "--duplicates 10");
        const seed = wholeNumber("--seed", values.seed ?? String(defaultSeed), 0, highestSeed, "--seed 7");
        const { handle, ...deployed } = await requireLake(context, "local:load");
        const { root, signal, ports, terminal, now } = context;
        if (handle.python === undefined) {
            throw new CommandFailure(ExitCode.failed, { given: "The local environment has no Python with pyarrow, which reads the Parquet rows.", next: 'start it anew with "npm run local".' });
        }
        const since = now();
        const display = new LoadDisplay(terminal, now, objects);
        try {
            const result = await context.shield(() =>
                runLoad({
                    ...deployed,
                    root,
                    signal,
                    python: handle.python ?? "",
                    capture: ports.capture,
                    killContainer: ports.killContainer,
                    dockerHost: handle.dockerHost,
                    objects,
                    duplicates,
                    seed,
                    kill: switches.has("kill"),
                    onProgress: display.look,
                    say: display.say,
                }),
            );
            display.close();
            report(context, args, objects, result);
            terminal.result({ objects, seed, ...document(result), seconds: roundSeconds((now() - since) / 1000) });
            return result.differences.length === 0 ? ExitCode.done : ExitCode.failed;
        } finally {
            display.close();
        }
    },
};

function report({ terminal }: Context, { values }: ParsedArguments, objects: number, { counts, differences, duplicated, timing, killed, redriven, behind = "stage-b-process-data" }: LoadResult): void {
    const { raw, catalogue, csv, parquet, historyA, historyB } = counts;
    if (timing !== undefined) {
        const { whole, objectsPerSecond, latency } = timing;
        terminal.line(`${count(objects, "object")} in ${formatDuration(whole)}: ${objectsPerSecond.toFixed(1)} objects/s from landing to Parquet`);
        terminal.line(`latency from landing to Parquet: median ${formatDuration(latency.median)}, 95 % ${formatDuration(latency.p95)}`);
    }
    if (values.duplicates !== undefined) {
        terminal.line(`events delivered twice: ${duplicated}`);
    }
    if (killed.length > 0) {
        terminal.line(`killed: ${killed.join(", ")}; put back: ${redriven.length === 0 ? "nothing was lost" : `by ${redriven.join(", ")}`}`);
    }
    terminal.line(`raw ${raw}, catalogue ${catalogue}, CSV ${csv}, Parquet rows ${parquet}, history: stage A ${historyA}, stage B ${historyB}`);
    if (differences.length === 0) {
        terminal.line(`${terminal.colors.green("✓")} all agree: nothing lost, nothing twice`);
    } else {
        terminal.error(`${terminal.colors.red("✗")} ${count(differences.length, "difference")} from ${count(objects, "object")}:\n${differences.map((line) => `  ${line}`).join("\n")}\n  Next: see npm run local:logs -- ${behind}.`);
    }
}

function document({ folder, counts, differences, duplicated, killed, redriven, timing }: LoadResult): object {
    const rounded = (value: number): number => Math.round(value * 100) / 100;
    return {
        folder,
        counts,
        differences,
        duplicated,
        killed,
        redriven,
        timing: timing === undefined
            ? undefined
            : { seconds: rounded(timing.whole), objectsPerSecond: rounded(timing.objectsPerSecond), latency: { median: rounded(timing.latency.median), p95: rounded(timing.latency.p95) } },
    };
}

function wholeNumber(what: string, given: string, least: number, most: number, example: string): number {
    const number = /^\d{1,6}$/.test(given) ? Number(given) : NaN;
    if (!(number >= least && number <= most)) {
        throw badInput({ given: `${what} is ${quote(given)}.`, allowed: `Allowed: a whole number from ${least} to ${most}.`, next: `write it like ${example}.` });
    }
    return number;
}
