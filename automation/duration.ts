/** `0.3 s`, `12.4 s`, `2 min 05 s`, `1 h 02 min`: short, and of one width within a magnitude. */
export function formatDuration(seconds: number): string {
    const clamped = Math.max(0, seconds);
    if (clamped < 59.95) {
        return `${clamped.toFixed(1)} s`;
    }
    const whole = Math.round(clamped);
    if (whole < 3600) {
        return `${Math.floor(whole / 60)} min ${pad(whole % 60)} s`;
    }
    return `${Math.floor(whole / 3600)} h ${pad(Math.floor((whole % 3600) / 60))} min`;
}

/** Milliseconds of a time span like `10m`, `90s`, `2h`, `1d`; undefined when it is none. */
export function parseSpan(text: string): number | undefined {
    const match = /^(\d{1,6})(s|m|h|d)$/.exec(text);
    if (match === null) {
        return undefined;
    }
    const unit = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2] as "s" | "m" | "h" | "d"];
    return Number(match[1]) * unit;
}

/** Seconds with one decimal, as they stand in JSON results. */
export function roundSeconds(seconds: number): number {
    return Math.round(seconds * 10) / 10;
}

function pad(value: number): string {
    return String(value).padStart(2, "0");
}
