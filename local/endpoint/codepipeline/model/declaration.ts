/** The declaration of a pipeline as in the API, as far as the emulator acts on it. */
export interface PipelineDeclaration {
    readonly name: string;
    readonly roleArn: string;
    readonly artifactStore?: ArtifactStore;
    readonly artifactStores?: Readonly<Record<string, ArtifactStore>>;
    readonly stages: readonly StageDeclaration[];
    readonly version?: number;
    readonly executionMode?: ExecutionMode;
    readonly pipelineType?: "V1" | "V2";
    readonly variables?: readonly VariableDeclaration[];
    readonly triggers?: readonly TriggerDeclaration[];
}

export type ExecutionMode = "QUEUED" | "SUPERSEDED" | "PARALLEL";

export interface ArtifactStore {
    readonly type: "S3";
    readonly location: string;
    readonly encryptionKey?: { readonly id: string; readonly type: "KMS" };
}

export interface StageDeclaration {
    readonly name: string;
    readonly blockers?: readonly object[];
    readonly actions: readonly ActionDeclaration[];
    readonly beforeEntry?: { readonly conditions: readonly ConditionDeclaration[] };
    readonly onSuccess?: { readonly conditions: readonly ConditionDeclaration[] };
    readonly onFailure?: FailureDeclaration;
}

export interface FailureDeclaration {
    readonly result?: ConditionResult;
    readonly retryConfiguration?: { readonly retryMode?: RetryMode };
    readonly conditions?: readonly ConditionDeclaration[];
}

export type ConditionResult = "ROLLBACK" | "FAIL" | "RETRY" | "SKIP";
export type RetryMode = "FAILED_ACTIONS" | "ALL_ACTIONS";

export interface ConditionDeclaration {
    readonly result?: ConditionResult;
    readonly rules?: readonly RuleDeclaration[];
}

export interface RuleDeclaration {
    readonly name: string;
    readonly ruleTypeId: { readonly category: "Rule"; readonly owner?: "AWS"; readonly provider: string; readonly version?: string };
    readonly configuration?: Readonly<Record<string, string>>;
}

export interface ActionTypeId {
    readonly category: string;
    readonly owner: string;
    readonly provider: string;
    readonly version: string;
}

export interface ArtifactName {
    readonly name: string;
}

export interface ActionDeclaration {
    readonly name: string;
    readonly actionTypeId: ActionTypeId;
    /** @default 1 */
    readonly runOrder?: number;
    readonly configuration?: Readonly<Record<string, string>>;
    readonly outputArtifacts?: readonly ArtifactName[];
    readonly inputArtifacts?: readonly ArtifactName[];
    readonly outputVariables?: readonly string[];
    readonly commands?: readonly string[];
    readonly environmentVariables?: readonly object[];
    readonly roleArn?: string;
    readonly region?: string;
    readonly namespace?: string;
    /** Of a manual approval only. @default seven days */
    readonly timeoutInMinutes?: number;
}

export interface VariableDeclaration {
    readonly name: string;
    readonly defaultValue?: string;
    readonly description?: string;
}

export interface PatternFilter {
    readonly includes?: readonly string[];
    readonly excludes?: readonly string[];
}

export interface PushFilter {
    readonly tags?: PatternFilter;
    readonly branches?: PatternFilter;
    readonly filePaths?: PatternFilter;
}

export interface TriggerDeclaration {
    readonly providerType: "CodeStarSourceConnection";
    readonly gitConfiguration: {
        readonly sourceActionName: string;
        readonly push?: readonly PushFilter[];
        readonly pullRequest?: readonly object[];
    };
}

export interface Tag {
    readonly key: string;
    readonly value: string;
}
