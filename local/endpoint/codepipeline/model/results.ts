import type { ActionTypeId, ExecutionMode, PipelineDeclaration, Tag } from "./declaration";
import type { ActionStatus, ArtifactObject, ExecutionStatus, Revision, SourceRevision, StageStatus, Trigger } from "./state";

/** Outputs of the API. Times are seconds since 1970, as on the wire. */
export interface PipelineAnswer {
    readonly pipeline: PipelineDeclaration;
    readonly metadata: { readonly pipelineArn: string; readonly created: number; readonly updated: number };
}

export interface PipelineSummary {
    readonly name: string;
    readonly version: number;
    readonly pipelineType: "V1" | "V2";
    readonly executionMode: ExecutionMode;
    readonly created: number;
    readonly updated: number;
}

export interface ExecutionAnswer {
    readonly pipelineName: string;
    readonly pipelineVersion: number;
    readonly pipelineExecutionId: string;
    readonly status: ExecutionStatus;
    readonly statusSummary?: string;
    readonly artifactRevisions: readonly ArtifactRevision[];
    readonly variables: readonly { readonly name: string; readonly resolvedValue: string }[];
    readonly trigger: Trigger;
    readonly executionMode: ExecutionMode;
    readonly executionType: "STANDARD";
}

export interface ArtifactRevision {
    readonly name: string;
    readonly revisionId: string;
    readonly revisionSummary?: string;
    readonly revisionUrl?: string;
    readonly created: number;
}

export interface ExecutionSummary {
    readonly pipelineExecutionId: string;
    readonly status: ExecutionStatus;
    readonly statusSummary?: string;
    readonly startTime: number;
    readonly lastUpdateTime: number;
    readonly sourceRevisions: readonly ({ readonly actionName: string } & Revision)[];
    readonly trigger: Trigger;
    readonly stopTrigger?: { readonly reason: string };
    readonly executionMode: ExecutionMode;
    readonly executionType: "STANDARD";
}

export interface StageExecutionAnswer {
    readonly pipelineExecutionId: string;
    readonly status: StageStatus;
    readonly type: "STANDARD";
}

export interface ActionStateAnswer {
    readonly actionName: string;
    readonly currentRevision?: { readonly revisionId: string; readonly revisionChangeId: string; readonly created: number };
    readonly latestExecution?: {
        readonly actionExecutionId: string;
        readonly status: ActionStatus;
        readonly summary?: string;
        readonly lastStatusChange: number;
        readonly token?: string;
        readonly lastUpdatedBy?: string;
        readonly externalExecutionId?: string;
        readonly externalExecutionUrl?: string;
        readonly errorDetails?: { readonly code: string; readonly message: string };
    };
}

export interface ConditionStateAnswer {
    readonly latestExecution: { readonly status: "Succeeded" | "Failed"; readonly summary?: string };
    readonly conditionStates: readonly {
        readonly latestExecution: { readonly status: "Succeeded" | "Failed"; readonly summary?: string; readonly lastStatusChange: number };
        readonly ruleStates: readonly {
            readonly ruleName: string;
            readonly latestExecution: { readonly ruleExecutionId: string; readonly status: "Succeeded" | "Failed"; readonly summary: string; readonly lastStatusChange: number };
        }[];
    }[];
}

export interface StageStateAnswer {
    readonly stageName: string;
    readonly inboundExecution?: StageExecutionAnswer;
    readonly inboundExecutions: readonly StageExecutionAnswer[];
    readonly inboundTransitionState: { readonly enabled: boolean; readonly lastChangedBy?: string; readonly lastChangedAt?: number; readonly disabledReason?: string };
    readonly actionStates: readonly ActionStateAnswer[];
    readonly latestExecution?: StageExecutionAnswer;
    readonly beforeEntryConditionState?: ConditionStateAnswer;
    readonly retryStageMetadata?: { readonly manualStageRetryAttempt: number; readonly latestRetryTrigger: "ManualStageRetry" };
}

export interface PipelineStateAnswer {
    readonly pipelineName: string;
    readonly pipelineVersion: number;
    readonly stageStates: readonly StageStateAnswer[];
    readonly created: number;
    readonly updated: number;
}

export interface ActionExecutionDetail {
    readonly pipelineExecutionId: string;
    readonly actionExecutionId: string;
    readonly pipelineVersion: number;
    readonly stageName: string;
    readonly actionName: string;
    readonly startTime: number;
    readonly lastUpdateTime: number;
    readonly updatedBy?: string;
    readonly status: ActionStatus;
    readonly input: {
        readonly actionTypeId: ActionTypeId;
        readonly configuration: Readonly<Record<string, string>>;
        readonly resolvedConfiguration: Readonly<Record<string, string>>;
        readonly roleArn?: string;
        readonly region?: string;
        readonly inputArtifacts: readonly { readonly name: string }[];
        readonly namespace?: string;
    };
    readonly output: {
        readonly outputArtifacts: readonly { readonly name: string }[];
        readonly executionResult: {
            readonly externalExecutionId?: string;
            readonly externalExecutionUrl?: string;
            readonly externalExecutionSummary?: string;
            readonly errorDetails?: { readonly code: string; readonly message: string };
        };
        readonly outputVariables: Readonly<Record<string, string>>;
    };
}

export type TagList = readonly Tag[];

/** An action that the outside must do. */
export interface ActionJob {
    /** Also the id of the action's execution. */
    readonly jobId: string;
    readonly pipelineName: string;
    readonly executionId: string;
    readonly stage: string;
    readonly action: string;
    readonly actionTypeId: ActionTypeId;
    /** Variables resolved. */
    readonly configuration: Readonly<Record<string, string>>;
    /** The action's own role, else the pipeline's. */
    readonly roleArn: string;
    readonly inputArtifacts: readonly { readonly name: string; readonly revision?: Revision; readonly object?: ArtifactObject }[];
    readonly outputArtifacts: readonly string[];
    readonly artifactBucket: string;
    /** KMS key of the artifact store. */
    readonly artifactKeyId?: string;
    /** Of a source action that must fetch something other than the head of its branch. */
    readonly sourceRevision?: SourceRevision;
}

/** An approval whose approver is to be told; what the message to the topic is made of. */
export interface ApprovalNotice {
    /** Of the action's execution. */
    readonly id: string;
    readonly topicArn: string;
    /** The action's own role, else the pipeline's. */
    readonly roleArn: string;
    readonly pipelineName: string;
    readonly stageName: string;
    readonly actionName: string;
    readonly token: string;
    /** Milliseconds since 1970. */
    readonly expires?: number;
    readonly customData?: string;
    readonly externalEntityLink?: string;
}

/** What came of a job. */
export type JobResult = JobSuccess | JobFailure;

interface External {
    readonly externalExecutionId?: string;
    readonly externalExecutionUrl?: string;
    readonly summary?: string;
    readonly outputVariables?: Readonly<Record<string, string>>;
}

export interface JobSuccess extends External {
    readonly ok: true;
    /** Of a source action. */
    readonly revision?: Revision;
    /** By output artifact. */
    readonly objects?: Readonly<Record<string, ArtifactObject>>;
}

export interface JobFailure extends External {
    readonly ok: false;
    readonly code: string;
    readonly message: string;
}
