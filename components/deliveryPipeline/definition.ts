/** A pipeline as plain values: what `aws.codepipeline.Pipeline` takes, without inputs that could be outputs. */
export interface PipelineDefinition {
    readonly name: string;
    readonly roleArn: string;
    readonly pipelineType: "V2";
    readonly executionMode: "SUPERSEDED" | "QUEUED";
    readonly artifactStores: ArtifactStore[];
    readonly variables: PipelineVariable[];
    readonly triggers?: Trigger[];
    readonly stages: StageDefinition[];
}

export interface ArtifactStore {
    readonly type: "S3";
    readonly location: string;
    readonly encryptionKey: { readonly type: "KMS"; readonly id: string };
}

export interface PipelineVariable {
    readonly name: string;
    readonly defaultValue: string;
    readonly description: string;
}

export interface Filter {
    readonly includes?: string[];
    readonly excludes?: string[];
}

export interface Push {
    readonly branches?: Filter;
    readonly filePaths?: Filter;
    readonly tags?: Filter;
}

export interface Trigger {
    readonly providerType: "CodeStarSourceConnection";
    readonly gitConfiguration: { readonly sourceActionName: string; readonly pushes: Push[] };
}

export interface RuleDefinition {
    readonly name: string;
    readonly ruleTypeId: { readonly category: "Rule"; readonly owner: "AWS"; readonly provider: string; readonly version: "1" };
    readonly configuration: Record<string, string>;
}

export interface ConditionDefinition {
    readonly result: string;
    readonly rules: RuleDefinition[];
}

export interface StageDefinition {
    readonly name: string;
    readonly beforeEntry?: { readonly condition: ConditionDefinition };
    readonly onSuccess?: { readonly condition: ConditionDefinition };
    readonly onFailure?: {
        readonly condition?: ConditionDefinition;
        readonly result?: string;
        readonly retryConfiguration?: { readonly retryMode: string };
    };
    readonly actions: ActionDefinition[];
}

export interface ActionDefinition {
    readonly name: string;
    readonly category: "Source" | "Build" | "Test" | "Approval" | "Deploy" | "Invoke" | "Compute";
    readonly owner: "AWS";
    readonly provider: string;
    readonly version: "1";
    readonly runOrder: number;
    readonly namespace?: string;
    readonly configuration: Record<string, string>;
    readonly inputArtifacts?: string[];
    readonly outputArtifacts?: string[];
    readonly timeoutInMinutes?: number;
}
