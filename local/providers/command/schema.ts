/** Names and types of what this stand-in knows of `@pulumi/command` 1.2.1; a test compares them with its declarations. */
import { version } from "@pulumi/command/package.json";
import type { ObjectSchema, ProviderSchema } from "../framework/schema";

export const COMMAND_TYPE = "command:local:Command";
export const RUN_FUNCTION = "command:local:run";

/** What is logged while a command runs; both when left out. */
export const LOGGING = ["none", "stderr", "stdout", "stdoutAndStderr"] as const;

const COMMON: ObjectSchema = {
    addPreviousOutputInEnv: "boolean",
    archivePaths: "[string]",
    assetPaths: "[string]",
    dir: "string",
    environment: "{string}",
    interpreter: "[string]",
    logging: "string",
    stdin: "string",
};

const COMMAND_INPUTS: ObjectSchema = { ...COMMON, create: "string", delete: "string", triggers: "[any]", update: "string" };
const RUN_INPUTS: ObjectSchema = { ...COMMON, "command!": "string" };

export const COMMAND_SCHEMA: ProviderSchema = {
    version,
    config: {},
    resources: {
        [COMMAND_TYPE]: { inputs: COMMAND_INPUTS, outputs: [...Object.keys(COMMAND_INPUTS), "archive", "assets", "stderr", "stdout"].sort() },
    },
    functions: {
        [RUN_FUNCTION]: { inputs: RUN_INPUTS, outputs: [...Object.keys(COMMON), "archive", "assets", "command", "stderr", "stdout"].sort() },
    },
    types: {},
};
