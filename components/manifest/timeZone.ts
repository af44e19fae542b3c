import { nearest } from "./nearest";

/** What is wrong with an IANA time zone, or undefined. */
export function timeZoneFault(zone: string): { readonly rule: string; readonly fix: string } | undefined {
    const source = "source: Scheduler API, 1 to 50 characters of the IANA database";
    const known = Intl.supportedValuesOf("timeZone");
    // Offsets like +01:00 are accepted by Intl of some Node versions but not by Scheduler.
    const form = /^[A-Za-z][A-Za-z0-9_+/-]{0,49}$/.test(zone);
    const canonical = known.find((name) => name.toLowerCase() === zone.toLowerCase());
    if (form && isZone(zone) && (canonical === undefined || canonical === zone)) {
        return undefined;
    }
    const meant =
        canonical ??
        nearest(zone, known) ??
        known.find((name) => name.split("/").at(-1)?.toLowerCase() === zone.toLowerCase().replace(/ /g, "_"));
    return {
        rule: `is an unknown time zone${meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`} (${source})`,
        fix: meant === undefined ? "write a zone like UTC or Europe/Paris" : `write ${meant}`,
    };
}

/** The moment at which clocks in a zone show the given date and time. */
export function moment(
    zone: string,
    parts: { year: number; month: number; day: number; hour: number; minute: number; second: number },
): Date {
    const wall = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
    // Two rounds: the offset at the first guess can be that of the other side of a clock change.
    const first = wall - offset(zone, wall);
    return new Date(wall - offset(zone, first));
}

function offset(zone: string, time: number): number {
    const format = new Intl.DateTimeFormat("en-US", {
        timeZone: zone,
        hourCycle: "h23",
        year: "numeric",
        month: "numeric",
        day: "numeric",
        hour: "numeric",
        minute: "numeric",
        second: "numeric",
    });
    const part = new Map(format.formatToParts(new Date(time)).map(({ type, value }) => [type, Number(value)]));
    const get = (name: "year" | "month" | "day" | "hour" | "minute" | "second"): number => part.get(name) ?? 0;
    return Date.UTC(get("year"), get("month") - 1, get("day"), get("hour"), get("minute"), get("second")) - Math.floor(time / 1000) * 1000;
}

function isZone(zone: string): boolean {
    try {
        new Intl.DateTimeFormat("en-US", { timeZone: zone });
        return true;
    } catch {
        return false;
    }
}
