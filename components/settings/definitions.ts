import type { Architecture } from "../manifest/model";
import type { Definition } from "./definitionKinds";
import { DELIVERY_DEFINITIONS, DeliverySettings } from "./deliveryDefinitions";

/** The validated configuration of a stack. Frozen. */
export interface Settings extends DeliverySettings {
    /** Name of the Pulumi project; first part of physical names. */
    readonly project: string;
    /** Name of the stack; second part of physical names. */
    readonly stack: string;
    /** AWS region, from `aws:region`. */
    readonly region: string;
    readonly runsOn: "account" | "emulator";
    readonly images: "build" | "adopt" | "release";
    /** Project-relative path; present exactly when `images` is `release`. */
    readonly releaseManifest?: string;
    readonly release: "direct" | "gradual";
    readonly canaryPercent: number;
    readonly canarySeconds: number;
    readonly repositories: "perImage" | "shared";
    readonly registry: "own" | "external";
    readonly maxParallelBuilds: number;
    /** Project-relative path. */
    readonly baseImages: string;
    /** Days. */
    readonly logRetentionDays: number;
    readonly architecture: Architecture;
    readonly keepImages: number;
    readonly alarmTopicArn?: string;
    readonly protectData: boolean;
}

export type { ComputeSize } from "./deliveryDefinitions";

export type SettingName = Exclude<keyof Settings, "project" | "stack" | "region">;

/** Days that CloudWatch Logs accepts (API reference, PutRetentionPolicy). */
const RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/** Every key of this project; `Pulumi.yaml` says the same (a test compares them). */
export const DEFINITIONS: Readonly<Record<SettingName, Definition>> = {
    runsOn: {
        kind: "choice",
        values: ["account", "emulator"],
        default: "account",
        description:
            "What the stack is for: account (a real AWS account) or emulator (the embedded AWS of `npm run local`). The program refuses the other one.",
    },
    images: {
        kind: "choice",
        values: ["build", "adopt", "release"],
        default: "build",
        description:
            "Where images come from: build (what changed is built), adopt (only what the registry has by key; never a build) or release (the digests of a release manifest).",
    },
    releaseManifest: {
        kind: "path",
        default: "",
        description: "Path of the release manifest, relative to the project. Needed with `images: release`, and only then.",
    },
    release: {
        kind: "choice",
        values: ["direct", "gradual"],
        default: "direct",
        description:
            "Who moves the alias to a new version: direct (this program, at once) or gradual (the pipeline's stage Release, as a canary that the functions' alarms can turn back; needs `delivery: tag`, without which it is direct).",
    },
    canaryPercent: {
        kind: "number",
        minimum: 1,
        maximum: 50,
        source: "this project: above half, the old version is the canary",
        default: 10,
        description: "With `release: gradual`, percent of the calls that a new version answers first, 1 to 50.",
    },
    canarySeconds: {
        kind: "number",
        minimum: 10,
        maximum: 3_600,
        source: "this project: an alarm needs one period of five minutes at most, and a step of the pipeline has a time-out",
        default: 600,
        description: "With `release: gradual`, seconds that alarms are watched before a new version answers all calls, 10 to 3600.",
    },
    repositories: {
        kind: "choice",
        values: ["perImage", "shared"],
        default: "perImage",
        description: "One ECR repository for each image (perImage), or one for all (shared).",
    },
    registry: {
        kind: "choice",
        values: ["own", "external"],
        default: "own",
        description: "Whether this stack declares the ECR repositories (own) or uses those of another stack (external).",
    },
    maxParallelBuilds: {
        kind: "number",
        minimum: 1,
        maximum: 200,
        source: "this project",
        default: 20,
        description: "Image builds at one time, 1 to 200.",
    },
    baseImages: {
        kind: "path",
        default: "app/base-images.json",
        description: "Path of the JSON file of base images (name to reference pinned by digest), relative to the project.",
    },
    logRetentionDays: {
        kind: "number",
        minimum: 1,
        maximum: 3_653,
        values: RETENTION_DAYS,
        source: "CloudWatch Logs API, PutRetentionPolicy",
        default: 30,
        description: "Days that logs are kept, one of the 22 values that CloudWatch Logs accepts.",
    },
    architecture: {
        kind: "choice",
        values: ["x86_64", "arm64"],
        default: "x86_64",
        description: "Processor of the common layer, and of functions that name none: x86_64 or arm64.",
    },
    keepImages: {
        kind: "number",
        minimum: 10,
        maximum: 1_000,
        source: "this project: versions and rollbacks need older images",
        default: 500,
        description: "Newest images that a repository keeps, 10 to 1000; older ones expire.",
    },
    alarmTopicArn: {
        kind: "text",
        pattern: /^arn:aws[a-z-]*:sns:[a-z]{2}[a-z0-9-]*-\d:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/,
        what: "ARN of an SNS topic",
        example: "arn:aws:sns:REGION:ACCOUNT:TOPIC",
        default: "",
        description: "ARN of the SNS topic that alarms notify. Empty: alarms notify nobody.",
    },
    protectData: {
        kind: "flag",
        default: true,
        description: "Whether buckets, tables and repositories that hold something survive the destruction of the stack.",
    },
    ...DELIVERY_DEFINITIONS,
};

export const SETTING_NAMES = Object.keys(DEFINITIONS).sort();
