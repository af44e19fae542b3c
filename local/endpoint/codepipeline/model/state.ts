import type { ActionDeclaration, PipelineDeclaration, Tag } from "./declaration";

/** Everything the model knows, as JSON. */
export interface SerializedState {
    readonly format: 1;
    readonly pipelines: Record<string, PipelineState>;
    /** Actions that wait to be handed out, oldest first. */
    readonly queue: string[];
    /** Actions that were abandoned after they had been handed out. */
    readonly abandoned: string[];
}

export interface PipelineState {
    readonly name: string;
    /** Every definition there was, by version: an execution runs on the one it was started with. */
    readonly versions: Record<string, PipelineDeclaration>;
    current: number;
    readonly created: number;
    updated: number;
    tags: Tag[];
    /** By name, also stages that only older definitions have. */
    readonly stages: Record<string, StageState>;
    /** Oldest first. */
    readonly executions: ExecutionState[];
    /** Execution that a client token started. */
    readonly tokens: Record<string, string>;
}

export interface StageState {
    /** Execution that holds the stage's lock. */
    occupant?: string;
    /** Executions in front of the stage, oldest first. */
    readonly waiting: string[];
    /** Last execution that entered. */
    latest?: string;
    inbound?: TransitionState;
    outbound?: TransitionState;
    /** Last run of each action: execution and index into its actions. */
    readonly actions: Record<string, { readonly execution: string; readonly index: number }>;
}

export interface TransitionState {
    readonly enabled: boolean;
    readonly reason?: string;
    readonly at: number;
    readonly by: string;
}

export type ExecutionStatus = "InProgress" | "Stopping" | "Stopped" | "Succeeded" | "Failed" | "Superseded" | "Cancelled";
export type StageStatus = "InProgress" | "Stopping" | "Stopped" | "Succeeded" | "Failed" | "Cancelled" | "Skipped";
export type ActionStatus = "InProgress" | "Succeeded" | "Failed" | "Abandoned";

export interface Trigger {
    readonly triggerType: "CreatePipeline" | "StartPipelineExecution" | "WebhookV2" | "CloudWatchEvent";
    readonly triggerDetail?: string;
}

/** What a source action must fetch, where the caller or a trigger said so. */
export interface SourceRevision {
    readonly revisionType: "COMMIT_ID";
    readonly revisionValue: string;
    readonly branch?: string;
    readonly tag?: string;
}

/** What a source action fetched. */
export interface Revision {
    readonly revisionId: string;
    readonly revisionSummary?: string;
    readonly revisionUrl?: string;
}

export interface ExecutionState {
    readonly id: string;
    /** Order of starting within the pipeline, from 1. */
    readonly number: number;
    readonly version: number;
    status: ExecutionStatus;
    summary?: string;
    readonly started: number;
    updated: number;
    readonly trigger: Trigger;
    stopReason?: string;
    /** Stage it is in or waits for; absent when it has passed the last one. */
    at?: string;
    inside: boolean;
    readonly variables: Record<string, string>;
    /** By source action. */
    readonly overrides: Record<string, SourceRevision>;
    /** Output variables by namespace. */
    readonly namespaces: Record<string, Record<string, string>>;
    /** What each artifact was made from. */
    readonly artifacts: Record<string, ArtifactState>;
    readonly stages: Record<string, StageRun>;
    /** In the order of starting; a retried action is in it twice. */
    readonly actions: ActionState[];
}

/** Where an artifact is stored. */
export interface ArtifactObject {
    readonly bucket: string;
    readonly key: string;
    readonly versionId?: string;
}

export interface ArtifactState extends Revision {
    /** Source action, for a source artifact. */
    readonly source?: string;
    /** Absent for what was made before artifacts were stored. */
    readonly object?: ArtifactObject;
    readonly created: number;
}

/** One execution in one stage. */
export interface StageRun {
    status: StageStatus;
    /** Index of the group of actions (those of one run order) at work. */
    group: number;
    /** Index into the execution's actions by name. */
    readonly actions: Record<string, number>;
    condition?: ConditionState;
    retries: number;
}

export interface ConditionState {
    readonly status: "Succeeded" | "Failed";
    readonly result: "FAIL" | "SKIP";
    readonly at: number;
    readonly rules: readonly { readonly id: string; readonly name: string; readonly status: "Succeeded" | "Failed"; readonly summary: string }[];
}

export interface ActionState {
    readonly id: string;
    readonly stage: string;
    readonly name: string;
    status: ActionStatus;
    readonly started: number;
    updated: number;
    by?: string;
    /** Configuration with its variables resolved. */
    readonly configuration: Record<string, string>;
    handedOut: boolean;
    /** Of an approval in progress. */
    token?: string;
    /** When an approval expires. */
    readonly deadline?: number;
    externalExecutionId?: string;
    externalExecutionUrl?: string;
    summary?: string;
    error?: { readonly code: string; readonly message: string };
    revision?: Revision;
    outputVariables?: Record<string, string>;
}

/** Where an action in progress is. */
export interface Place {
    readonly pipeline: string;
    readonly execution: string;
    readonly index: number;
    readonly declaration: ActionDeclaration;
}
