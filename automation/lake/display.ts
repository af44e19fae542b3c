import { formatDuration } from "../duration";
import { formatTable } from "../table";
import type { Terminal } from "../terminal";
import { cleanText, clip, count, cut } from "../text";
import { type Execution, secondsOf } from "./items";
import type { ParquetRows } from "./parquet";
import { currentStage, type Journey } from "./stages";

/** Milliseconds between two drawings of the live region. */
const frame = 250;
/** Milliseconds without a line after which a log gets a sign of life. */
const silence = 20_000;
/** Characters of a cell of the rows' table. */
const cell = 24;

/** Shows objects on their way: a line an object and stage, and on a terminal a live line for each that is not through. */
export class JourneyDisplay {
    private journeys: readonly Journey[] = [];
    private readonly said = new Map<string, number>();
    private lastLineAt: number;
    private readonly timer: NodeJS.Timeout;

    private readonly width: number;

    /**
     * @param clock Milliseconds since 1970, as the times of the journeys are.
     * @param names Those of all journeys, also of those that have not begun.
     */
    constructor(
        private readonly terminal: Terminal,
        private readonly clock: () => number,
        names: readonly string[],
    ) {
        this.lastLineAt = clock();
        this.width = Math.max(0, ...names.map((name) => cleanText(name).length));
        this.timer = setInterval(() => this.tick(), frame);
        this.timer.unref();
    }

    readonly look = (journeys: readonly Journey[]): void => {
        this.journeys = journeys;
        for (const { id, name, steps } of journeys) {
            for (const { stage, seconds } of steps.slice(this.said.get(id) ?? 0)) {
                this.line(`${this.terminal.colors.green("✓")} ${cleanText(name).padEnd(this.width)}  ${stage.padEnd(10)}  ${formatDuration(seconds)}`);
            }
            this.said.set(id, steps.length);
        }
        this.tick();
    };

    line(text: string): void {
        this.terminal.line(text);
        this.lastLineAt = this.clock();
    }

    tick(): void {
        const now = this.clock();
        const open = this.journeys.filter((journey) => currentStage(journey) !== "Parquet");
        if (this.terminal.live) {
            const lines = open.map((journey) => clip(`… ${cleanText(journey.name)}  ${currentStage(journey)}  ${formatDuration((now - journey.landed) / 1000)}`, this.terminal.width - 1));
            const most = this.terminal.height - 2;
            this.terminal.drawRegion(lines.length <= most ? lines : [...lines.slice(0, most - 1), `… and ${lines.length - most + 1} more`]);
        } else if (open.length > 0 && now - this.lastLineAt >= silence) {
            this.line(`… ${count(open.length, "object")} on the way, the first is ${cleanText(open[0].name)}: ${currentStage(open[0])}`);
        }
    }

    close(): void {
        clearInterval(this.timer);
        this.terminal.clearRegion();
    }
}

/** Rows as a table; long cells are cut, missing values are empty. */
export function rowsTable({ columns, rows }: ParquetRows): string[] {
    return formatTable(
        columns.map((title, index) => ({
            title,
            value: (row: readonly unknown[]) => cut(row[index] === null || row[index] === undefined ? "" : String(row[index]), cell),
            align: rows.some((row) => typeof row[index] === "number") ? ("right" as const) : ("left" as const),
        })),
        rows,
    );
}

/** The history as a table. */
export function historyTable(history: readonly Execution[], nameOf: (id: string) => string): string[] {
    return formatTable<Execution>(
        [
            { title: "stage", value: ({ stage }) => stage },
            { title: "execution", value: ({ id }) => clip(id, 16) },
            { title: "status", value: ({ status }) => status },
            { title: "objects", value: ({ stage, objects }) => (stage === "A" ? nameOf(objects[0] ?? "") : count(objects.length, "object")) },
            { title: "took", value: (execution) => formatSeconds(secondsOf(execution)), align: "right" },
            { title: "reason", value: ({ reason }) => cut(reason ?? "", 60) },
        ],
        history,
    );
}

function formatSeconds(seconds: number | undefined): string {
    return seconds === undefined ? "" : formatDuration(seconds);
}
