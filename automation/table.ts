import { cleanText } from "./text";

export interface Column<Row> {
    readonly title: string;
    readonly value: (row: Row) => string | number;
    /** @default "left" */
    readonly align?: "left" | "right";
}

/** Lines of a table: titles, a rule, one line a row; columns as wide as their widest cell, no trailing blanks. */
export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
    const cells = rows.map((row) => columns.map((column) => cleanText(String(column.value(row)))));
    const widths = columns.map((column, index) => Math.max(column.title.length, ...cells.map((row) => row[index].length)));
    const line = (row: readonly string[]): string =>
        row
            .map((cell, index) => (columns[index].align === "right" ? cell.padStart(widths[index]) : cell.padEnd(widths[index])))
            .join("  ")
            .trimEnd();
    return [line(columns.map((column) => column.title)), widths.map((width) => "-".repeat(width)).join("  "), ...cells.map(line)];
}
