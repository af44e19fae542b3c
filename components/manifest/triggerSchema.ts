import { z } from "zod";
import { explain, wholeNumber } from "./explain";

const name = (kind: string) => z.string().describe(`Name of a ${kind} declared in app/infrastructure.ts.`);

const bucket = z.strictObject({
    bucket: name("bucket"),
    prefix: z.string().optional().describe("Only objects whose key begins with this."),
    suffix: z.string().optional().describe("Only objects whose key ends with this."),
    events: z
        .array(z.enum(["created", "removed"]))
        .min(1, { error: explain("an empty list would never call the function", "name created, removed or both, or remove the key") })
        .optional()
        .meta({ description: "What happens to the object.", default: ["created"] }),
});

const queue = z.strictObject({
    queue: name("queue"),
    batchSize: wholeNumber({ minimum: 1, maximum: 10_000, source: "Lambda API, CreateEventSourceMapping" })
        .optional()
        .meta({ description: "Messages in one call; above 10 a batchingWindow is needed.", default: 10 }),
    batchingWindow: wholeNumber({ minimum: 0, maximum: 300, unit: "seconds", source: "Lambda API, CreateEventSourceMapping" })
        .optional()
        .meta({ description: "Seconds to wait for a batch to fill.", default: 0 }),
    maximumConcurrency: wholeNumber({ minimum: 2, maximum: 1_000, source: "Lambda API, ScalingConfig" })
        .optional()
        .describe("Calls at one time caused by this queue. Unbounded when absent."),
});

const schedule = z.strictObject({
    schedule: z.string().describe("rate(5 minutes), cron(0 12 * * ? *) or at(2030-01-31T12:00:00) of EventBridge Scheduler."),
    timeZone: z.string().optional().meta({ description: "IANA time zone, like Europe/Paris.", default: "UTC" }),
    input: z.unknown().optional().describe("The event that the function receives; a text must itself be JSON."),
});

const stream = z.strictObject({
    stream: name("table"),
    batchSize: wholeNumber({ minimum: 1, maximum: 10_000, source: "Lambda API, CreateEventSourceMapping" })
        .optional()
        .meta({ description: "Records in one call.", default: 100 }),
    startingPosition: z
        .enum(["LATEST", "TRIM_HORIZON"])
        .optional()
        .meta({ description: "Where reading begins when the trigger is made.", default: "LATEST" }),
});

const rule = z.strictObject({
    rule: z
        .strictObject({ pattern: z.record(z.string(), z.unknown()).describe("An EventBridge event pattern.") })
        .describe("An EventBridge rule on the default bus."),
});

/** The key that tells the kind of a trigger, in the order of the alternatives of {@link triggerSchema}. */
export const TRIGGER_KINDS = ["bucket", "queue", "schedule", "stream", "rule"] as const;

export const triggerSchema = z
    .union([bucket, queue, schedule, stream, rule], {
        error: explain(
            "must have exactly one of the keys bucket, queue, schedule, stream and rule, which tells its kind",
            "write one map for each trigger, like `- queue: conversions`",
        ),
    })
    .describe("What calls the function.");

export type TriggerInput = z.output<typeof triggerSchema>;
