import { AwsError } from "../../own/error";
import type { ActionDeclaration, StageDeclaration } from "./declaration";
import { invalidStructure, notEmulated } from "./refusals";
import { byRunOrder } from "./runOrder";

interface Provider {
    readonly required: readonly string[];
    readonly optional: readonly string[];
    /** Least and most artifacts in and out. */
    readonly inputs: readonly [number, number];
    readonly outputs: readonly [number, number];
}

const BUILD: Provider = {
    required: ["ProjectName"],
    optional: ["PrimarySource", "BatchEnabled", "BuildspecOverride", "CombineArtifacts", "EnvironmentVariables"],
    inputs: [1, 5],
    outputs: [0, 5],
};

/** What runs here, with what AWS's action reference says of it. */
const PROVIDERS: Readonly<Record<string, Provider>> = {
    "Source/CodeStarSourceConnection": {
        required: ["ConnectionArn", "FullRepositoryId", "BranchName"],
        optional: ["OutputArtifactFormat", "DetectChanges"],
        inputs: [0, 0],
        outputs: [1, 1],
    },
    "Source/CodeCommit": { required: ["RepositoryName", "BranchName"], optional: ["OutputArtifactFormat", "PollForSourceChanges"], inputs: [0, 0], outputs: [1, 1] },
    "Build/CodeBuild": BUILD,
    "Test/CodeBuild": BUILD,
    "Approval/Manual": { required: [], optional: ["NotificationArn", "CustomData", "ExternalEntityLink"], inputs: [0, 0], outputs: [0, 0] },
};

function invalid(message: string): never {
    throw new AwsError("InvalidActionDeclarationException", message);
}

export function checkActions(stages: readonly StageDeclaration[]): void {
    const made = new Set<string>();
    for (const stage of stages) {
        const names = new Set<string>();
        // Actions of one run order start together: none of them has what another one makes.
        for (const group of byRunOrder(stage.actions)) {
            for (const action of group) {
                if (names.has(action.name)) {
                    invalid(`Action name '${action.name}' is used more than once in stage '${stage.name}'`);
                }
                names.add(action.name);
                checkAction(action);
                for (const { name } of action.inputArtifacts ?? []) {
                    if (!made.has(name)) {
                        invalid(`Input Artifact Bundle ${name} in action ${action.name} is not declared as Output Artifact Bundle in any of the preceding actions`);
                    }
                }
            }
            for (const { name } of group.flatMap((action) => action.outputArtifacts ?? [])) {
                if (made.has(name)) {
                    invalidStructure(`Output Artifact Bundle name must be unique within the pipeline. ${name} has been used more than once.`);
                }
                made.add(name);
            }
        }
    }
}

function checkAction(action: ActionDeclaration): void {
    const { category, owner, provider, version } = action.actionTypeId;
    const rules = owner === "AWS" && version === "1" ? PROVIDERS[`${category}/${provider}`] : undefined;
    if (rules === undefined) {
        const known = Object.keys(PROVIDERS).toSorted().join(", ");
        return notEmulated(`ActionType (Category: '${category}', Provider: '${provider}', Owner: '${owner}', Version: '${version}') in action '${action.name}'`, `Use one of ${known}.`);
    }
    for (const key of rules.required) {
        if (action.configuration?.[key] === undefined) {
            invalid(`Action configuration for action '${action.name}' is missing required configuration '${key}'`);
        }
    }
    for (const key of Object.keys(action.configuration ?? {})) {
        if (!rules.required.includes(key) && !rules.optional.includes(key)) {
            invalid(`Action configuration for action '${action.name}' contains unknown configuration '${key}'`);
        }
    }
    checkCount(action, "input", action.inputArtifacts?.length ?? 0, rules.inputs);
    checkCount(action, "output", action.outputArtifacts?.length ?? 0, rules.outputs);
    if (action.timeoutInMinutes !== undefined && category !== "Approval") {
        invalid(`Action '${action.name}' of category '${category}' cannot have timeoutInMinutes; only manual approval actions can`);
    }
    if (action.commands !== undefined || action.outputVariables !== undefined || action.environmentVariables !== undefined) {
        invalid(`Action '${action.name}' cannot have commands, outputVariables or environmentVariables; only actions of category Compute can`);
    }
    if (action.configuration?.BatchEnabled === "true") {
        notEmulated(`BatchEnabled of action '${action.name}'`, "Start one build for each action.");
    }
}

function checkCount(action: ActionDeclaration, what: string, count: number, [least, most]: readonly [number, number]): void {
    if (count < least || count > most) {
        const range = least === most ? String(least) : `${least} to ${most}`;
        invalid(`Action '${action.name}' has ${count} ${what} artifacts; its provider '${action.actionTypeId.provider}' needs ${range}`);
    }
}
