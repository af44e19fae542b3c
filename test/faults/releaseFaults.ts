import { Fault } from "./fault";

const CANARY = "delivery/canary.ts";
const CANARY_TESTS = ["test/delivery/canary.test.ts"];

/** Faults in the gradual release. */
export const releaseFaults: readonly Fault[] = [
    {
        name: "canary-alarm-ignored",
        promise: "A release does not go on when an alarm of a function that it moves goes off.",
        file: CANARY,
        from: "if (on.length > 0 || gone.length > 0) {",
        to: "if (gone.length > 0) {",
        tests: CANARY_TESTS,
    },
    {
        name: "canary-unreadable-alarms-pass",
        promise: "Alarms that cannot be read count as gone off.",
        file: CANARY,
        from: "return `The alarms cannot be read (${messageOf(error)})`;",
        to: "continue;",
        tests: CANARY_TESTS,
    },
    {
        name: "canary-not-put-back",
        promise: "After a release that failed, every alias is on the version from before.",
        file: CANARY,
        from: "await putBack(moves, ports, error);\n",
        to: "",
        tests: CANARY_TESTS,
    },
    {
        name: "canary-begins-in-alarm",
        promise: "A release does not begin while an alarm that should judge it is on.",
        file: CANARY,
        from: 'const on = names.filter((name) => states.get(name) === "ALARM");\n    if (on.length > 0) {',
        to: 'const on = names.filter((name) => states.get(name) === "ALARM");\n    if (on.length > 99) {',
        tests: CANARY_TESTS,
    },
    {
        name: "canary-not-watched",
        promise: "Alarms are watched for the whole time that the settings give.",
        file: CANARY,
        from: "watch(judges, canary.seconds, ports)",
        to: "watch(judges, 1, ports)",
        tests: CANARY_TESTS,
    },
];
