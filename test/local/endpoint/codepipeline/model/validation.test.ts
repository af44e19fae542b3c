import assert from "node:assert/strict";
import type { ActionDeclaration, PipelineDeclaration } from "../../../../../local/endpoint/codepipeline/model/declaration";
import { validate } from "../../../../../local/endpoint/codepipeline/model/validation";
import { approval, BRANCH, build, condition, pipeline, source, stage } from "../fixtures";

/** Exception and message. */
function refused(declaration: PipelineDeclaration): string {
    try {
        validate(declaration);
        return "";
    } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
    }
}

function after(...actions: readonly ActionDeclaration[]): PipelineDeclaration {
    return pipeline({ stages: [stage("Source", source()), stage("One", ...actions)] });
}

function onOne(more: object): PipelineDeclaration {
    return pipeline({ stages: [stage("Source", source()), { ...stage("One", build("A")), ...more }] });
}

const CASES: readonly (readonly [string, PipelineDeclaration, string])[] = [
    [
        "a configuration value of 1001 characters",
        after(build("A", { configuration: { EnvironmentVariables: "x".repeat(1001) } })),
        `ValidationException: 1 validation error detected: Value '{"ProjectName":"project-a","EnvironmentVariables":"${"x".repeat(1001)}"}' at 'pipeline.stages.2.member.actions.1.member.configuration' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 1000]`,
    ],
    [
        "a name with a space",
        pipeline({ name: "a b" }),
        "ValidationException: 1 validation error detected: Value 'a b' at 'pipeline.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+",
    ],
    [
        "several broken constraints, all at once",
        pipeline({ name: "", roleArn: "role" }),
        "ValidationException: 3 validation errors detected: Value '' at 'pipeline.name' failed to satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'pipeline.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [A-Za-z0-9.@\\-_]+; Value 'role' at 'pipeline.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*",
    ],
    ["a first stage with another action", pipeline({ stages: [stage("Source", source(), build("A", { inputArtifacts: [] })), stage("One", build("B"))] }), "InvalidStructureException: Pipeline should start with a stage that only contains source actions"],
    ["a source in a later stage", after(source()), "InvalidStructureException: Source actions can only be included in the first stage of the pipeline"],
    ["one stage only", pipeline({ stages: [stage("Source", source())] }), "InvalidStructureException: Pipeline has 1 stage. There should be at least 2 stages in a pipeline"],
    [
        "51 stages",
        pipeline({ stages: [stage("Source", source()), ...Array.from({ length: 50 }, (_, index) => stage(`S${index}`, build("A")))] }),
        "InvalidStructureException: Pipeline has too many stages. There can only be up to 50 stages in a pipeline",
    ],
    ["a stage without an action", after(), "InvalidStageDeclarationException: Stage 'One' should have at least 1 action"],
    ["two stages of one name", pipeline({ stages: [stage("Source", source()), stage("One", build("A")), stage("One", build("B"))] }), "InvalidStageDeclarationException: Stage name 'One' is used more than once"],
    ["two actions of one name", after(build("A"), build("A")), "InvalidActionDeclarationException: Action name 'A' is used more than once in stage 'One'"],
    ["a missing setting", after({ ...build("A"), configuration: {} }), "InvalidActionDeclarationException: Action configuration for action 'A' is missing required configuration 'ProjectName'"],
    ["an unknown setting", after(build("A", { configuration: { Projectname: "a" } })), "InvalidActionDeclarationException: Action configuration for action 'A' contains unknown configuration 'Projectname'"],
    [
        "an artifact that nobody makes",
        after(build("A", { inputArtifacts: [{ name: "Nothing" }] })),
        "InvalidActionDeclarationException: Input Artifact Bundle Nothing in action A is not declared as Output Artifact Bundle in any of the preceding actions",
    ],
    [
        "an artifact made by an action that starts together with its user",
        after(build("A", { outputArtifacts: [{ name: "Built" }] }), build("B", { inputArtifacts: [{ name: "Built" }] })),
        "InvalidActionDeclarationException: Input Artifact Bundle Built in action B is not declared as Output Artifact Bundle in any of the preceding actions",
    ],
    ["an artifact made twice", after(build("A", { outputArtifacts: [{ name: "Sources" }] })), "InvalidStructureException: Output Artifact Bundle name must be unique within the pipeline. Sources has been used more than once."],
    ["a build without an input", after(build("A", { inputArtifacts: [] })), "InvalidActionDeclarationException: Action 'A' has 0 input artifacts; its provider 'CodeBuild' needs 1 to 5"],
    ["a time-out of a build", after(build("A", { timeoutInMinutes: 10 })), "InvalidActionDeclarationException: Action 'A' of category 'Build' cannot have timeoutInMinutes; only manual approval actions can"],
    ["variables twice", pipeline({ variables: [{ name: "A" }, { name: "A" }] }), "InvalidStructureException: Variable names must be unique. The following variable name is already in use: A"],
    ["variables of a V1 pipeline", pipeline({ pipelineType: "V1" }), "InvalidStructureException: Pipeline variable can only be used with V2 pipelines"],
    ["triggers of a V1 pipeline", pipeline({ pipelineType: "V1", variables: [], triggers: [BRANCH] }), "InvalidStructureException: Triggers on tag can only be used with V2 pipelines"],
    ["the queue of a V1 pipeline", pipeline({ pipelineType: "V1", variables: [], executionMode: "QUEUED" }), "InvalidStructureException: QUEUED or PARALLEL mode can only be used with V2 pipelines"],
    [
        "a condition of a V1 pipeline",
        { ...onOne({ beforeEntry: { conditions: [condition("FAIL", "a", "EQ", "a")] } }), pipelineType: "V1", variables: [] },
        "InvalidStageDeclarationException: Stage level conditions can only be used with V2 pipelines.",
    ],
    [
        "a trigger of an action that is no connection",
        pipeline({ triggers: [{ ...BRANCH, gitConfiguration: { sourceActionName: "First" } }] }),
        "InvalidStructureException: Triggers for connections must reference a CodeStarSourceConnection action.",
    ],
    [
        "a filter on tags and branches",
        pipeline({ triggers: [{ ...BRANCH, gitConfiguration: { sourceActionName: "Checkout", push: [{ tags: { includes: ["v*"] }, branches: { includes: ["main"] } }] } }] }),
        "InvalidStructureException: A push filter of the trigger for 'Checkout' cannot have tags together with branches or file paths",
    ],
    [
        "a variable of a namespace that comes later",
        pipeline({ stages: [stage("Source", source()), stage("One", build("A", { configuration: { EnvironmentVariables: "#{Late.X}" } })), stage("Two", build("B", { namespace: "Late" }))] }),
        "InvalidActionDeclarationException: Action 'A' in stage 'One' references the variable #{Late.X}, but no action before it has the namespace 'Late'",
    ],
    [
        "a pipeline variable that is not declared",
        after(build("A", { configuration: { EnvironmentVariables: "#{variables.OTHER}" } })),
        "InvalidActionDeclarationException: Action 'A' in stage 'One' references the variable #{variables.OTHER}, which is not declared",
    ],
    [
        "a namespace of two actions",
        after(build("A", { namespace: "SourceVariables" })),
        "InvalidActionDeclarationException: The namespace 'SourceVariables' of action 'A' is reserved or used by another action",
    ],
    [
        "a rule that checks a variable of its own stage",
        pipeline({ stages: [stage("Source", source()), { ...stage("One", build("A", { namespace: "Own" })), beforeEntry: { conditions: [condition("FAIL", "#{Own.X}", "EQ", "a")] } }] }),
        "InvalidActionDeclarationException: Rule 'Rule' of stage 'One' references the variable #{Own.X}, but no action before it has the namespace 'Own'",
    ],
    [
        "a condition with another result",
        onOne({ beforeEntry: { conditions: [{ ...condition("FAIL", "a", "EQ", "a"), result: "ROLLBACK" }] } }),
        "InvalidStageDeclarationException: The beforeEntry condition of stage 'One' has result 'ROLLBACK'. Valid results are FAIL and SKIP",
    ],
    [
        "two conditions",
        onOne({ beforeEntry: { conditions: [condition("FAIL", "a", "EQ", "a"), condition("SKIP", "a", "EQ", "a")] } }),
        "ValidationException: 1 validation error detected: Value '[{\"result\":\"FAIL\",\"rules\":[{\"name\":\"Rule\",\"ruleTypeId\":{\"category\":\"Rule\",\"owner\":\"AWS\",\"provider\":\"VariableCheck\",\"version\":\"1\"},\"configuration\":{\"Variable\":\"a\",\"Operator\":\"EQ\",\"Value\":\"a\"}}]},{\"result\":\"SKIP\",\"rules\":[{\"name\":\"Rule\",\"ruleTypeId\":{\"category\":\"Rule\",\"owner\":\"AWS\",\"provider\":\"VariableCheck\",\"version\":\"1\"},\"configuration\":{\"Variable\":\"a\",\"Operator\":\"EQ\",\"Value\":\"a\"}}]}]' at 'pipeline.stages.2.member.beforeEntry.conditions' failed to satisfy constraint: Member must have length less than or equal to 1",
    ],
    [
        "an unknown operator",
        onOne({ beforeEntry: { conditions: [condition("FAIL", "a", "GT", "a")] } }),
        "InvalidStageDeclarationException: Rule configuration for rule 'Rule' has Operator 'GT'. Valid operators are CONTAINS, EQ, MATCHES, NE",
    ],
    [
        "both forms of onFailure",
        onOne({ onFailure: { result: "FAIL", conditions: [condition("FAIL", "a", "EQ", "a")] } }),
        "InvalidStageDeclarationException: The following stage cannot have a failure exit gate configured with both top level result and conditions: 'One'",
    ],
    ["no artifact store", { ...pipeline(), artifactStore: undefined }, "InvalidStructureException: Pipeline should contain exactly one of artifactStore and artifactStores"],
    [
        "an automatic retry, which is not emulated",
        onOne({ onFailure: { result: "RETRY" } }),
        "NotEmulatedException: onFailure of stage 'One' with a result other than FAIL was given, which the emulator does not run. Leave it out: a failed stage is retried by RetryStageExecution.",
    ],
    [
        "a provider that is not emulated",
        after({ ...build("A"), actionTypeId: { category: "Deploy", owner: "AWS", provider: "Lambda", version: "1" } }),
        "NotEmulatedException: ActionType (Category: 'Deploy', Provider: 'Lambda', Owner: 'AWS', Version: '1') in action 'A' was given, which the emulator does not run. Use one of Approval/Manual, Build/CodeBuild, Source/CodeCommit, Source/CodeStarSourceConnection, Test/CodeBuild.",
    ],
];

describe("emulated CodePipeline: declarations", () => {
    for (const [what, declaration, message] of CASES) {
        it(`refuse ${what}`, () => {
            assert.equal(refused(declaration), message);
        });
    }

    it("are completed with the defaults that GetPipeline shows", () => {
        const { executionMode: _mode, ...rest } = pipeline({ stages: [stage("Source", source()), stage("Approve", approval("Human"))] });
        const completed = validate(rest);
        assert.equal(completed.executionMode, "SUPERSEDED");
        assert.deepEqual(completed.stages[1]?.actions[0], { ...approval("Human"), runOrder: 1, configuration: {}, inputArtifacts: [], outputArtifacts: [] });
    });

    it("survive their own completion: what GetPipeline answers can be given to UpdatePipeline", () => {
        const completed = validate(pipeline({ triggers: [BRANCH] }));
        assert.deepEqual(validate(completed), completed);
    });
});
