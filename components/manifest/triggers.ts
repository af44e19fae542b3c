import { patternFault } from "./eventPattern";
import { KeyPath } from "./keyPath";
import { ResourceDeclarations, ResourceKind, Trigger } from "./model";
import { Problem } from "./problem";
import { kindName, kindOf, unknownResource } from "./references";
import { MANIFEST_DEFAULTS } from "./schema";
import { scheduleFault } from "./schedule";
import { timeZoneFault } from "./timeZone";
import { TriggerInput } from "./triggerSchema";
import { YamlDocument } from "./yamlDocument";

/** Bytes of a key (S3 user guide, object key naming). */
const MAXIMUM_KEY_BYTES = 1_024;

export interface TriggerContext {
    readonly document: YamlDocument;
    readonly resources: ResourceDeclarations;
    readonly now: Date;
}

/** The trigger with its defaults. */
export function toTrigger(input: TriggerInput): Trigger {
    if ("bucket" in input) {
        return {
            kind: "bucket",
            bucket: input.bucket,
            prefix: input.prefix ?? "",
            suffix: input.suffix ?? "",
            events: [...new Set(input.events ?? ["created" as const])].sort(),
        };
    }
    if ("queue" in input) {
        const concurrency = input.maximumConcurrency === undefined ? {} : { maximumConcurrency: input.maximumConcurrency };
        return {
            kind: "queue",
            queue: input.queue,
            batchSize: input.batchSize ?? MANIFEST_DEFAULTS.queueBatchSize,
            batchingWindow: input.batchingWindow ?? 0,
            ...concurrency,
        };
    }
    if ("schedule" in input) {
        const event =
            input.input === undefined ? {} : { input: typeof input.input === "string" ? input.input : JSON.stringify(input.input) };
        return { kind: "schedule", expression: input.schedule, timeZone: input.timeZone ?? MANIFEST_DEFAULTS.timeZone, ...event };
    }
    if ("stream" in input) {
        return {
            kind: "stream",
            table: input.stream,
            batchSize: input.batchSize ?? MANIFEST_DEFAULTS.streamBatchSize,
            startingPosition: input.startingPosition ?? "LATEST",
        };
    }
    return { kind: "rule", pattern: input.rule.pattern };
}

/** What is wrong with one trigger by itself. */
export function triggerProblems(input: TriggerInput, path: KeyPath, context: TriggerContext): Problem[] {
    const { document } = context;
    if ("bucket" in input) {
        return [
            ...resourceProblems(input.bucket, "bucket", [...path, "bucket"], context),
            ...keyPartProblems(input.prefix, [...path, "prefix"], document),
            ...keyPartProblems(input.suffix, [...path, "suffix"], document),
            ...repeatedEvents(input.events ?? [], [...path, "events"], document),
        ];
    }
    if ("queue" in input) {
        const problems = resourceProblems(input.queue, "queue", [...path, "queue"], context);
        if ((input.batchSize ?? 0) > 10 && (input.batchingWindow ?? 0) === 0) {
            problems.push(
                document.problem(
                    [...path, "batchSize"],
                    "is above 10 without a batchingWindow (source: Lambda API, CreateEventSourceMapping)",
                    "add batchingWindow: 1 or more",
                ),
            );
        }
        return problems;
    }
    if ("schedule" in input) {
        return scheduleProblems(input, path, context);
    }
    if ("stream" in input) {
        return resourceProblems(input.stream, "table", [...path, "stream"], context);
    }
    const fault = patternFault(input.rule.pattern);
    return fault === undefined ? [] : [document.problem([...path, "rule", "pattern", ...fault.path], fault.rule, fault.fix)];
}

function scheduleProblems(input: Extract<TriggerInput, { schedule: string }>, path: KeyPath, { document, now }: TriggerContext): Problem[] {
    const zone = input.timeZone ?? MANIFEST_DEFAULTS.timeZone;
    const problems: Problem[] = [];
    const fault = scheduleFault(input.schedule, zone, now);
    if (fault !== undefined) {
        problems.push(document.problem([...path, "schedule"], fault.rule, fault.fix));
    }
    const zoneFault = timeZoneFault(zone);
    if (zoneFault !== undefined) {
        problems.push(document.problem([...path, "timeZone"], zoneFault.rule, zoneFault.fix));
    }
    if (typeof input.input === "string" && !isJson(input.input)) {
        problems.push(
            document.problem(
                [...path, "input"],
                "is a text that is no JSON; Scheduler sends JSON to functions",
                "write a map, or the text as JSON with quotes of its own",
            ),
        );
    }
    return problems;
}

function resourceProblems(name: string, kind: ResourceKind, path: KeyPath, { document, resources }: TriggerContext): Problem[] {
    const found = kindOf(name, resources);
    if (found === kind) {
        return [];
    }
    if (found !== undefined) {
        return [document.problem(path, `is a ${kindName(found)}; this trigger needs a ${kindName(kind)}`, `name a ${kindName(kind)}`)];
    }
    const { rule, fix } = unknownResource(name, resources, [kind]);
    return [document.problem(path, rule, fix)];
}

function keyPartProblems(part: string | undefined, path: KeyPath, document: YamlDocument): Problem[] {
    const bytes = Buffer.byteLength(part ?? "", "utf8");
    if (bytes > MAXIMUM_KEY_BYTES) {
        return [
            document.problem(
                path,
                `has ${bytes.toLocaleString("en-US")} bytes (limit: 1,024; source: S3 user guide, object keys)`,
                "shorten it",
            ),
        ];
    }
    return part?.includes("*") === true
        ? [
              document.problem(
                  path,
                  "contains *, which S3 compares literally: there are no wildcards here",
                  "write the plain beginning or end of the key",
              ),
          ]
        : [];
}

function repeatedEvents(events: readonly string[], path: KeyPath, document: YamlDocument): Problem[] {
    return events.flatMap((event, index) =>
        events.indexOf(event) === index ? [] : [document.problem([...path, index], "is given twice", "keep one of the two")],
    );
}

function isJson(text: string): boolean {
    try {
        JSON.parse(text);
        return true;
    } catch {
        return false;
    }
}
