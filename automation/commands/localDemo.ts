import type { Command } from "../context";
import { ExitCode } from "../exitCodes";
import { showDemo } from "../lake/demo";
import { sampleRecords } from "../lake/lake";
import { noSample, requireLake } from "../lake/prepare";

export const localDemo: Command = {
    spec: {
        name: "local:demo",
        summary: "Put the sample records into the data lake and show their way, the Parquet rows and the history.",
        arguments: [],
        options: [],
        notes: [
            "Every run puts the records into a folder of its own, raw/engineering/meteorites/samples/TIME/; nothing is deleted.",
            "Stages of an object: landed, catalogued, CSV, waiting (for stage B), batch (taken by one), Parquet.",
            "Ctrl-C ends the watching; what has landed goes on by itself.",
            "",
        ],
    },
    run: async (context) => {
        const { root, terminal, signal, ports } = context;
        const { handle, ...deployed } = await requireLake(context, "local:demo");
        if (sampleRecords(root).length === 0) {
            throw noSample("local:demo", "has the sample's outputs, but app/samples has no records");
        }
        const options = { ...deployed, root, signal, python: handle.python, capture: ports.capture };
        terminal.result(await context.shield(() => showDemo(options, context)));
        return ExitCode.done;
    },
};
