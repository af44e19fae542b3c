import { parse } from "yaml";
import { z } from "zod";

export type BuildspecPhase = "install" | "pre_build" | "build" | "post_build";

export const PHASES: readonly BuildspecPhase[] = ["install", "pre_build", "build", "post_build"];

/** A buildspec of version 0.2 as far as builds here follow it. */
export interface Buildspec {
    readonly variables: Readonly<Record<string, string>>;
    readonly exportedVariables: readonly string[];
    readonly phases: Readonly<Partial<Record<BuildspecPhase, { readonly commands: readonly string[]; readonly finally: readonly string[] }>>>;
    /** By name or ARN of the report group. */
    readonly reports: Readonly<Record<string, { readonly files: readonly string[]; readonly baseDirectory: string; readonly discardPaths: boolean }>>;
    readonly cachePaths: readonly string[];
}

/** What YAML reads as a number or a truth value is text for the shell. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const commands = z.array(text).default([]);

const phase = z.strictObject({
    "on-failure": z.literal("ABORT").optional(),
    /** The machine has the versions that it has. */
    "runtime-versions": z.record(z.string(), text).optional(),
    commands,
    finally: commands,
});

const report = z.strictObject({
    files: z.array(z.string()).min(1),
    "base-directory": z.string().default("."),
    "discard-paths": z.union([z.boolean(), z.enum(["yes", "no"])]).default(false),
    "file-format": z.literal("JUNITXML").default("JUNITXML"),
});

const schema = z.strictObject({
    version: z.union([z.literal(0.2), z.literal("0.2")]),
    env: z
        .strictObject({
            shell: z.literal("bash").optional(),
            variables: z.record(z.string(), text).default({}),
            "exported-variables": z.array(z.string()).default([]),
            "git-credential-helper": z.union([z.boolean(), z.enum(["yes", "no"])]).optional(),
        })
        .optional(),
    phases: z.strictObject({ install: phase.optional(), pre_build: phase.optional(), build: phase.optional(), post_build: phase.optional() }),
    reports: z.record(z.string(), report).default({}),
    artifacts: z.looseObject({}).optional(),
    cache: z.strictObject({ paths: z.array(z.string().regex(/^(?!\/)(?!.*\.\.)/, "a path inside the source is needed")) }).optional(),
});

/**
 * Reads a buildspec.
 *
 * @throws Error with every problem found: what is not emulated (parameter-store, secrets-manager, batch, other report formats, `on-failure`) is
 * refused and not passed over.
 */
export function parseBuildspec(content: string): Buildspec {
    const result = schema.safeParse(parse(content));
    if (!result.success) {
        const problems = result.error.issues.map((issue) => `${issue.path.join(".") || "buildspec"}: ${issue.message}`).sort();
        throw new Error(`The buildspec cannot be used here: ${problems.join("; ")}. Builds here follow version 0.2 with env.variables, env.exported-variables, phases, reports (JUNITXML) and cache.paths; use those.`);
    }
    const { env, phases, reports, cache } = result.data;
    return {
        variables: env?.variables ?? {},
        exportedVariables: env?.["exported-variables"] ?? [],
        phases: Object.fromEntries(
            PHASES.flatMap((name) => {
                const given = phases[name];
                return given === undefined ? [] : [[name, { commands: given.commands, finally: given.finally }]];
            }),
        ),
        reports: Object.fromEntries(
            Object.entries(reports).map(([name, given]) => [
                name,
                { files: given.files, baseDirectory: given["base-directory"], discardPaths: given["discard-paths"] === true || given["discard-paths"] === "yes" },
            ]),
        ),
        cachePaths: cache?.paths ?? [],
    };
}
