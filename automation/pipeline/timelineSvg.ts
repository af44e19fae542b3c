import { formatDuration } from "../duration";
import { cleanText, cut } from "../text";
import type { Bar, Timeline, TimelineRow } from "./timeline";

const width = 1200;
const left = 290;
const right = 90;
const top = 64;
const stageHeight = 22;
const actionHeight = 12;
const actionGap = 2;
/** For the line that names every stage with its time, however short its bar is. */
const captionHeight = 14;
/** Shorter waits are not named there. Seconds. */
const shortestTold = 5;
const rowGap = 18;
const font = "ui-sans-serif, system-ui, 'DejaVu Sans', Arial, sans-serif";
/** Width of a character as a share of the size of the font, on the safe side. */
const characterWidth = 0.6;
const stageFont = 11;
const actionFont = 9;
const captionFont = 9.5;

/** Dark enough for white text on it (contrast of 4.5 to 1 and more). */
const fills: Readonly<Record<Bar["status"], string>> = {
    Succeeded: "#1a7f37",
    Failed: "#cf222e",
    InProgress: "#0969da",
    Stopped: "#6e7781",
    Cancelled: "#6e7781",
    Skipped: "#8250df",
    Pending: "#6e7781",
    Waiting: "url(#wait)",
};

const statusFills: Readonly<Record<TimelineRow["status"], string>> = {
    Succeeded: fills.Succeeded,
    Failed: fills.Failed,
    InProgress: fills.InProgress,
    Stopping: fills.InProgress,
    Stopped: "#57606a",
    Superseded: "#57606a",
    Cancelled: "#57606a",
};

/** Draws a timeline as one SVG document: the same data give the same text. */
export function drawTimeline(timeline: Timeline): string {
    const plot = width - left - right;
    const x = (seconds: number): number => left + (seconds / timeline.length) * plot;
    const heights = timeline.rows.map(({ lanes }) => stageHeight + 4 + lanes.length * (actionHeight + actionGap) + captionHeight);
    const tops = heights.map((_, index) => top + heights.slice(0, index).reduce((sum, height) => sum + height + rowGap, 0));
    const bottom = top + heights.reduce((sum, height) => sum + height + rowGap, 0);
    const height = bottom + 40;
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${font}" font-size="11">`,
        `<title>${escape(timeline.title)}</title>`,
        "<defs>",
        '<pattern id="wait" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#eaeef2"/><rect width="2" height="6" fill="#9aa4ae"/></pattern>',
        "</defs>",
        `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
        `<text x="16" y="26" font-size="15" font-weight="600" fill="#1f2328">${escape(timeline.title)}</text>`,
        ...axis(timeline, x, bottom),
        ...timeline.rows.flatMap((row, index) => drawRow(row, tops[index], x)),
        ...legend(timeline, bottom + 24),
        "</svg>",
        "",
    ].join("\n");
}

function axis({ length, step }: Timeline, x: (seconds: number) => number, bottom: number): string[] {
    const marks = Array.from({ length: Math.round(length / step) + 1 }, (_, index) => index * step);
    return marks.flatMap((seconds) => [
        `<line x1="${round(x(seconds))}" y1="${top - 12}" x2="${round(x(seconds))}" y2="${bottom - 8}" stroke="#d8dee4"/>`,
        `<text x="${round(x(seconds))}" y="${top - 18}" text-anchor="middle" fill="#57606a">${axisLabel(seconds)}</text>`,
    ]);
}

function drawRow(row: TimelineRow, y: number, x: (seconds: number) => number): string[] {
    const end = x(row.seconds);
    return [
        `<text x="16" y="${y + 12}" fill="#1f2328">${escape(cut(cleanText(row.title), 40))}</text>`,
        `<text x="16" y="${y + 27}" font-size="10" fill="#57606a">${escape(row.subtitle)}, <tspan font-weight="600" fill="${statusFills[row.status]}">${row.status}</tspan></text>`,
        ...row.stages.flatMap((bar) => labelled(bar, y, stageHeight, stageFont, x)),
        ...row.lanes.flatMap((lane, index) => lane.flatMap((bar) => labelled(bar, y + stageHeight + 4 + index * (actionHeight + actionGap), actionHeight, actionFont, x))),
        `<text x="${round(end + 6)}" y="${y + 15}" fill="#57606a">${formatDuration(row.seconds)}</text>`,
        `<text x="${left}" y="${y + stageHeight + 4 + row.lanes.length * (actionHeight + actionGap) + 9}" font-size="${captionFont}" fill="#57606a">${escape(caption(row))}</text>`,
    ];
}

/** Cut where it would leave the drawing. */
function caption({ stages }: TimelineRow): string {
    const told = stages.filter(({ status, from, to }) => status !== "Waiting" || to - from >= shortestTold);
    const said = told.map(({ label, from, to }) => `${label} ${formatDuration(to - from)}`).join(" · ");
    return cut(said, Math.floor((width - left - 10) / (captionFont * characterWidth)));
}

/** A bar with its label in it, as much as fits; all of it shows when a pointer rests on it. */
function labelled(bar: Bar, y: number, height: number, size: number, x: (seconds: number) => number): string[] {
    // The stage's name stands above its actions.
    const [stage, action] = bar.label.split(" / ");
    const label = height === stageHeight ? bar.label : (action ?? stage);
    const fits = Math.floor((x(bar.to) - x(bar.from) - 4) / (size * characterWidth));
    const text = fits >= label.length ? label : fits >= 5 ? cut(label, fits) : "";
    const colour = bar.status === "Waiting" ? "#1f2328" : "#ffffff";
    // On the hatching a label needs a ground of its own to be legible.
    const halo = bar.status === "Waiting" ? ' stroke="#eaeef2" stroke-width="4" paint-order="stroke"' : "";
    const middle = round((x(bar.from) + x(bar.to)) / 2);
    const written = `<text x="${middle}" y="${round(y + height / 2 + size * 0.36)}" font-size="${size}" text-anchor="middle" fill="${colour}"${halo}>${escape(text)}</text>`;
    return [rectangle(bar, y, height, x), ...(text === "" ? [] : [written])];
}

function rectangle({ label, status, from, to }: Bar, y: number, height: number, x: (seconds: number) => number): string {
    // Half a unit less, so that neighbours stay apart; never thinner than what can be seen.
    const wide = Math.max(1, round(x(to) - x(from) - 0.5));
    const said = `${label}: ${status === "Waiting" ? "waiting" : status}, ${formatDuration(to - from)}`;
    const look = `fill="${fills[status]}"${height === stageHeight ? "" : ' fill-opacity="0.85"'}`;
    return `<rect x="${round(x(from))}" y="${y}" width="${wide}" height="${height}" rx="2" ${look}><title>${escape(said)}</title></rect>`;
}

/** Only what the drawing has, in a fixed order. */
function legend({ rows }: Timeline, y: number): string[] {
    const used = new Set(rows.flatMap(({ stages, lanes }) => [...stages, ...lanes.flat()].map(({ status }) => status)));
    const entries = (Object.keys(fills) as Bar["status"][]).filter((status) => used.has(status));
    return entries.flatMap((status, index) => {
        const at = left + index * 110;
        return [
            `<rect x="${at}" y="${y - 9}" width="14" height="10" rx="2" fill="${fills[status]}"/>`,
            `<text x="${at + 20}" y="${y}" fill="#57606a">${status === "InProgress" ? "in progress" : status.toLowerCase()}</text>`,
        ];
    });
}

function axisLabel(seconds: number): string {
    const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
    const parts = [hours > 0 ? `${hours} h` : "", minutes > 0 ? `${minutes} min` : "", rest > 0 ? `${rest} s` : ""].filter((part) => part !== "");
    return parts.join(" ") || "0";
}

function round(value: number): number {
    return Math.round(value * 10) / 10;
}

function escape(text: string): string {
    return cleanText(text).replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
