import type { Alarms } from "../manifest/model";

/** Ends of the names of a function's alarms, by the threshold in its manifest that each belongs to. */
export const ALARM_SUFFIXES: Readonly<Record<keyof Alarms, string>> = {
    durationP99: "duration-alarm",
    errors: "errors-alarm",
    throttles: "throttles-alarm",
};

/** Names in CloudWatch of the alarms that a function has, sorted. */
export function alarmNames(functionName: string, alarms: Alarms): readonly string[] {
    const given = (Object.keys(ALARM_SUFFIXES) as (keyof Alarms)[]).filter((key) => alarms[key] !== undefined);
    return given.map((key) => `${functionName}-${ALARM_SUFFIXES[key]}`).sort();
}
