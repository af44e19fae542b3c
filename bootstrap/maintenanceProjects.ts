import { stringify } from "yaml";
import type { SeedSettings } from "./settings";

/** Programs of `delivery/` that run outside of pipelines. */
export type MaintenanceStep = "watchdog" | "repair";

export interface RepositorySource {
    readonly type: string;
    readonly location: string;
    readonly auth?: { readonly type: "CODECONNECTIONS"; readonly resource: string };
}

const HOSTS: Readonly<Record<SeedSettings["provider"], { readonly type: string; readonly address: string }>> = {
    Bitbucket: { type: "BITBUCKET", address: "https://bitbucket.org/" },
    GitHub: { type: "GITHUB", address: "https://github.com/" },
    GitHubEnterpriseServer: { type: "GITHUB_ENTERPRISE", address: "" },
    GitLab: { type: "GITLAB", address: "https://gitlab.com/" },
    GitLabSelfManaged: { type: "GITLAB_SELF_MANAGED", address: "" },
};

/** Where CodeBuild clones from by itself, without a pipeline in front. */
export function repositorySource({ source, provider, repository, repositoryUrl }: SeedSettings, region: string, connectionArn: string): RepositorySource {
    if (source === "codecommit") {
        return { type: "CODECOMMIT", location: `https://git-codecommit.${region}.amazonaws.com/v1/repos/${repository}` };
    }
    const { type, address } = HOSTS[provider];
    return { type, location: repositoryUrl ?? `${address}${repository}.git`, auth: { type: "CODECONNECTIONS", resource: connectionArn } };
}

/** Whether the address of the repository follows from its name. */
export function hasKnownHost({ provider, source }: Pick<SeedSettings, "provider" | "source">): boolean {
    return source === "codecommit" || HOSTS[provider].address !== "";
}

/** One constant command: which stack is meant is a variable that the caller sets. */
export function maintenanceBuildspec(): string {
    return stringify(
        {
            version: 0.2,
            env: { shell: "bash", "git-credential-helper": "yes" },
            phases: { install: { "runtime-versions": { nodejs: 22 } }, build: { commands: ['node delivery/start.mjs "$STEP"'] } },
            cache: { paths: ["node_modules/**/*"] },
        },
        // CodeBuild reads YAML 1.1, where a bare `yes` is no text.
        { version: "1.1", lineWidth: 0 },
    );
}

/** What a step of maintenance finds in its environment, beside what its caller sets; sorted. */
export function maintenanceVariables(
    step: MaintenanceStep,
    { recordsBucket, backendUrl }: { readonly recordsBucket: string; readonly backendUrl?: string },
): { readonly name: string; readonly value: string; readonly type: "PLAINTEXT" }[] {
    const values = { STEP: step, RECORDS_BUCKET: recordsBucket, ...(backendUrl === undefined ? {} : { PULUMI_BACKEND_URL: backendUrl }) };
    return Object.entries(values)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => ({ name, value, type: "PLAINTEXT" }));
}

/** What EventBridge gives the watchdog: the one stack to look after. */
export function watchdogInput(stack: string, pipeline: string): string {
    const variables = Object.entries({ PIPELINE: pipeline, STACK: stack }).map(([name, value]) => ({ name, value, type: "PLAINTEXT" }));
    return JSON.stringify({ environmentVariablesOverride: variables });
}

/** Runs that ended without delivering. */
export function endedPattern(pipeline: string): object {
    return {
        source: ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        detail: { pipeline: [pipeline], state: ["CANCELED", "FAILED", "STOPPED"] },
    };
}
