import * as path from "node:path";
import { parseArgs } from "node:util";
import { formatTable } from "../../automation/table";
import { Fault } from "./fault";
import { faults } from "./faults";
import { ScratchProject, TestRun } from "./scratch";

const HELP = `Puts faults into a copy of the project, one at a time, and runs the tests that must notice.

Usage: npm run test:faults [-- --only NAME ...]
       npm run test:faults -- --list

Options:
  --only NAME  only this fault; may be given several times
  --list       names and promises, nothing is run
  --help

Exit status: 0 every fault was noticed; 1 some survived, or could not be put in; 2 bad input.`;

interface Result {
    readonly fault: Fault;
    readonly run: TestRun;
    readonly seconds: number;
}

const noticed = ({ run }: Result): boolean => run.problem === undefined && run.failed.length > 0;

async function main(): Promise<number> {
    const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, list: { type: "boolean" }, help: { type: "boolean" } } });
    if (values.help === true) {
        console.log(HELP);
        return 0;
    }
    const unknown = (values.only ?? []).filter((name) => !faults.some((fault) => fault.name === name));
    if (unknown.length > 0) {
        throw new Error(`There is no fault ${unknown.map((name) => JSON.stringify(name)).join(", ")}; there are ${faults.map(({ name }) => name).join(", ")}. See --list.`);
    }
    const chosen = faults.filter(({ name }) => values.only === undefined || values.only.includes(name));
    if (values.list === true) {
        console.log(chosen.map(({ name, promise }) => `${name}: ${promise}`).join("\n"));
        return 0;
    }
    const interrupt = new AbortController();
    process.once("SIGINT", () => interrupt.abort(new Error("interrupted")));
    process.once("SIGTERM", () => interrupt.abort(new Error("interrupted")));
    const project = ScratchProject.create(path.join(__dirname, "..", ".."));
    try {
        return await tryAll(project, chosen, interrupt.signal);
    } finally {
        project.remove();
    }
}

async function tryAll(project: ScratchProject, chosen: readonly Fault[], signal: AbortSignal): Promise<number> {
    // Without this, tests that fail anyway would count as having noticed.
    const sound = await project.runTests([...new Set(chosen.flatMap(({ tests }) => tests))].sort(), signal);
    if (sound.problem !== undefined || sound.failed.length > 0) {
        console.log(`The tests do not pass without any fault; mend that first. ${sound.problem ?? sound.failed.join("; ")}`);
        return 1;
    }
    console.log(`without a fault: ${sound.passed} tests pass`);
    const results: Result[] = [];
    for (const fault of chosen) {
        const start = performance.now();
        const result: Result = { fault, run: await project.tryFault(fault, signal), seconds: (performance.now() - start) / 1000 };
        results.push(result);
        console.log(`${noticed(result) ? "noticed " : "SURVIVED"} ${fault.name}: ${result.run.problem ?? result.run.failed[0] ?? `all ${result.run.passed} tests pass`}`);
    }
    const table = formatTable<Result>(
        [
            { title: "fault", value: ({ fault }) => fault.name },
            { title: "noticed", value: (result) => (noticed(result) ? "yes" : "NO") },
            { title: "seconds", value: ({ seconds }) => seconds.toFixed(1), align: "right" },
            { title: "promise", value: ({ fault }) => fault.promise },
        ],
        results,
    );
    const survivors = results.filter((result) => !noticed(result));
    console.log(["", ...table, "", `${results.length} faults, ${results.length - survivors.length} noticed, ${survivors.length} survived`].join("\n"));
    return survivors.length === 0 ? 0 : 1;
}

main().then(
    (status) => (process.exitCode = status),
    (error: unknown) => {
        console.error(error instanceof Error ? error.message : String(error));
        process.exitCode = 2;
    },
);
