/** What a program says about a command: validated and compared. */
import { checkObject, type Failure } from "../framework/check";
import { deepEqual } from "../framework/equal";
import { hasUnknown, isObject, isUnknown, type Plain, type Properties } from "../framework/values";
import type { CommandLine, CommandOutput } from "./run";
import { COMMAND_SCHEMA, LOGGING } from "./schema";

export type Logging = (typeof LOGGING)[number];

export interface Checked {
    readonly inputs: Properties;
    readonly failures: readonly Failure[];
}

/** All problems at once. */
export function checkCommand(members: Readonly<Record<string, string>>, news: Properties): Checked {
    const failures: Failure[] = [];
    const inputs = checkObject(COMMAND_SCHEMA, members, news, "", failures);
    const logging = inputs["logging"];
    if (typeof logging === "string" && !isUnknown(logging) && !(LOGGING as readonly string[]).includes(logging)) {
        failures.push({ property: "logging", reason: `"logging" is "${logging}", allowed are ${LOGGING.join(", ")}: correct the program` });
    }
    for (const property of ["archivePaths", "assetPaths"]) {
        if (inputs[property] !== undefined) {
            failures.push({
                property,
                reason: `"${property}" is known, but the stand-in for the command provider does not carry it out: read the files in the command itself and print them, or use the official provider`,
            });
        }
    }
    return { inputs, failures };
}

/** How to run one of a resource's commands. `previous` is what the last one printed. */
export function commandLine(command: string, inputs: Properties, previous: CommandOutput, environment: NodeJS.ProcessEnv, secret: boolean): CommandLine {
    const own = isObject(inputs["environment"]) ? inputs["environment"] : {};
    const added = Object.entries(own).map(([name, value]) => [name, String(value)] as const);
    const told: [string, string][] = [];
    if (inputs["addPreviousOutputInEnv"] !== false) {
        if (previous.stdout !== "") {
            told.push(["PULUMI_COMMAND_STDOUT", previous.stdout]);
        }
        if (previous.stderr !== "") {
            told.push(["PULUMI_COMMAND_STDERR", previous.stderr]);
        }
    }
    return {
        command,
        interpreter: Array.isArray(inputs["interpreter"]) ? inputs["interpreter"].map(String) : [],
        directory: text(inputs["dir"]),
        environment: { ...environment, ...Object.fromEntries(added), ...Object.fromEntries(told) },
        stdin: text(inputs["stdin"]),
        secret,
    };
}

export function logs(inputs: Properties, stream: "stdout" | "stderr"): boolean {
    const logging = inputs["logging"] ?? "stdoutAndStderr";
    return logging === "stdoutAndStderr" || logging === stream;
}

export interface CommandDifference {
    /** In the engine's notation, like `triggers[1]`. */
    readonly path: string;
    readonly kind: "add" | "delete" | "update";
    readonly replace: boolean;
}

/** Any change runs the command again; a changed trigger replaces the resource. */
export function diffCommand(olds: Properties, news: Properties): CommandDifference[] {
    const names = [...new Set([...Object.keys(olds), ...Object.keys(news)])].sort();
    return names.flatMap((name) =>
        name === "triggers" ? diffTriggers(olds[name], news[name]) : differences(name, olds[name], news[name], false),
    );
}

export function text(value: Plain | undefined): string | undefined {
    return typeof value === "string" ? value : undefined;
}

function diffTriggers(before: Plain | undefined, after: Plain | undefined): CommandDifference[] {
    if (isUnknown(after)) {
        return differences("triggers", before, after, true);
    }
    const olds = Array.isArray(before) ? (before as readonly Plain[]) : [];
    const news = Array.isArray(after) ? (after as readonly Plain[]) : [];
    return Array.from({ length: Math.max(olds.length, news.length) }, (_, index) =>
        differences(`triggers[${index}]`, olds[index], news[index], true),
    ).flat();
}

function differences(path: string, before: Plain | undefined, after: Plain | undefined, replace: boolean): CommandDifference[] {
    if (!hasUnknown(after) && deepEqual(withoutPlaces(before), withoutPlaces(after))) {
        return [];
    }
    return [{ path, kind: before === undefined ? "add" : after === undefined ? "delete" : "update", replace }];
}

/** Of an asset or archive only its hash counts, not where it lies. */
function withoutPlaces(value: Plain | undefined): Plain | undefined {
    if (Array.isArray(value)) {
        return value.map((item: Plain) => withoutPlaces(item) ?? null);
    }
    if (!isObject(value)) {
        return value;
    }
    const hashed = typeof value["hash"] === "string";
    const kept = Object.entries(value).filter(([name]) => !hashed || (name !== "path" && name !== "uri"));
    return Object.fromEntries(kept.map(([name, member]) => [name, withoutPlaces(member) ?? null]));
}
