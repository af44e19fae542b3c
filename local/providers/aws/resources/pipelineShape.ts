/** A pipeline's definition as CodePipeline and as the SDK write it. */
import type {
    ActionDeclaration,
    ArtifactStore,
    Condition,
    PipelineDeclaration,
    Result,
    RuleDeclaration,
    RuleTypeId,
    StageDeclaration,
} from "@aws-sdk/client-codepipeline";
import type { PipelineArgs, PipelineState } from "@pulumi/aws/codepipeline/pipeline";
import { some } from "./absent";
import { sentTriggers, shownTriggerAlls, shownTriggers } from "./pipelineTriggers";
import type { Inputs, State } from "./types";

export type PipelineInputs = Inputs<PipelineArgs, "name">;
type Store = PipelineInputs["artifactStores"][number];
type Stage = PipelineInputs["stages"][number];
type Action = Stage["actions"][number];
/** The three kinds of conditions have one shape, by three names. */
type StageCondition = NonNullable<Stage["beforeEntry"]>["condition"];
type Rule = StageCondition["rules"][number];

export function sentPipeline(inputs: PipelineInputs): PipelineDeclaration {
    const [only, ...more] = inputs.artifactStores;
    return {
        name: inputs.name,
        roleArn: inputs.roleArn,
        executionMode: inputs.executionMode as PipelineDeclaration["executionMode"],
        pipelineType: inputs.pipelineType as PipelineDeclaration["pipelineType"],
        ...(only !== undefined && more.length === 0
            ? { artifactStore: sentStore(only) }
            : { artifactStores: Object.fromEntries(inputs.artifactStores.map((store) => [store.region ?? "", sentStore(store)])) }),
        stages: inputs.stages.map(sentStage),
        triggers: inputs.triggers === undefined ? undefined : sentTriggers(inputs.triggers),
        variables: inputs.variables,
    };
}

export function shownPipeline(found: PipelineDeclaration, known: Partial<PipelineInputs>): State<PipelineState> {
    return {
        artifactStores:
            found.artifactStore === undefined
                ? Object.entries(found.artifactStores ?? {}).map(([region, store]) => ({ ...shownStore(store), region }))
                : [shownStore(found.artifactStore)],
        executionMode: found.executionMode ?? "SUPERSEDED",
        name: found.name,
        pipelineType: found.pipelineType ?? "V1",
        roleArn: found.roleArn,
        stages: (found.stages ?? []).map(shownStage),
        triggerAlls: shownTriggerAlls(found.triggers ?? []),
        // CodePipeline adds a trigger for each source action: one that the program does not declare is shown only among all.
        triggers: known.triggers === undefined ? undefined : shownTriggers(found.triggers ?? []),
        variables: some(found.variables)?.map((variable) => ({ name: variable.name ?? "", defaultValue: variable.defaultValue, description: variable.description })),
    };
}

function sentStore({ location, type, encryptionKey }: Store): ArtifactStore {
    return {
        location,
        type: type as ArtifactStore["type"],
        encryptionKey: encryptionKey === undefined ? undefined : { id: encryptionKey.id, type: encryptionKey.type as "KMS" },
    };
}

function shownStore({ location, type, encryptionKey }: ArtifactStore): Store {
    return {
        location: location ?? "",
        type: type ?? "",
        encryptionKey: encryptionKey === undefined ? undefined : { id: encryptionKey.id ?? "", type: encryptionKey.type ?? "" },
    };
}

function sentStage({ name, actions, beforeEntry, onSuccess, onFailure }: Stage): StageDeclaration {
    return {
        name,
        actions: actions.map(sentAction),
        beforeEntry: beforeEntry === undefined ? undefined : { conditions: [sentCondition(beforeEntry.condition)] },
        onSuccess: onSuccess === undefined ? undefined : { conditions: [sentCondition(onSuccess.condition)] },
        onFailure:
            onFailure === undefined
                ? undefined
                : {
                      result: onFailure.result as Result | undefined,
                      conditions: onFailure.condition === undefined ? undefined : [sentCondition(onFailure.condition)],
                      retryConfiguration:
                          onFailure.retryConfiguration === undefined
                              ? undefined
                              : { retryMode: onFailure.retryConfiguration.retryMode as "FAILED_ACTIONS" | undefined },
                  },
    };
}

function shownStage({ name, actions, beforeEntry, onSuccess, onFailure }: StageDeclaration): Stage {
    const before = beforeEntry?.conditions?.[0];
    const success = onSuccess?.conditions?.[0];
    const failure = onFailure?.conditions?.[0];
    return {
        name: name ?? "",
        actions: (actions ?? []).map(shownAction),
        beforeEntry: before === undefined ? undefined : { condition: shownCondition(before) },
        onSuccess: success === undefined ? undefined : { condition: shownCondition(success) },
        onFailure:
            onFailure === undefined
                ? undefined
                : {
                      result: onFailure.result,
                      condition: failure === undefined ? undefined : shownCondition(failure),
                      retryConfiguration: onFailure.retryConfiguration === undefined ? undefined : { retryMode: onFailure.retryConfiguration.retryMode },
                  },
    };
}

function sentAction(action: Action): ActionDeclaration {
    const compute = action.outputArtifactsForComputeActions?.map(({ name, files }) => ({ name, files }));
    return {
        name: action.name,
        actionTypeId: {
            category: action.category as NonNullable<ActionDeclaration["actionTypeId"]>["category"],
            owner: action.owner as NonNullable<ActionDeclaration["actionTypeId"]>["owner"],
            provider: action.provider,
            version: action.version,
        },
        runOrder: action.runOrder,
        configuration: action.configuration,
        commands: action.commands,
        inputArtifacts: action.inputArtifacts?.map((name) => ({ name })),
        outputArtifacts: compute ?? action.outputArtifacts?.map((name) => ({ name })),
        outputVariables: action.outputVariables,
        roleArn: action.roleArn,
        region: action.region,
        namespace: action.namespace,
        timeoutInMinutes: action.timeoutInMinutes,
    };
}

function shownAction(found: ActionDeclaration): Action {
    const outputs = found.outputArtifacts ?? [];
    const compute = outputs.some(({ files }) => files !== undefined);
    return {
        name: found.name ?? "",
        category: found.actionTypeId?.category ?? "",
        owner: found.actionTypeId?.owner ?? "",
        provider: found.actionTypeId?.provider ?? "",
        version: found.actionTypeId?.version ?? "",
        runOrder: found.runOrder,
        configuration: found.configuration,
        commands: some(found.commands),
        inputArtifacts: some(found.inputArtifacts)?.map(({ name }) => name ?? ""),
        outputArtifacts: compute ? undefined : some(outputs)?.map(({ name }) => name ?? ""),
        outputArtifactsForComputeActions: compute ? outputs.map(({ name, files }) => ({ name: name ?? "", files })) : undefined,
        outputVariables: some(found.outputVariables),
        roleArn: found.roleArn,
        region: found.region,
        namespace: found.namespace,
        timeoutInMinutes: found.timeoutInMinutes,
    };
}

function sentCondition({ result, rules }: StageCondition): Condition {
    return { result: result as Result | undefined, rules: rules.map(sentRule) };
}

function shownCondition({ result, rules }: Condition): StageCondition {
    return { result, rules: (rules ?? []).map(shownRule) };
}

function sentRule(rule: Rule): RuleDeclaration {
    return {
        name: rule.name,
        ruleTypeId: {
            category: rule.ruleTypeId.category as RuleTypeId["category"],
            owner: rule.ruleTypeId.owner as RuleTypeId["owner"],
            provider: rule.ruleTypeId.provider,
            version: rule.ruleTypeId.version,
        },
        configuration: rule.configuration,
        commands: rule.commands,
        inputArtifacts: rule.inputArtifacts?.map((name) => ({ name })),
        roleArn: rule.roleArn,
        region: rule.region,
        timeoutInMinutes: rule.timeoutInMinutes,
    };
}

function shownRule(found: RuleDeclaration): Rule {
    return {
        name: found.name ?? "",
        ruleTypeId: {
            category: found.ruleTypeId?.category ?? "",
            owner: found.ruleTypeId?.owner,
            provider: found.ruleTypeId?.provider ?? "",
            version: found.ruleTypeId?.version,
        },
        configuration: found.configuration,
        commands: some(found.commands),
        inputArtifacts: some(found.inputArtifacts)?.map(({ name }) => name ?? ""),
        roleArn: found.roleArn,
        region: found.region,
        timeoutInMinutes: found.timeoutInMinutes,
    };
}
