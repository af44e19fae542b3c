import type { ActionDeclaration, PipelineDeclaration, StageDeclaration } from "../../../local/endpoint/codepipeline/model/declaration";
import type { Setting } from "./schedule";

export const PIPELINE = "container-lambdas-dev";
export const REPOSITORY = "owner/repository";
export const BRANCH = "main";

const VARIABLE = "DEFINITION";

/** A pipeline with the stages that matter here, whose definition differs by one text. */
export function declarationOf(definition: string, { mode, kind }: Pick<Setting, "mode" | "kind">, entryRule: boolean): PipelineDeclaration {
    return {
        name: PIPELINE,
        roleArn: "arn:aws:iam::000000000000:role/container-lambdas/delivery/container-lambdas-dev.pipeline",
        artifactStore: { type: "S3", location: "container-lambdas-dev-000000000000-artifacts" },
        pipelineType: "V2",
        executionMode: mode,
        variables: [{ name: "GENERATION", defaultValue: "0" }],
        triggers: [{ providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Source", push: [triggerOf(kind)] } }],
        stages: [
            { name: "Source", actions: [SOURCE] },
            { name: "SelfUpdate", actions: [build("SelfUpdate", { namespace: "SelfUpdate" })] },
            { name: "Verify", ...(entryRule ? { beforeEntry: UNCHANGED } : {}), actions: [build("Verify")] },
            { name: "Deploy", actions: [build("Deploy", { variables: [{ name: VARIABLE, value: definition, type: "PLAINTEXT" }] })] },
        ],
    };
}

/** The text that `declarationOf` was given. */
export function definitionIn(declaration: PipelineDeclaration): string {
    const variables = declaration.stages.at(-1)?.actions[0]?.configuration?.["EnvironmentVariables"] ?? "[]";
    const found = (JSON.parse(variables) as { readonly name: string; readonly value: string }[]).find(({ name }) => name === VARIABLE);
    return found?.value ?? "";
}

const SOURCE: ActionDeclaration = {
    name: "Source",
    actionTypeId: { category: "Source", owner: "AWS", provider: "CodeStarSourceConnection", version: "1" },
    configuration: {
        ConnectionArn: "arn:aws:codeconnections:us-east-1:000000000000:connection/00000000-0000-4000-8000-000000000000",
        FullRepositoryId: REPOSITORY,
        BranchName: BRANCH,
        OutputArtifactFormat: "CODEBUILD_CLONE_REF",
        DetectChanges: "false",
    },
    outputArtifacts: [{ name: "Source" }],
    namespace: "SourceVariables",
};

const UNCHANGED: StageDeclaration["beforeEntry"] = {
    conditions: [
        {
            result: "FAIL",
            rules: [
                {
                    name: "Unchanged",
                    ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
                    configuration: { Variable: "#{SelfUpdate.RESULT}", Value: "unchanged", Operator: "EQ" },
                },
            ],
        },
    ],
};

function triggerOf(kind: Setting["kind"]): { readonly tags: { readonly includes: string[] } } | { readonly branches: { readonly includes: string[] } } {
    return kind === "tag" ? { tags: { includes: ["v*"] } } : { branches: { includes: [BRANCH] } };
}

function build(name: string, { namespace, variables }: { readonly namespace?: string; readonly variables?: readonly object[] } = {}): ActionDeclaration {
    return {
        name,
        actionTypeId: { category: "Build", owner: "AWS", provider: "CodeBuild", version: "1" },
        configuration: { ProjectName: `${PIPELINE}-${name.toLowerCase()}`, ...(variables === undefined ? {} : { EnvironmentVariables: JSON.stringify(variables) }) },
        inputArtifacts: [{ name: "Source" }],
        ...(namespace === undefined ? {} : { namespace }),
    };
}
