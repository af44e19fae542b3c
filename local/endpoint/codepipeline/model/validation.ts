import { AwsError } from "../../own/error";
import { checkActions } from "./actionRules";
import { checkShape } from "./constraints";
import type { PipelineDeclaration, StageDeclaration, TriggerDeclaration } from "./declaration";
import { checkCondition } from "./conditionRules";
import { checkReferences } from "./referenceRules";
import { invalidStructure, notEmulated } from "./refusals";
import { PIPELINE_SHAPE } from "./shapes";

/**
 * Checks a declaration as CreatePipeline and UpdatePipeline do, and completes it with the defaults that GetPipeline shows.
 *
 * @throws AwsError with the API's exception names.
 */
export function validate(declaration: PipelineDeclaration): PipelineDeclaration {
    checkShape(PIPELINE_SHAPE, declaration, "pipeline");
    checkStores(declaration);
    checkStages(declaration.stages);
    checkType(declaration);
    const names = new Set<string>();
    for (const stage of declaration.stages) {
        if (names.has(stage.name)) {
            throw new AwsError("InvalidStageDeclarationException", `Stage name '${stage.name}' is used more than once`);
        }
        names.add(stage.name);
        checkGates(stage);
    }
    checkVariables(declaration);
    checkActions(declaration.stages);
    checkTriggers(declaration);
    checkReferences(declaration);
    if (declaration.executionMode === "PARALLEL") {
        notEmulated('"PARALLEL" as executionMode', "Use SUPERSEDED or QUEUED: a stack with state must not be deployed by two runs at once.");
    }
    return complete(declaration);
}

function checkStores({ artifactStore, artifactStores }: PipelineDeclaration): void {
    if ((artifactStore === undefined) === (artifactStores === undefined)) {
        invalidStructure("Pipeline should contain exactly one of artifactStore and artifactStores");
    }
    if (artifactStores !== undefined) {
        notEmulated("artifactStores", "Use artifactStore: the emulator has one region.");
    }
}

function checkStages(stages: readonly StageDeclaration[]): void {
    if (stages.length > 50) {
        invalidStructure("Pipeline has too many stages. There can only be up to 50 stages in a pipeline");
    }
    if (stages.length < 2) {
        invalidStructure(`Pipeline has ${stages.length} stage${stages.length === 1 ? "" : "s"}. There should be at least 2 stages in a pipeline`);
    }
    stages.forEach((stage, index) => {
        if (stage.actions.length === 0) {
            throw new AwsError("InvalidStageDeclarationException", `Stage '${stage.name}' should have at least 1 action`);
        }
        if (stage.actions.length > 50) {
            throw new AwsError("InvalidStageDeclarationException", `Stage '${stage.name}' has too many actions. There can only be up to 50 actions in a stage`);
        }
        const sources = stage.actions.filter((action) => action.actionTypeId.category === "Source").length;
        if (index === 0 && sources < stage.actions.length) {
            invalidStructure("Pipeline should start with a stage that only contains source actions");
        }
        if (index > 0 && sources > 0) {
            invalidStructure("Source actions can only be included in the first stage of the pipeline");
        }
    });
}

/** What only a V2 pipeline may have. */
function checkType(declaration: PipelineDeclaration): void {
    if (declaration.pipelineType === "V2") {
        return;
    }
    if (declaration.triggers !== undefined && declaration.triggers.length > 0) {
        invalidStructure("Triggers on tag can only be used with V2 pipelines");
    }
    if (declaration.variables !== undefined && declaration.variables.length > 0) {
        invalidStructure("Pipeline variable can only be used with V2 pipelines");
    }
    if (declaration.executionMode !== undefined && declaration.executionMode !== "SUPERSEDED") {
        invalidStructure("QUEUED or PARALLEL mode can only be used with V2 pipelines");
    }
    if (declaration.stages.some((stage) => (stage.beforeEntry ?? stage.onSuccess ?? stage.onFailure) !== undefined)) {
        throw new AwsError("InvalidStageDeclarationException", "Stage level conditions can only be used with V2 pipelines.");
    }
}

function checkGates(stage: StageDeclaration): void {
    if (stage.blockers !== undefined && stage.blockers.length > 0) {
        throw new AwsError("InvalidBlockerDeclarationException", `Stage '${stage.name}' declares blockers, which are reserved for future use`);
    }
    if (stage.onSuccess !== undefined) {
        notEmulated(`onSuccess of stage '${stage.name}'`, "Use beforeEntry of the stage after it.");
    }
    const { onFailure } = stage;
    if (onFailure?.result !== undefined && onFailure.conditions !== undefined) {
        throw new AwsError(
            "InvalidStageDeclarationException",
            `The following stage cannot have a failure exit gate configured with both top level result and conditions: '${stage.name}'`,
        );
    }
    if (onFailure?.conditions !== undefined || (onFailure?.result ?? "FAIL") !== "FAIL") {
        notEmulated(`onFailure of stage '${stage.name}' with a result other than FAIL`, "Leave it out: a failed stage is retried by RetryStageExecution.");
    }
    for (const condition of stage.beforeEntry?.conditions ?? []) {
        checkCondition(stage.name, condition);
    }
}

function checkVariables(declaration: PipelineDeclaration): void {
    const names = new Set<string>();
    for (const { name } of declaration.variables ?? []) {
        if (names.has(name)) {
            invalidStructure(`Variable names must be unique. The following variable name is already in use: ${name}`);
        }
        names.add(name);
    }
}

function checkTriggers(declaration: PipelineDeclaration): void {
    const used = new Set<string>();
    for (const { gitConfiguration } of declaration.triggers ?? []) {
        const { sourceActionName, push = [], pullRequest = [] } = gitConfiguration;
        const source = declaration.stages[0]?.actions.find((action) => action.name === sourceActionName);
        if (source?.actionTypeId.provider !== "CodeStarSourceConnection") {
            invalidStructure("Triggers for connections must reference a CodeStarSourceConnection action.");
        }
        if (used.has(sourceActionName)) {
            invalidStructure(`The source action '${sourceActionName}' is referenced by more than one trigger`);
        }
        used.add(sourceActionName);
        for (const filter of push) {
            if (filter.tags !== undefined && (filter.branches ?? filter.filePaths) !== undefined) {
                invalidStructure(`A push filter of the trigger for '${sourceActionName}' cannot have tags together with branches or file paths`);
            }
            if (filter.filePaths !== undefined && filter.branches === undefined) {
                invalidStructure(`A push filter of the trigger for '${sourceActionName}' cannot have file paths without branches`);
            }
        }
        if (pullRequest.length > 0) {
            notEmulated("a trigger on pull requests", "Trigger on a push.");
        }
    }
}

/** The defaults that GetPipeline shows. A connection whose changes are detected gets the trigger that AWS adds by itself. */
function complete(declaration: PipelineDeclaration): PipelineDeclaration {
    const triggers = declaration.pipelineType === "V2" ? [...(declaration.triggers ?? []), ...defaultTriggers(declaration)] : [];
    return {
        ...declaration,
        executionMode: declaration.executionMode ?? "SUPERSEDED",
        pipelineType: declaration.pipelineType ?? "V1",
        stages: declaration.stages.map((stage) => ({
            ...stage,
            actions: stage.actions.map((action) => ({
                ...action,
                runOrder: action.runOrder ?? 1,
                configuration: action.configuration ?? {},
                outputArtifacts: action.outputArtifacts ?? [],
                inputArtifacts: action.inputArtifacts ?? [],
            })),
        })),
        ...(triggers.length === 0 ? {} : { triggers }),
    };
}

function defaultTriggers(declaration: PipelineDeclaration): readonly TriggerDeclaration[] {
    const triggered = new Set((declaration.triggers ?? []).map((trigger) => trigger.gitConfiguration.sourceActionName));
    return (declaration.stages[0]?.actions ?? [])
        .filter((action) => action.actionTypeId.provider === "CodeStarSourceConnection" && !triggered.has(action.name))
        .filter((action) => (action.configuration?.DetectChanges ?? "true") !== "false")
        .map((action) => ({
            providerType: "CodeStarSourceConnection",
            gitConfiguration: { sourceActionName: action.name, push: [{ branches: { includes: [action.configuration?.BranchName ?? ""] } }] },
        }));
}
