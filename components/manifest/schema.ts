import { z } from "zod";
import { explain, wholeNumber } from "./explain";
import { triggerSchema } from "./triggerSchema";

const LAMBDA_QUOTAS = "Lambda quotas";

const text = (maximum: number, source: string) =>
    z.string().max(maximum, {
        error: ({ input }) =>
            explain(`has ${typeof input === "string" ? input.length : 0} characters (limit: ${maximum}; source: ${source})`, "shorten it"),
    });

const idList = (prefix: string, minimum: number, maximum: number, source: string, why: string) =>
    z
        .array(
            z.string().regex(new RegExp(`^${prefix}-[0-9a-z]{8,40}$`), {
                error: explain(
                    `is no id of the form ${prefix}-0123456789abcdef0`,
                    "copy the id from the console or the network stack's outputs",
                ),
            }),
        )
        .min(minimum, { error: ({ input }) => explain(`has ${length(input)} entries; ${why}`, `give at least ${minimum}`) })
        .max(maximum, {
            error: ({ input }) => explain(`has ${length(input)} entries (limit: ${maximum}; source: ${source})`, `give at most ${maximum}`),
        });

const network = z
    .strictObject({
        subnetIds: idList(
            "subnet",
            2,
            16,
            "Lambda API, VpcConfig",
            "one subnet is one zone, whose failure stops the function (Security Hub Lambda.5)",
        ),
        securityGroupIds: idList("sg", 1, 5, "Lambda API, VpcConfig", "subnets need a security group (Lambda API, VpcConfig)"),
    })
    .describe("Puts the function into a VPC.");

const threshold = (description: string) =>
    wholeNumber({ minimum: 1, maximum: 1_000_000, source: "this project" }).optional().describe(description);

const alarms = z
    .strictObject({
        errors: threshold("Errors within five minutes that raise the alarm."),
        throttles: threshold("Throttled calls within five minutes that raise the alarm."),
        durationP99: wholeNumber({ minimum: 1, maximum: 900_000, unit: "milliseconds", source: "longest timeout of Lambda" })
            .optional()
            .describe("Milliseconds of the 99th percentile within five minutes that raise the alarm."),
    })
    .describe("Thresholds; an absent one means no such alarm.");

const smoke = z
    .strictObject({
        payload: z.unknown().describe("Event sent to a new version before the alias may move to it."),
        expect: z.unknown().optional().describe("Members that the answer must have; absent accepts any answer without an error."),
    })
    .describe("Test of a new version. Absent means none.");

const statement = z.strictObject({
    actions: z.array(z.string()).min(1, { error: explain("is empty", "name the actions, like s3:GetObject") }),
    resources: z.array(z.string()).min(1, { error: explain("is empty", "name the ARNs, or use references like ${raw.arn}") }),
    reason: z.string().optional().describe('Why the grants do not suffice; needed for the resource "*".'),
});

const access = z.enum(["read", "write", "consume", "send", "start"]);

const accessList = z.union([access, z.array(access).min(1, { error: explain("is empty", "name an access or remove the resource") })], {
    error: explain(
        "must be one of read, write, consume, send and start, or a list of them",
        "write for example `raw: read` or `raw: [read, write]`",
    ),
});

/** Keys of one function: at the top of the file, or inside a handler. */
const functionKeys = {
    description: text(256, "Lambda API, CreateFunction").optional().describe("Shown in the console."),
    memorySize: wholeNumber({ minimum: 128, maximum: 10_240, unit: "MiB", source: LAMBDA_QUOTAS })
        .optional()
        .meta({ description: "MiB; processor share grows with it.", default: 256 }),
    timeout: wholeNumber({ minimum: 1, maximum: 900, unit: "seconds", source: LAMBDA_QUOTAS })
        .optional()
        .meta({ description: "Seconds.", default: 30 }),
    ephemeralStorage: wholeNumber({ minimum: 512, maximum: 10_240, unit: "MiB", source: LAMBDA_QUOTAS })
        .optional()
        .meta({ description: "MiB of /tmp.", default: 512 }),
    environment: z
        .record(z.string(), z.string())
        .optional()
        .describe("Variables. Values may refer to resources: ${raw.name}, ${raw.arn}, ${conversions.url}; $${ stands for a literal ${."),
    secrets: z
        .record(z.string(), z.string())
        .optional()
        .describe("Variable to secretsmanager:NAME or ssm:/NAME. The variable holds the ARN; the function may read the value."),
    reservedConcurrency: wholeNumber({ minimum: 0, maximum: 900, source: `${LAMBDA_QUOTAS}: 100 of 1,000 stay unreserved` })
        .optional()
        .describe("Calls at one time that are kept for, and the most of, this function."),
    provisionedConcurrency: wholeNumber({ minimum: 1, maximum: 900, source: LAMBDA_QUOTAS })
        .optional()
        .describe("Environments kept warm for the alias."),
    url: z
        .union([z.boolean(), z.enum(["iam", "none"])], {
            error: explain("must be true, false, iam or none", "write true for a URL that asks for IAM authorisation"),
        })
        .optional()
        .meta({ description: "Function URL: true or iam asks for IAM authorisation, none is open to the world.", default: false }),
    network: network.optional(),
    triggers: z.array(triggerSchema).optional().describe("What calls the function."),
    grants: z
        .record(z.string(), accessList)
        .optional()
        .describe("Resource to access: read, write (buckets, tables, catalogue databases), consume, send (queues), start (state machines)."),
    statements: z.array(statement).optional().describe("IAM statements that no grant covers."),
    smoke: smoke.optional(),
    alarms: alarms.optional(),
} as const;

const handler = z
    .strictObject({
        command: z
            .array(z.string().min(1, { error: explain("is empty", "give the handler's name") }))
            .min(1, { error: explain("is empty", "give the handler, like [handler.main]") })
            .describe("Overrides the image's CMD."),
        ...functionKeys,
    })
    .describe("A function of its own. What it does not say it takes from the top of the file; environment is merged by variable.");

/** The closed schema of `function.yaml`. */
export const manifestSchema = z
    .strictObject({
        ...functionKeys,
        layer: z.boolean().optional().meta({ description: "Whether the image copies the common layer.", default: true }),
        architecture: z.enum(["x86_64", "arm64"]).optional().describe("Processor; by default the setting `architecture` of the stack."),
        handlers: z
            .record(z.string(), handler)
            .refine((handlers) => Object.keys(handlers).length > 0, { error: explain("names no handler", "name one, or remove the key") })
            .optional()
            .describe("Several functions of one image: name to command. Without it the directory is one function of its own name."),
    })
    .describe("A function, or several of one image. Every key is optional.");

export type ManifestInput = z.output<typeof manifestSchema>;
export type HandlerInput = z.output<typeof handler>;
/** What the top of a file and a handler have in common. */
export type SectionInput = Omit<HandlerInput, "command">;

/** Values for keys that are absent. */
export const MANIFEST_DEFAULTS = {
    memorySize: 256,
    timeout: 30,
    ephemeralStorage: 512,
    timeZone: "UTC",
    queueBatchSize: 10,
    streamBatchSize: 100,
} as const;

/** JSON Schema (draft 2020-12) of the file, from which editors complete and which this repository publishes. */
export function manifestJsonSchema(): Record<string, unknown> {
    return {
        ...z.toJSONSchema(manifestSchema, { io: "input" }),
        title: "function.yaml",
    };
}

function length(input: unknown): number {
    return Array.isArray(input) ? input.length : 0;
}
