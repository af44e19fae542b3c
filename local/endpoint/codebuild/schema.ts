import { z } from "zod";
import { AwsError } from "../own/error";

/** Inputs of CodeBuild's API, as far as the emulated one understands them; limits are those of the API reference. */

export const tags = z.array(z.object({ key: z.string().min(1).max(127), value: z.string().max(255) })).max(50);

export const environmentVariable = z.object({ name: z.string().min(1), value: z.string(), type: z.enum(["PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"]).default("PLAINTEXT") });

const source = z.looseObject({
    type: z.enum(["CODECOMMIT", "CODEPIPELINE", "GITHUB", "GITLAB", "GITLAB_SELF_MANAGED", "S3", "BITBUCKET", "GITHUB_ENTERPRISE", "NO_SOURCE"]),
    location: z.string().optional(),
    buildspec: z.string().optional(),
});

const environment = z.looseObject({
    type: z.string().min(1),
    image: z.string().min(1),
    computeType: z.string().min(1),
    environmentVariables: z.array(environmentVariable).optional(),
    privilegedMode: z.boolean().optional(),
    dockerServer: z.looseObject({ computeType: z.string() }).optional(),
});

const cache = z.looseObject({ type: z.enum(["NO_CACHE", "S3", "LOCAL"]), location: z.string().optional(), modes: z.array(z.string()).optional() });

const logsConfig = z.looseObject({
    cloudWatchLogs: z.looseObject({ status: z.enum(["ENABLED", "DISABLED"]), groupName: z.string().optional(), streamName: z.string().optional() }).optional(),
    s3Logs: z.looseObject({ status: z.enum(["ENABLED", "DISABLED"]) }).optional(),
});

/** Given empty by some clients; filled they would change what a build does, which is not emulated. */
const none = z.array(z.unknown()).max(0, "not emulated").optional();

const minutes = z.number().int().min(5).max(2160);

export const projectFields = z.strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/),
    description: z.string().max(255).optional(),
    source,
    sourceVersion: z.string().optional(),
    artifacts: z.looseObject({ type: z.enum(["CODEPIPELINE", "S3", "NO_ARTIFACTS"]) }),
    cache: cache.optional(),
    environment,
    serviceRole: z.string().min(1),
    timeoutInMinutes: minutes.optional(),
    queuedTimeoutInMinutes: z.number().int().min(5).max(480).optional(),
    encryptionKey: z.string().min(1).optional(),
    tags: tags.optional(),
    badgeEnabled: z.boolean().optional(),
    logsConfig: logsConfig.optional(),
    concurrentBuildLimit: z.number().int().optional(),
    autoRetryLimit: z.number().int().optional(),
    /** Kept and shown; builds run on this machine. */
    vpcConfig: z.looseObject({}).optional(),
    secondarySources: none,
    secondarySourceVersions: none,
    secondaryArtifacts: none,
    fileSystemLocations: none,
});

export const projectUpdate = projectFields.partial().required({ name: true });

export const startBuildInput = z.looseObject({
    projectName: z.string().min(1),
    sourceVersion: z.string().optional(),
    sourceTypeOverride: source.shape.type.optional(),
    environmentVariablesOverride: z.array(environmentVariable).optional(),
    buildspecOverride: z.string().optional(),
    timeoutInMinutesOverride: minutes.optional(),
    privilegedModeOverride: z.boolean().optional(),
    idempotencyToken: z.string().optional(),
});

export const reportGroupInput = z.object({
    name: z.string().min(2).max(128),
    type: z.enum(["TEST", "CODE_COVERAGE"]),
    exportConfig: z.looseObject({ exportConfigType: z.enum(["S3", "NO_EXPORT"]) }),
    tags: tags.optional(),
});

export const reportGroupUpdate = z.object({ arn: z.string().min(1), exportConfig: reportGroupInput.shape.exportConfig.optional(), tags: tags.optional() });

/**
 * Reads an input.
 *
 * @throws AwsError `InvalidInputException` with every problem found.
 */
export function read<T>(schema: z.ZodType<T>, input: unknown): T {
    const result = schema.safeParse(input);
    if (result.success) {
        return result.data;
    }
    const problems = result.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).sort();
    throw new AwsError("InvalidInputException", `Invalid input: ${problems.join("; ")}`);
}

export type ProjectFields = z.infer<typeof projectFields>;
export type EnvironmentVariable = z.infer<typeof environmentVariable>;
export type StartBuildInput = z.infer<typeof startBuildInput>;
export type ReportGroupInput = z.infer<typeof reportGroupInput>;
