import assert from "node:assert/strict";
import { scheduleFault } from "../../../components/manifest/schedule";
import { moment, timeZoneFault } from "../../../components/manifest/timeZone";

const NOW = new Date("2026-06-01T12:00:00Z");

const BAD: readonly (readonly [string, RegExp])[] = [
    ["rate(1 minutes)", /has the unit minutes for 1\. write rate\(1 minute\)$/],
    ["rate(5 minute)", /has the unit minute for 5\. write rate\(5 minutes\)$/],
    ["rate(0 hours)", /has the value 0, which is no whole number of 1 or more/],
    ["rate(-1 hours)", /is no rate/],
    ["rate(1.5 hours)", /is no rate/],
    ["rate(05 hours)", /has the value 05/],
    ["rate(5 seconds)", /is no rate: a number and minutes, hours or days/],
    ["rate(5minutes)", /is no rate/],
    ["rate()", /is no rate/],
    ["every 5 minutes", /is no schedule .* write rate\(5 minutes\), cron\(0 12 \* \* \? \*\) or at/],
    ["", /is no schedule/],
    ["Rate(5 minutes)", /is no schedule/],
    ["rate(5 minutes) ", /is no schedule/],
    ["cron(0 12 * * * *)", /both day of month and day of week are set; exactly one of them must be \? .* use \? in one of the two$/],
    ["cron(0 12 ? * ? *)", /neither day of month nor day of week is set/],
    ["cron(bad)", /has 1 fields.*cron needs 6/],
    ["cron(0 12 * * ?)", /has 5 fields/],
    ["cron(0 12  * * ? *)", /has 6 fields, each separated by one space/],
    ["cron(60 12 * * ? *)", /minutes has "60", which is outside 0 to 59/],
    ["cron(0 24 * * ? *)", /hours has "24"/],
    ["cron(0 12 0 * ? *)", /day of month has "0"/],
    ["cron(0 12 32 * ? *)", /day of month has "32"/],
    ["cron(0 12 * 13 ? *)", /month has "13"/],
    ["cron(0 12 * FOO ? *)", /month has "FOO"/],
    ["cron(0 12 ? * 8 *)", /day of week has "8"/],
    ["cron(0 12 ? * 0 *)", /day of week has "0"/],
    ["cron(0 12 ? * MON#6 *)", /day of week has "MON#6", which is no value, range or step/],
    ["cron(0 12 * * ? 1969)", /year has "1969"/],
    ["cron(0 12 * * ? 2200)", /year has "2200"/],
    ["cron(? 12 * * ? *)", /\? is not allowed in minutes/],
    ["cron(0/0 12 * * ? *)", /minutes has the step 0/],
    ["cron(30-10 12 * * ? *)", /minutes has the range "30-10", which ends before it begins/],
    ["cron(0, 12 * * ? *)", /minutes has "", which is no value/],
    ["cron(0 12 31 2,4 ? *)", /day 31 does not exist in the months given: it would never run/],
    ["cron(0 12 30 FEB ? *)", /day 30 does not exist/],
    ["cron($(id) 12 * * ? *)", /minutes has "\$\(id\)"/],
    ["at(2026-06-01T12:00:00)", /is in the past \(it is 2026-06-01T12:00:00 UTC\) and would never run/],
    ["at(2020-01-01T00:00:00)", /is in the past/],
    ["at(2027-02-29T00:00:00)", /is a date or time that does not exist/],
    ["at(2027-01-01T24:00:00)", /does not exist/],
    ["at(2027-01-01)", /is no time of the form at\(yyyy-mm-ddThh:mm:ss\)/],
    ["at(2027-01-01T00:00:00Z)", /the zone goes into timeZone/],
    [`cron(${"0,".repeat(130)}0 12 * * ? *)`, /has \d+ characters \(limit: 1 to 256; source: Scheduler API\)/],
];

const GOOD = [
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(1 day)",
    "rate(365 days)",
    "cron(0 12 * * ? *)",
    "cron(0/15 8-17 ? * MON-FRI *)",
    "cron(0,30 0 1,15 JAN,jul ? 2026-2030)",
    "cron(0 0 L * ? *)",
    "cron(0 0 15W * ? *)",
    "cron(0 0 ? * 6L *)",
    "cron(0 0 ? * MON#1 *)",
    "cron(59 23 31 12 ? 2199)",
    "cron(0 0 29 2 ? *)",
    "cron(*/5 * * * ? *)",
    "at(2026-06-01T12:00:01)",
    "at(2028-02-29T00:00:00)",
];

describe("a schedule", () => {
    for (const [expression, expected] of BAD) {
        it(`is refused: ${expression.slice(0, 40)}`, () => {
            const fault = scheduleFault(expression, "UTC", NOW);
            assert.match(`${fault?.rule}. ${fault?.fix}`, expected);
        });
    }
    for (const expression of GOOD) {
        it(`is accepted: ${expression}`, () => assert.equal(scheduleFault(expression, "UTC", NOW), undefined));
    }
    it("is in the past by the clocks of its own zone", () => {
        assert.equal(scheduleFault("at(2026-06-01T09:00:00)", "America/New_York", NOW), undefined);
        assert.match(scheduleFault("at(2026-06-01T13:59:00)", "Europe/Paris", NOW)?.rule ?? "", /is in the past/);
    });
});

describe("a time zone", () => {
    for (const [zone, expected] of [
        ["Europe/Pariss", /did you mean "Europe\/Paris"\?/],
        ["europe/paris", /did you mean "Europe\/Paris"\?/],
        ["New York", /did you mean "America\/New_York"\?/],
        ["+01:00", /is an unknown time zone \(source: Scheduler API, 1 to 50 characters of the IANA database\)/],
        ["", /is an unknown time zone/],
        ["x".repeat(51), /is an unknown time zone/],
        ["../etc", /is an unknown time zone/],
    ] as const) {
        it(`is refused: ${JSON.stringify(zone.slice(0, 20))}`, () => assert.match(timeZoneFault(zone)?.rule ?? "", expected));
    }
    for (const zone of ["UTC", "Europe/Paris", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+5"]) {
        it(`is accepted: ${zone}`, () => assert.equal(timeZoneFault(zone), undefined));
    }
    it("tells the moment on both sides of a clock change", () => {
        const paris = (month: number, day: number, hour: number): string =>
            moment("Europe/Paris", { year: 2026, month, day, hour, minute: 0, second: 0 }).toISOString();
        assert.equal(paris(3, 29, 1), "2026-03-29T00:00:00.000Z");
        assert.equal(paris(3, 29, 3), "2026-03-29T01:00:00.000Z");
        assert.equal(paris(10, 25, 4), "2026-10-25T03:00:00.000Z");
    });
});
