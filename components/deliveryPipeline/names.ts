/** Type of the component that a stack's pipeline is; a self-update targets it and what is below it. */
export const DELIVERY_TYPE = "container-lambdas:delivery:DeliveryPipeline";

/** What `delivery/` can run, in no order. */
export const STEPS = ["self-update", "pipeline-plan", "verify", "build", "test", "resolve", "plan", "deploy", "release", "record"] as const;
export type Step = (typeof STEPS)[number];

/** CodeBuild projects: one project, one role. */
export const PROJECTS = ["self-update", "verify", "build", "test", "plan", "deploy", "release", "record"] as const;
export type ProjectName = (typeof PROJECTS)[number];

/** Every role of a pipeline: those of its projects, its own, and the one with which EventBridge starts it. */
export const ROLES = [...PROJECTS, "pipeline", "events"] as const;
export type RoleName = (typeof ROLES)[number];

/** The project that runs a step; steps that only read share one. */
export const PROJECT_OF: Readonly<Record<Step, ProjectName>> = {
    "self-update": "self-update",
    "pipeline-plan": "plan",
    verify: "verify",
    build: "build",
    test: "test",
    resolve: "plan",
    plan: "plan",
    deploy: "deploy",
    release: "release",
    record: "record",
};

export interface DeliveryPlace {
    readonly project: string;
    readonly stack: string;
    readonly accountId: string;
    readonly region: string;
}

/** Physical names and ARNs of one stack's pipeline. All fixed: a self-update must find what the last one made. */
export interface DeliveryNames {
    readonly pipeline: string;
    readonly pipelineArn: string;
    project(name: ProjectName): string;
    projectArn(name: ProjectName): string;
    roleName(role: RoleName): string;
    roleArn(role: RoleName): string;
    readonly artifactBucket: string;
    readonly topic: string;
    readonly topicArn: string;
    logGroup(name: ProjectName): string;
    reportGroup(name: ProjectName): string;
    reportGroupArn(name: ProjectName): string;
    readonly notificationRule: string;
    readonly eventRule: string;
}

export function deliveryNames({ project, stack, accountId, region }: DeliveryPlace): DeliveryNames {
    const prefix = `${project}-${stack}`;
    const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${accountId}:${resource}`;
    // Roles and event rules share one namespace with those of functions, which are called `prefix-FUNCTION`: the dot keeps
    // them apart whatever a function is called.
    const roleName = (role: RoleName): string => `${prefix}.${role}`;
    return {
        pipeline: prefix,
        pipelineArn: arn("codepipeline", prefix),
        project: (name) => `${prefix}-${name}`,
        projectArn: (name) => arn("codebuild", `project/${prefix}-${name}`),
        roleName,
        roleArn: (role) => `arn:aws:iam::${accountId}:role${rolePath(project)}${roleName(role)}`,
        artifactBucket: `${prefix}-${accountId}-artifacts`,
        topic: `${prefix}-delivery`,
        topicArn: arn("sns", `${prefix}-delivery`),
        logGroup: (name) => `/aws/codebuild/${prefix}-${name}`,
        reportGroup: (name) => `${prefix}-${name}`,
        reportGroupArn: (name) => arn("codebuild", `report-group/${prefix}-${name}`),
        notificationRule: `${prefix}-delivery`,
        eventRule: `${prefix}.push`,
    };
}

/** The path of all roles that the seed makes for pipelines. */
export function rolePath(project: string): string {
    return `/${project}/delivery/`;
}

/** What the seed makes once for all stacks of an account. */
export interface SeedNames {
    readonly stateBucket: string;
    readonly artifactsKeyAlias: string;
    readonly secretsKeyAlias: string;
    readonly boundaryPolicy: string;
    readonly connection: string;
    readonly watchdog: string;
    readonly repair: string;
}

export function seedNames({ project, accountId }: Pick<DeliveryPlace, "project" | "accountId">): SeedNames {
    return {
        stateBucket: `${project}-${accountId}-state`,
        artifactsKeyAlias: `alias/${project}-artifacts`,
        secretsKeyAlias: `alias/${project}-secrets`,
        boundaryPolicy: `${project}-function-boundary`,
        connection: project,
        watchdog: `${project}-watchdog`,
        repair: `${project}-repair`,
    };
}

/** An ARN may name a key by its alias: CodePipeline, CodeBuild, S3 and SNS take it so. */
export function artifactsKeyArn(place: DeliveryPlace): string {
    return `arn:aws:kms:${place.region}:${place.accountId}:${seedNames(place).artifactsKeyAlias}`;
}

/** What the roles of functions carry in every stack that a pipeline deploys: its role may make no others. */
export function functionBoundaryArn(place: Pick<DeliveryPlace, "project" | "accountId">): string {
    return `arn:aws:iam::${place.accountId}:policy/${seedNames(place).boundaryPolicy}`;
}
