/** The validated, frozen description of everything the program declares per image and per function. */

export type Architecture = "x86_64" | "arm64";

/** Kinds of application resource that a manifest can refer to by name. */
export type ResourceKind = "bucket" | "catalog" | "queue" | "table" | "stateMachine";

/** Names that manifests may refer to, with the kind of each. Declared by `app/infrastructure.ts`. */
export type ResourceDeclarations = Readonly<Record<string, ResourceKind>>;

/** What a grant allows. `read`/`write`: buckets, tables and catalogue databases; `consume`/`send`: queues; `start`: state machines. */
export type Access = "read" | "write" | "consume" | "send" | "start";

export interface Grant {
    /** Name of an application resource. */
    readonly resource: string;
    /** Sorted, without duplicates. */
    readonly access: readonly Access[];
}

/** A statement of an IAM policy beyond the grants. No wildcard action; a wildcard resource needs a reason. */
export interface PolicyStatement {
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly reason: string;
}

export interface BucketTrigger {
    readonly kind: "bucket";
    readonly bucket: string;
    readonly prefix: string;
    readonly suffix: string;
    readonly events: readonly ("created" | "removed")[];
}

export interface QueueTrigger {
    readonly kind: "queue";
    readonly queue: string;
    /** 1 to 10,000; above 10 a batching window is needed. */
    readonly batchSize: number;
    /** Seconds, 0 to 300. */
    readonly batchingWindow: number;
    /** 2 to 1,000; undefined means no bound of its own. */
    readonly maximumConcurrency?: number;
}

export interface ScheduleTrigger {
    readonly kind: "schedule";
    /** `rate(…)`, `cron(…)` or `at(…)` of EventBridge Scheduler. */
    readonly expression: string;
    readonly timeZone: string;
    readonly input?: string;
}

export interface StreamTrigger {
    readonly kind: "stream";
    /** A table whose stream is read. */
    readonly table: string;
    readonly batchSize: number;
    readonly startingPosition: "LATEST" | "TRIM_HORIZON";
}

export interface RuleTrigger {
    readonly kind: "rule";
    /** An EventBridge event pattern. */
    readonly pattern: Readonly<Record<string, unknown>>;
}

export type Trigger = BucketTrigger | QueueTrigger | ScheduleTrigger | StreamTrigger | RuleTrigger;

/** A name in Secrets Manager or SSM; the function gets its ARN in the variable and the right to read it. */
export interface SecretReference {
    readonly variable: string;
    readonly store: "secretsmanager" | "ssm";
    readonly name: string;
}

/** Payload sent to a new version before the alias may move to it, and what the answer must contain. */
export interface SmokeTest {
    readonly payload: unknown;
    /** Every member given here must be equal in the answer; undefined accepts any answer without a function error. */
    readonly expect?: unknown;
}

/** Alarm thresholds; an absent one means no such alarm. */
export interface Alarms {
    /** Errors within five minutes. */
    readonly errors?: number;
    /** Throttles within five minutes. */
    readonly throttles?: number;
    /** Milliseconds, 99th percentile within five minutes. */
    readonly durationP99?: number;
}

export interface Network {
    readonly subnetIds: readonly string[];
    readonly securityGroupIds: readonly string[];
}

export interface FunctionModel {
    /** Unique in the project; the directory's name, or the handler's where an image has several. */
    readonly name: string;
    /** Name of the image (the directory) that it runs. */
    readonly image: string;
    readonly description: string;
    /** Overrides the image's CMD. */
    readonly command?: readonly string[];
    readonly architecture: Architecture;
    /** MiB, 128 to 10,240. */
    readonly memorySize: number;
    /** Seconds, 1 to 900. */
    readonly timeout: number;
    /** MiB, 512 to 10,240. */
    readonly ephemeralStorage: number;
    /** Values may hold references like `${raw.name}`, resolved by the component. Sorted by name. */
    readonly environment: Readonly<Record<string, string>>;
    readonly secrets: readonly SecretReference[];
    readonly reservedConcurrency?: number;
    readonly provisionedConcurrency?: number;
    readonly url?: { readonly authorization: "iam" | "none" };
    readonly network?: Network;
    readonly triggers: readonly Trigger[];
    readonly grants: readonly Grant[];
    readonly statements: readonly PolicyStatement[];
    readonly smoke?: SmokeTest;
    readonly alarms: Alarms;
}

export interface ImageModel {
    /** The directory's name under `app/functions`. */
    readonly name: string;
    /** Project-relative, with forward slashes. */
    readonly directory: string;
    /** Whether the image copies the common layer. */
    readonly layer: boolean;
    readonly architecture: Architecture;
}

/** Everything the program declares that comes from directories. All lists sorted by name. */
export interface ProjectModel {
    readonly images: readonly ImageModel[];
    readonly functions: readonly FunctionModel[];
}
