import type { PipelineDeclaration, RetryMode, Tag } from "./declaration";

/** Inputs of the API. */
export interface CreatePipelineInput {
    readonly pipeline: PipelineDeclaration;
    readonly tags?: readonly Tag[];
}

export interface StartPipelineExecutionInput {
    readonly name: string;
    readonly variables?: readonly { readonly name: string; readonly value: string }[];
    readonly clientRequestToken?: string;
    readonly sourceRevisions?: readonly { readonly actionName: string; readonly revisionType: string; readonly revisionValue: string }[];
}

export interface StopPipelineExecutionInput {
    readonly pipelineName: string;
    readonly pipelineExecutionId: string;
    readonly abandon?: boolean;
    readonly reason?: string;
}

export interface ExecutionInput {
    readonly pipelineName: string;
    readonly pipelineExecutionId: string;
}

export interface Page {
    readonly maxResults?: number;
    readonly nextToken?: string;
}

export interface ListPipelineExecutionsInput extends Page {
    readonly pipelineName: string;
    readonly filter?: { readonly succeededInStage?: { readonly stageName?: string } };
}

export interface ListActionExecutionsInput extends Page {
    readonly pipelineName: string;
    readonly filter?: {
        readonly pipelineExecutionId?: string;
        readonly latestInPipelineExecution?: { readonly pipelineExecutionId: string; readonly startTimeRange: "Latest" | "All" };
    };
}

export interface PutApprovalResultInput {
    readonly pipelineName: string;
    readonly stageName: string;
    readonly actionName: string;
    readonly result: { readonly summary: string; readonly status: "Approved" | "Rejected" };
    readonly token: string;
}

export interface RetryStageExecutionInput extends ExecutionInput {
    readonly stageName: string;
    readonly retryMode: RetryMode;
}

export interface StageTransitionInput {
    readonly pipelineName: string;
    readonly stageName: string;
    readonly transitionType: "Inbound" | "Outbound";
    readonly reason?: string;
}

export interface TagResourceInput {
    readonly resourceArn: string;
    readonly tags: readonly Tag[];
}

export interface UntagResourceInput {
    readonly resourceArn: string;
    readonly tagKeys: readonly string[];
}

export interface ListTagsInput extends Page {
    readonly resourceArn: string;
}
