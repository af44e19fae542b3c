import type { Change } from "./changes";
import type { SerializedState } from "./state";

export interface CodePipelineOptions {
    /** Milliseconds since 1970. */
    now(): number;
    /** A new UUID. */
    newId(): string;
    /**
     * What UpdatePipeline does to executions of older versions, which AWS does not document: `older-runs` marks every one in progress
     * Cancelled, whose action at work may end; `none` lets them go on under their old definition.
     */
    readonly cancelled: "older-runs" | "none";
    /** Of StartPipelineExecution, which AWS does not document either. @default "idempotent" */
    readonly clientTokens?: "idempotent" | "ignored";
    /** @default "000000000000" */
    readonly account?: string;
    /** @default "us-east-1" */
    readonly region?: string;
    /** What `toJSON` gave; it is copied. */
    readonly state?: SerializedState;
    /** Told of every change of an execution, a stage or an action, as EventBridge is. */
    readonly tell?: (change: Change) => void;
}
