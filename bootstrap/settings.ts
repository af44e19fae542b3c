import { z } from "zod";
import { InvalidInputError, type Problem } from "../components/manifest/problem";
import { emulatorProblem } from "../components/settings/emulator";
import { hasKnownHost } from "./maintenanceProjects";
import type { Environment, SourceKind } from "./policies/scope";

/** The validated configuration of the seed of one account. Frozen. */
export interface SeedSettings {
    readonly runsOn: "account" | "emulator";
    /** Where the code is; see `Environment.repository`. */
    readonly repository: string;
    readonly source: SourceKind;
    /** Who hosts the repository behind the connection. */
    readonly provider: Provider;
    /** Address to clone from, where the host is not a public one. */
    readonly repositoryUrl?: string;
    /** What watchdog and repair follow. */
    readonly branch: string;
    /** Whether a person has completed the connection. Before that nothing can be made that fetches by it. */
    readonly connected: boolean;
    /** Bucket of Pulumi's state where that is not the seed's. */
    readonly engineBucket?: string;
    /** Whether bucket and keys outlive the seed. */
    readonly keep: boolean;
    /** Sorted by stack. */
    readonly environments: readonly Environment[];
}

const PROVIDERS = ["Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged"] as const;
export type Provider = (typeof PROVIDERS)[number];

const STACK = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Names that the seed itself uses after the project's. */
const TAKEN = ["artifacts", "function-boundary", "repair", "secrets", "state", "watchdog"];

const environment = z.strictObject({
    stack: z.string().regex(STACK, "must be the name of a stack: lower-case letters, digits and single hyphens"),
    delivery: z.enum(["branch", "tag"]),
    releasesFrom: z.string().regex(STACK).optional(),
    removals: z.boolean().optional(),
    s3Cache: z.boolean().optional(),
});

const settings = z.strictObject({
    runsOn: z.enum(["account", "emulator"]),
    source: z.enum(["connection", "codecommit"]),
    provider: z.enum(PROVIDERS),
    branch: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$/, "must be the name of a branch"),
    connected: z.boolean(),
    repository: z.string().regex(/^[A-Za-z0-9_.-]{1,100}(?:\/[A-Za-z0-9_.-]{1,100}){0,5}$/, "must be OWNER/NAME, or the name of a CodeCommit repository"),
    repositoryUrl: z.string().regex(/^(?:https:\/\/[A-Za-z0-9.-]+(?::\d+)?\/[A-Za-z0-9_./-]+)?$/, "must be an https:// address without credentials"),
    engineBucket: z.string().regex(/^(?:[a-z0-9][a-z0-9-]{1,61}[a-z0-9])?$/, "must be the name of a bucket"),
    keep: z.boolean(),
    environments: z.array(environment).min(1, "must name at least one stack"),
});

/** Checks what the stack file of a seed says. `given` holds its values by key, without namespace. Reads nothing; never throws. */
export function parseSeedSettings(file: string, given: Readonly<Record<string, unknown>>): { readonly settings?: SeedSettings; readonly problems: readonly Problem[] } {
    const parsed = settings.safeParse(given);
    if (!parsed.success) {
        return {
            problems: parsed.error.issues.map(({ path, message }) => ({
                file,
                key: path.join("."),
                rule: message.charAt(0).toLowerCase() + message.slice(1),
                fix: "correct it; every key is described in bootstrap/Pulumi.yaml",
            })),
        };
    }
    const { engineBucket, repositoryUrl, environments, ...rest } = parsed.data;
    const problems = stackProblems(file, environments);
    if (rest.source === "connection" && !rest.repository.includes("/")) {
        problems.push({ file, key: "repository", value: rest.repository, rule: "has no owner, while `source` is connection", fix: "write OWNER/NAME" });
    }
    if (!hasKnownHost(rest) && repositoryUrl === "") {
        problems.push({ file, key: "repositoryUrl", rule: `is missing, while \`provider\` is ${rest.provider}`, fix: "write the https:// address that git clones from" });
    }
    if (problems.length > 0) {
        return { problems };
    }
    return {
        problems,
        settings: Object.freeze({
            ...rest,
            ...(engineBucket === "" ? {} : { engineBucket }),
            ...(repositoryUrl === "" ? {} : { repositoryUrl }),
            environments: [...environments]
                .sort((a, b) => (a.stack < b.stack ? -1 : 1))
                .map(({ stack, delivery, releasesFrom, removals, s3Cache = false }) => ({
                    stack,
                    delivery,
                    ...(releasesFrom === undefined ? {} : { releasesFrom }),
                    source: rest.source,
                    repository: rest.repository,
                    // What a tag brings to production takes nothing away there, unless somebody says so.
                    removals: removals ?? delivery === "branch",
                    s3Cache,
                })),
        }),
    };
}

/**
 * Physical names begin with the stack's. If one stack's name began with another's, a right on `dev-*` would hold for
 * `dev-two` as well.
 */
function stackProblems(file: string, environments: readonly z.infer<typeof environment>[]): Problem[] {
    const names = environments.map(({ stack }) => stack);
    return environments.flatMap(({ stack, delivery, releasesFrom }, index): Problem[] => {
        const at = { file, key: `environments.${index}` };
        const inside = names.find((other) => stack.startsWith(`${other}-`));
        return [
            ...(inside === undefined ? [] : [{ ...at, value: stack, rule: `begins with the name of the stack ${inside}, whose roles would reach it`, fix: "give it another name" }]),
            ...(names.indexOf(stack) < index ? [{ ...at, value: stack, rule: "is named twice", fix: "remove one of the two" }] : []),
            ...(TAKEN.includes(stack) ? [{ ...at, value: stack, rule: "is a name of the seed's own", fix: "give it another name" }] : []),
            ...(delivery === "tag" && releasesFrom === undefined ? [{ ...at, value: stack, rule: "has `delivery: tag` and no `releasesFrom`", fix: "name the stack that builds and tests" }] : []),
            ...(delivery === "branch" && releasesFrom !== undefined ? [{ ...at, value: stack, rule: "has `delivery: branch` and builds for itself", fix: "remove `releasesFrom`" }] : []),
            ...(releasesFrom !== undefined && !names.includes(releasesFrom)
                ? [{ ...at, value: releasesFrom, rule: "is no stack of this seed", fix: `name one of ${names.filter((name) => name !== stack).join(", ")}` }]
                : []),
        ];
    });
}

/** What the engine hands over is text; lists, numbers and booleans stand in it as JSON. */
export function fromEngine(namespace: string, texts: Readonly<Record<string, string>>): Record<string, unknown> {
    return Object.fromEntries(
        Object.entries(texts).flatMap(([key, text]) => (key.startsWith(`${namespace}:`) ? [[key.slice(namespace.length + 1), parsedIfJson(text)]] : [])),
    );
}

/** @throws InvalidInputError with all problems, also when the seed is not meant for what the shell's environment leads to. */
export function requireSeedSettings(file: string, given: Readonly<Record<string, unknown>>, environment: Readonly<Record<string, string | undefined>>): SeedSettings {
    const { settings: valid, problems } = parseSeedSettings(file, given);
    if (valid === undefined) {
        throw new InvalidInputError(problems);
    }
    const guard = emulatorProblem(valid.runsOn, environment);
    if (guard !== undefined) {
        throw new InvalidInputError([guard]);
    }
    return valid;
}

function parsedIfJson(text: string): unknown {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === "number" ? text : value;
    } catch {
        return text;
    }
}
