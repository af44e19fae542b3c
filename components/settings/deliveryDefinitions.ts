import type { Definition } from "./definitionKinds";

export type ComputeSize = "small" | "medium" | "large" | "xlarge" | "2xlarge";

/** How a stack is delivered. What is optional is present where its text is not empty. */
export interface DeliverySettings {
    readonly delivery: "none" | "branch" | "tag";
    readonly deliverySource: "connection" | "codecommit";
    /** `OWNER/NAME` behind a connection, or the name of a CodeCommit repository. Present unless `delivery` is `none`. */
    readonly repository?: string;
    readonly branch: string;
    /** Glob, as git knows it: `v*`. */
    readonly tagPattern: string;
    /** Present where `deliverySource` is `connection` and `delivery` is not `none`. */
    readonly connectionArn?: string;
    /** Absent: the one that the seed names after project and account. */
    readonly stateBucket?: string;
    /** The stack whose release manifests are deployed. Present where `delivery` is `tag`. */
    readonly releasesFrom?: string;
    readonly deliveryCompute: ComputeSize;
    readonly buildCompute: ComputeSize;
    readonly buildDocker: "privileged" | "server";
    readonly deliveryCache: "none" | "s3" | "local";
    /** Absent: the standard image of AWS for the stack's architecture. */
    readonly buildImage?: string;
    readonly stepTimeoutMinutes: number;
    readonly approvalTimeoutMinutes: number;
    /** Names the very removals of kernel parts that a self-update may make. Absent: none. */
    readonly kernelPermission?: string;
}

export const COMPUTE_SIZES: readonly [ComputeSize, ...ComputeSize[]] = ["small", "medium", "large", "xlarge", "2xlarge"];

/** Git's rules for a branch (git-check-ref-format), and no character that means something in a glob. */
const BRANCH = /^(?!.*(?:\.\.|\/\/|\/\.|\.lock$|[/.]$))[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}$/;
/** Single stars only: EventBridge refuses two in a row. */
const TAG_PATTERN = /^(?!.*\*\*)[A-Za-z0-9_*][A-Za-z0-9_./*-]{0,199}$/;
const STACK = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const CONNECTION = /^arn:aws[a-z-]*:(?:codeconnections|codestar-connections):[a-z]{2}[a-z0-9-]*-\d:\d{12}:connection\/[A-Za-z0-9-]{1,64}$/;

export const DELIVERY_DEFINITIONS: Readonly<Record<keyof DeliverySettings, Definition>> = {
    delivery: {
        kind: "choice",
        values: ["none", "branch", "tag"],
        default: "none",
        description:
            "Which pipeline the stack declares: none, branch (every push to `branch` is built, tested and deployed) or tag (a tag deploys what another stack built and tested).",
    },
    deliverySource: {
        kind: "choice",
        values: ["connection", "codecommit"],
        default: "connection",
        description: "Where the pipeline finds the repository: connection (CodeConnections: GitHub, GitLab, Bitbucket) or codecommit.",
    },
    repository: {
        kind: "text",
        pattern: /^[A-Za-z0-9_.-]{1,100}(?:\/[A-Za-z0-9_.-]{1,100}){0,5}$/,
        what: "name of a repository",
        example: "OWNER/NAME",
        default: "",
        description: "The repository: OWNER/NAME behind a connection, or the name in CodeCommit. Needed with `delivery`; `npm run bootstrap` writes it.",
    },
    branch: {
        kind: "text",
        pattern: BRANCH,
        what: "name of one branch",
        example: "main",
        default: "main",
        description: "The branch that `delivery: branch` follows.",
    },
    tagPattern: {
        kind: "text",
        pattern: TAG_PATTERN,
        what: "pattern of tags, with single stars at most",
        example: "v*",
        default: "v*",
        description: "The tags that `delivery: tag` follows.",
    },
    connectionArn: {
        kind: "text",
        pattern: CONNECTION,
        what: "ARN of a connection",
        example: "arn:aws:codeconnections:REGION:ACCOUNT:connection/ID",
        default: "",
        description: "ARN of the connection to the repository. Needed with `deliverySource: connection`; `npm run bootstrap` writes it.",
    },
    stateBucket: {
        kind: "text",
        pattern: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/,
        what: "name of a bucket without dots",
        example: "container-lambdas-ACCOUNT-state",
        default: "",
        description: "Bucket of Pulumi's state and of delivery records. Empty: PROJECT-ACCOUNT-state, which `npm run bootstrap` makes.",
    },
    releasesFrom: {
        kind: "text",
        pattern: STACK,
        what: "name of a stack",
        example: "dev",
        default: "",
        description: "The stack whose releases `delivery: tag` deploys. Needed with it.",
    },
    deliveryCompute: {
        kind: "choice",
        values: COMPUTE_SIZES,
        default: "small",
        description: "Size of the machines of all steps but the build of images: small, medium, large, xlarge or 2xlarge of CodeBuild.",
    },
    buildCompute: {
        kind: "choice",
        values: COMPUTE_SIZES,
        default: "medium",
        description: "Size of the machine that builds images: small, medium, large, xlarge or 2xlarge of CodeBuild.",
    },
    buildDocker: {
        kind: "choice",
        values: ["privileged", "server"],
        default: "privileged",
        description:
            "Docker of the step that builds images: privileged (an engine in the build's own container) or server (CodeBuild's Docker server, which keeps layers between builds and costs extra).",
    },
    deliveryCache: {
        kind: "choice",
        values: ["none", "s3", "local"],
        default: "local",
        description:
            "Where steps keep installed packages for the next run: none, s3 (in the artifact bucket, apart for each step) or local (on the machine, if CodeBuild gives the same one again).",
    },
    buildImage: {
        kind: "text",
        pattern: /^(?!.*:latest$)(?=.*[:@])[a-z0-9][A-Za-z0-9._/:@-]{2,254}$/,
        what: "image with a fixed version",
        example: "aws/codebuild/amazonlinux-x86_64-standard:5.0",
        default: "",
        description: "Image that all steps run in. Empty: the standard image of AWS for the stack's architecture.",
    },
    stepTimeoutMinutes: {
        kind: "number",
        minimum: 5,
        maximum: 2_160,
        source: "CodeBuild API, CreateProject",
        default: 60,
        description: "Minutes after which a step of the pipeline is stopped, 5 to 2160.",
    },
    approvalTimeoutMinutes: {
        kind: "number",
        minimum: 5,
        maximum: 86_400,
        source: "CodePipeline API, ActionDeclaration",
        default: 1_440,
        description: "Minutes that an approval is waited for, 5 to 86400.",
    },
    kernelPermission: {
        kind: "text",
        pattern: /^[0-9a-f]{32}$/,
        what: "permission of 32 hex digits, as a refused self-update prints it",
        example: "PERMISSION",
        default: "",
        description: "Lets self-updates remove the parts of the pipeline that one of them refused to, and printed this for. Empty: none.",
    },
};
