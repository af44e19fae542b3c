import { moment, timeZoneFault } from "./timeZone";

export interface ScheduleFault {
    readonly rule: string;
    readonly fix: string;
}

const FORMS = "write rate(5 minutes), cron(0 12 * * ? *) or at(2030-01-31T12:00:00)";
const SOURCE = "source: EventBridge Scheduler user guide, schedule types";
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

interface Field {
    readonly name: string;
    readonly minimum: number;
    readonly maximum: number;
    readonly words?: readonly string[];
    /** Forms that only this field has. */
    readonly special?: RegExp;
}

const FIELDS: readonly Field[] = [
    { name: "minutes", minimum: 0, maximum: 59 },
    { name: "hours", minimum: 0, maximum: 23 },
    { name: "day of month", minimum: 1, maximum: 31, special: /^(?:L|LW|(?:[1-9]|[12][0-9]|3[01])W)$/ },
    { name: "month", minimum: 1, maximum: 12, words: MONTHS },
    { name: "day of week", minimum: 1, maximum: 7, words: DAYS, special: /^(?:L|(?:[1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(?:L|#[1-5]))$/ },
    { name: "year", minimum: 1970, maximum: 2199 },
];

/** What is wrong with a schedule expression of EventBridge Scheduler, or undefined. `at(…)` in the past never runs, and is refused. */
export function scheduleFault(expression: string, timeZone: string, now: Date): ScheduleFault | undefined {
    if (expression.length > 256) {
        return { rule: `has ${expression.length} characters (limit: 1 to 256; source: Scheduler API)`, fix: FORMS };
    }
    const form = /^(rate|cron|at)\((.*)\)$/.exec(expression);
    if (form === null) {
        return { rule: `is no schedule (${SOURCE})`, fix: FORMS };
    }
    const inside = form[2] ?? "";
    return form[1] === "rate" ? rateFault(inside) : form[1] === "cron" ? cronFault(inside) : atFault(inside, timeZone, now);
}

function rateFault(inside: string): ScheduleFault | undefined {
    const match = /^([0-9]+) (minutes?|hours?|days?)$/.exec(inside);
    if (match === null) {
        return { rule: `is no rate: a number and minutes, hours or days (${SOURCE})`, fix: "write for example rate(5 minutes)" };
    }
    const count = Number(match[1]);
    const unit = match[2] ?? "";
    const single = unit.replace(/s$/, "");
    if (count < 1 || String(count) !== match[1] || count > 1_000_000) {
        return {
            rule: `has the value ${match[1]?.slice(0, 20)}, which is no whole number of 1 or more (${SOURCE})`,
            fix: `write for example rate(1 ${single})`,
        };
    }
    if ((count === 1) !== (unit === single)) {
        const right = count === 1 ? single : `${single}s`;
        return { rule: `has the unit ${unit} for ${count}`, fix: `write rate(${count} ${right})` };
    }
    return undefined;
}

function cronFault(inside: string): ScheduleFault | undefined {
    const given = inside.split(" ");
    if (given.length !== FIELDS.length || given.includes("")) {
        return {
            rule: `has ${given.filter((field) => field !== "").length} fields, each separated by one space; cron needs 6: minutes, hours, day of month, month, day of week, year (${SOURCE})`,
            fix: "write for example cron(0 12 * * ? *)",
        };
    }
    for (const [index, field] of FIELDS.entries()) {
        const fault = fieldFault(field, given[index] ?? "");
        if (fault !== undefined) {
            return { rule: `${fault} (${SOURCE})`, fix: `correct the field ${field.name}` };
        }
    }
    const [, , dayOfMonth = "", month = "", dayOfWeek = ""] = given;
    if ((dayOfMonth === "?") === (dayOfWeek === "?")) {
        const rule = dayOfMonth === "?" ? "neither day of month nor day of week is set" : "both day of month and day of week are set";
        return {
            rule: `${rule}; exactly one of them must be ? (${SOURCE})`,
            fix: dayOfMonth === "?" ? "replace one ? by a day or *" : "use ? in one of the two",
        };
    }
    return neverFault(dayOfMonth, month);
}

function fieldFault(field: Field, text: string): string | undefined {
    const days = field.name.startsWith("day");
    if (text === "?") {
        return days ? undefined : `? is not allowed in ${field.name}`;
    }
    for (const part of text.split(",")) {
        if (field.special?.test(part.toUpperCase()) === true) {
            if (text !== part) {
                return `${field.name} has L, W or # within a list`;
            }
            continue;
        }
        const match = /^(\*|[A-Za-z0-9]+)(?:-([A-Za-z0-9]+))?(?:\/([0-9]+))?$/.exec(part);
        if (match === null || (match[1] === "*" && match[2] !== undefined)) {
            return `${field.name} has ${JSON.stringify(part.slice(0, 20))}, which is no value, range or step`;
        }
        const [from, to] = [match[1], match[2]].map((value) => (value === undefined || value === "*" ? undefined : numberOf(field, value)));
        if ([from, to].some((value) => value !== undefined && !(value >= field.minimum && value <= field.maximum))) {
            return `${field.name} has ${JSON.stringify(part.slice(0, 20))}, which is outside ${field.minimum} to ${field.maximum}`;
        }
        if (from !== undefined && to !== undefined && from > to) {
            return `${field.name} has the range ${JSON.stringify(part)}, which ends before it begins`;
        }
        const step = match[3];
        if (step !== undefined && (Number(step) < 1 || Number(step) > field.maximum)) {
            return `${field.name} has the step ${step.slice(0, 20)}, which is outside 1 to ${field.maximum}`;
        }
    }
    return undefined;
}

function numberOf(field: Field, text: string): number {
    const word = field.words?.indexOf(text.toUpperCase()) ?? -1;
    return word >= 0 ? word + field.minimum : /^[0-9]+$/.test(text) ? Number(text) : Number.NaN;
}

/** The 31st of short months only: valid text that never runs. */
function neverFault(dayOfMonth: string, month: string): ScheduleFault | undefined {
    const day = /^[0-9]+$/.test(dayOfMonth) ? Number(dayOfMonth) : undefined;
    const months = month.split(",").map((part) => numberOf(FIELDS[3] ?? { name: "", minimum: 1, maximum: 12 }, part));
    if (day === undefined || months.some(Number.isNaN)) {
        return undefined;
    }
    const longest = Math.max(...months.map((value) => new Date(Date.UTC(2024, value, 0)).getUTCDate()));
    return day > longest
        ? { rule: `day ${day} does not exist in the months given: it would never run`, fix: "use L for the last day of a month" }
        : undefined;
}

function atFault(inside: string, timeZone: string, now: Date): ScheduleFault | undefined {
    const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})$/.exec(inside);
    if (match === null) {
        return {
            rule: `is no time of the form at(yyyy-mm-ddThh:mm:ss) (${SOURCE})`,
            fix: "write for example at(2030-01-31T12:00:00); the zone goes into timeZone",
        };
    }
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
    const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    const exists =
        date.getUTCMonth() === month - 1 &&
        date.getUTCDate() === day &&
        date.getUTCHours() === hour &&
        date.getUTCMinutes() === minute &&
        date.getUTCSeconds() === second;
    if (!exists || year < 1970) {
        return { rule: "is a date or time that does not exist", fix: "correct it" };
    }
    const zone = timeZoneFault(timeZone) === undefined ? timeZone : "UTC";
    if (moment(zone, { year, month, day, hour, minute, second }) <= now) {
        return {
            rule: `is in the past (it is ${now.toISOString().slice(0, 19)} UTC) and would never run`,
            fix: "remove the trigger, or choose a time to come",
        };
    }
    return undefined;
}
