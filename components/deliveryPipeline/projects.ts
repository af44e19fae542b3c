import { Stage } from "./blueprint";
import { buildspecOf } from "./buildspec";
import { artifactsKeyArn, DeliveryNames, PROJECT_OF, ProjectName, PROJECTS, Step } from "./names";
import type { DeliveryOptions } from "./options";

/** A CodeBuild project as plain values: what `aws.codebuild.Project` takes. */
export interface ProjectDefinition {
    readonly name: string;
    readonly description: string;
    readonly serviceRole: string;
    readonly encryptionKey: string;
    readonly buildTimeout: number;
    readonly queuedTimeout: number;
    readonly source: { readonly type: "CODEPIPELINE"; readonly buildspec: string };
    readonly artifacts: { readonly type: "CODEPIPELINE" };
    readonly environment: ProjectEnvironment;
    readonly cache: { readonly type: string; readonly modes?: string[]; readonly location?: string };
    readonly logsConfig: { readonly cloudwatchLogs: { readonly status: "ENABLED"; readonly groupName: string } };
}

export interface ProjectEnvironment {
    readonly type: "LINUX_CONTAINER" | "ARM_CONTAINER";
    readonly computeType: string;
    readonly image: string;
    readonly imagePullCredentialsType: "CODEBUILD" | "SERVICE_ROLE";
    readonly privilegedMode: boolean;
    readonly dockerServer?: { readonly computeType: string };
    readonly environmentVariables: { readonly name: string; readonly value: string; readonly type: "PLAINTEXT" }[];
}

/** The only project with Docker; no role that deploys runs a Dockerfile. */
const DOCKER_PROJECT: ProjectName = "build";
/** CodeBuild's maximum, in minutes: a build that waits for a machine does no harm. */
const QUEUED_TIMEOUT = 480;
const STANDARD_IMAGES = { x86_64: "aws/codebuild/amazonlinux-x86_64-standard:5.0", arm64: "aws/codebuild/amazonlinux-aarch64-standard:3.0" } as const;

/** What each project is there for, in one line. */
const DESCRIPTIONS: Readonly<Record<ProjectName, string>> = {
    "self-update": "Brings the pipeline itself up to date with the commit, first of all",
    verify: "Runs types, lint and tests of the commit",
    build: "Builds the images that changed and pushes them; has Docker, and cannot deploy",
    test: "Tests what was deployed",
    plan: "Shows what would change; reads only",
    deploy: "Updates the stack; builds nothing",
    release: "Moves traffic to new versions",
    record: "Writes down what was delivered",
};

/** The projects that a pipeline's stages use, by name, sorted as `PROJECTS` is. */
export function projectDefinitions(stages: readonly Stage[], names: DeliveryNames, options: DeliveryOptions): ReadonlyMap<ProjectName, ProjectDefinition> {
    const used = new Set(stepsOf(stages).map((step) => PROJECT_OF[step]));
    return new Map(PROJECTS.filter((project) => used.has(project)).map((project) => [project, projectDefinition(project, names, options)]));
}

function stepsOf(stages: readonly Stage[]): Step[] {
    return stages.flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "step" ? [action.step] : [])));
}

function projectDefinition(project: ProjectName, names: DeliveryNames, options: DeliveryOptions): ProjectDefinition {
    return {
        name: names.project(project),
        description: DESCRIPTIONS[project],
        serviceRole: names.roleArn(project),
        encryptionKey: artifactsKeyArn(options),
        buildTimeout: options.stepTimeoutMinutes,
        queuedTimeout: QUEUED_TIMEOUT,
        source: { type: "CODEPIPELINE", buildspec: buildspecOf(project, names) },
        artifacts: { type: "CODEPIPELINE" },
        environment: environmentOf(project, names, options),
        cache: cacheOf(project, names, options),
        logsConfig: { cloudwatchLogs: { status: "ENABLED", groupName: names.logGroup(project) } },
    };
}

function environmentOf(project: ProjectName, names: DeliveryNames, options: DeliveryOptions): ProjectEnvironment {
    const hasDocker = project === DOCKER_PROJECT;
    const image = options.buildImage ?? STANDARD_IMAGES[options.architecture];
    const computeType = computeTypeOf(hasDocker ? options.buildCompute : options.compute);
    return {
        type: options.architecture === "arm64" ? "ARM_CONTAINER" : "LINUX_CONTAINER",
        computeType,
        image,
        imagePullCredentialsType: image.startsWith("aws/codebuild/") ? "CODEBUILD" : "SERVICE_ROLE",
        privilegedMode: hasDocker && options.buildDocker === "privileged",
        ...(hasDocker && options.buildDocker === "server" ? { dockerServer: { computeType } } : {}),
        environmentVariables: Object.entries(variablesOf(names, options))
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, value]) => ({ name, value, type: "PLAINTEXT" })),
    };
}

/** Where the programs find their stack; the same for all steps, and never a secret. */
function variablesOf(names: DeliveryNames, { stack, stateBucket, region, runsOn, releasesFrom }: DeliveryOptions): Record<string, string> {
    return {
        STACK: stack,
        PIPELINE: names.pipeline,
        RECORDS_BUCKET: stateBucket,
        // The emulator's stacks keep their state in the checkout.
        ...(runsOn === "account" ? { PULUMI_BACKEND_URL: `s3://${stateBucket}?region=${region}` } : {}),
        ...(releasesFrom === undefined ? {} : { RELEASES_FROM: releasesFrom }),
    };
}

/** Apart for each project: what a step that runs tests leaves must never be run by one that deploys. */
function cacheOf(project: ProjectName, names: DeliveryNames, { cache }: DeliveryOptions): ProjectDefinition["cache"] {
    switch (cache) {
        case "none":
            return { type: "NO_CACHE" };
        case "local":
            return { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE"] };
        case "s3":
            return { type: "S3", location: `${names.artifactBucket}/cache/${project}` };
    }
}

function computeTypeOf(size: DeliveryOptions["compute"]): string {
    return `BUILD_GENERAL1_${size.toUpperCase()}`;
}
