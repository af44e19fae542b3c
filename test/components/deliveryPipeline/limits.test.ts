import assert from "node:assert/strict";
import type { ActionDefinition, ConditionDefinition, PipelineDefinition, Push, StageDefinition } from "../../../components/deliveryPipeline/definition";
import { limitProblems, LIMITS } from "../../../components/deliveryPipeline/limits";
import { renderDelivery } from "../../../components/deliveryPipeline/render";
import { lines } from "../manifest/support";
import { BRANCH, optionsOf, TAG } from "./support";

const source: ActionDefinition = { name: "Source", category: "Source", owner: "AWS", provider: "CodeCommit", version: "1", runOrder: 1, configuration: {}, outputArtifacts: ["Source"] };
const build = (name: string, more: Partial<ActionDefinition> = {}): ActionDefinition => ({
    name,
    category: "Build",
    owner: "AWS",
    provider: "CodeBuild",
    version: "1",
    runOrder: 1,
    configuration: {},
    inputArtifacts: ["Source"],
    ...more,
});
const stage = (more: Partial<StageDefinition> = {}): StageDefinition => ({ name: "Build", actions: [build("Build")], ...more });
const pipeline = (more: Partial<PipelineDefinition> = {}): PipelineDefinition => ({
    name: "p-dev",
    roleArn: "arn:aws:iam::123456789012:role/r",
    pipelineType: "V2",
    executionMode: "QUEUED",
    artifactStores: [],
    variables: [],
    stages: [{ name: "Source", actions: [source] }, stage()],
    ...more,
});
const withStage = (more: Partial<StageDefinition>): PipelineDefinition => pipeline({ stages: [{ name: "Source", actions: [source] }, stage(more)] });
const withAction = (more: Partial<ActionDefinition>): PipelineDefinition => withStage({ actions: [build("Build", more)] });
const withPushes = (...pushes: Push[]): PipelineDefinition =>
    pipeline({ triggers: [{ providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Source", pushes } }] });
const condition = (result: string, count = 1, provider = "VariableCheck"): { condition: ConditionDefinition } => ({
    condition: {
        result,
        rules: Array.from({ length: count }, (_, index) => ({ name: `r${index}`, ruleTypeId: { category: "Rule", owner: "AWS", provider, version: "1" }, configuration: {} })),
    },
});
const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `x${index}`);
const variable = (name: string, defaultValue = "0", description = "") => ({ name, defaultValue, description });

describe("the service's limits", () => {
    it("hold for every pipeline of this project", () => {
        for (const [settings, stack] of [[BRANCH, "dev"], [TAG, "prod"]] as const) {
            assert.deepEqual(limitProblems("p", renderDelivery(optionsOf(settings, stack)).pipeline), []);
        }
    });

    it("say where they are written", () => {
        assert.ok(Object.values(LIMITS).every(({ source: written }) => /^CodePipeline (API|user guide), /.test(written)));
    });

    const cases: readonly (readonly [string, PipelineDefinition, PipelineDefinition, RegExp])[] = [
        ["the pipeline's name", pipeline({ name: "p".repeat(100) }), pipeline({ name: "p".repeat(101) }), /^p: name: has 101 characters \(limit: 1 to 100; source: CodePipeline API, PipelineName\)/],
        ["characters of names", pipeline({ name: "a.b@c-d_e" }), pipeline({ name: "a b" }), /^p: name: "a b": holds a character that is not allowed/],
        ["stages at least", pipeline(), pipeline({ stages: [{ name: "Source", actions: [source] }] }), /^p: stages: has 1 entries \(limit: 2 to 50/],
        [
            "stages at most",
            pipeline({ stages: [{ name: "Source", actions: [source] }, ...many(49).map((name) => stage({ name }))] }),
            pipeline({ stages: [{ name: "Source", actions: [source] }, ...many(50).map((name) => stage({ name }))] }),
            /^p: stages: has 51 entries/,
        ],
        ["names of stages", withStage({ name: "x".repeat(100) }), withStage({ name: "x".repeat(101) }), /has 101 characters/],
        ["a stage's name once", withStage({ name: "Other" }), withStage({ name: "Source" }), /^p: stages: "Source": is there twice/],
        ["actions of a stage", withStage({ actions: many(50).map((name) => build(name)) }), withStage({ actions: many(51).map((name) => build(name)) }), /^p: Build\.actions: has 51 entries \(limit: 1 to 50/],
        ["an action's name once", withStage({ actions: [build("a"), build("b")] }), withStage({ actions: [build("a"), build("a")] }), /^p: Build\.actions: "a": is there twice/],
        ["a stage's actions", withStage({ actions: [build("a")] }), withStage({ actions: [] }), /^p: Build\.actions: has 0 entries/],
        ["the run order", withAction({ runOrder: 999 }), withAction({ runOrder: 1_000 }), /^p: Build\.Build\.runOrder: 1000: is out of range \(limit: 1 to 999/],
        [
            "a configuration's value",
            withAction({ configuration: { A: "x".repeat(1_000) } }),
            withAction({ configuration: { A: "x".repeat(1_001) } }),
            /^p: Build\.Build\.A: has 1001 characters \(limit: 1 to 1000; source: CodePipeline API, ActionConfigurationValue\)\. Fix: remove at least 1 characters\.$/,
        ],
        ["a configuration's value that is empty", withAction({ configuration: { A: "x" } }), withAction({ configuration: { A: "" } }), /^p: Build\.Build\.A: has 0 characters/],
        ["a configuration's key", withAction({ configuration: { ["k".repeat(50)]: "x" } }), withAction({ configuration: { ["k".repeat(51)]: "x" } }), /has 51 characters \(limit: 1 to 50/],
        ["a namespace", withAction({ namespace: "n".repeat(100) }), withAction({ namespace: "n".repeat(101) }), /namespace: has 101 characters/],
        ["a namespace's characters", withAction({ namespace: "a@b" }), withAction({ namespace: "a.b" }), /namespace: "a\.b": holds a character/],
        ["an approval's time-out, at least", withAction({ category: "Approval", timeoutInMinutes: 5 }), withAction({ category: "Approval", timeoutInMinutes: 4 }), /timeoutInMinutes: 4: is out of range \(limit: 5 to 86400/],
        ["an approval's time-out, at most", withAction({ category: "Approval", timeoutInMinutes: 86_400 }), withAction({ category: "Approval", timeoutInMinutes: 86_401 }), /timeoutInMinutes: 86401: is out of range/],
        ["time-outs for approvals only", withAction({ category: "Approval", timeoutInMinutes: 60 }), withAction({ timeoutInMinutes: 60 }), /timeoutInMinutes: 60: is for approvals only/],
        ["sources in the first stage only", pipeline(), withAction({ category: "Source" }), /^p: Build\.Build: "Source": has the wrong stage/],
        ["nothing but sources in the first stage", pipeline(), pipeline({ stages: [{ name: "Source", actions: [source, build("x", { runOrder: 2 })] }, stage()] }), /^p: Source\.x: "Build": has the wrong stage/],
        ["artifacts that exist", withAction({ inputArtifacts: ["Source"] }), withAction({ inputArtifacts: ["Other"] }), /inputArtifacts: "Other": is an artifact that no earlier action makes/],
        ["artifacts made once", withAction({ outputArtifacts: ["Other"] }), withAction({ outputArtifacts: ["Source"] }), /outputArtifacts: "Source": is made twice/],
        ["an artifact's name", withAction({ outputArtifacts: ["a_b-C"] }), withAction({ outputArtifacts: ["a.b"] }), /outputArtifacts: "a\.b": holds a character/],
        ["variables", pipeline({ variables: many(50).map((name) => variable(name)) }), pipeline({ variables: many(51).map((name) => variable(name)) }), /^p: variables: has 51 entries/],
        ["a variable's name", pipeline({ variables: [variable("v".repeat(128))] }), pipeline({ variables: [variable("v".repeat(129))] }), /has 129 characters/],
        ["a variable's value", pipeline({ variables: [variable("V", "x".repeat(1_000))] }), pipeline({ variables: [variable("V", "x".repeat(1_001))] }), /variables\.V\.defaultValue: has 1001 characters/],
        ["a variable's description", pipeline({ variables: [variable("V", "0", "x".repeat(200))] }), pipeline({ variables: [variable("V", "0", "x".repeat(201))] }), /variables\.V\.description: has 201 characters/],
        [
            "triggers",
            withPushes({ tags: { includes: ["v*"] } }),
            pipeline({ triggers: many(51).map((sourceActionName) => ({ providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName, pushes: [{ tags: { includes: ["v*"] } }] } })) }),
            /^p: triggers: has 51 entries/,
        ],
        ["push filters", withPushes(...many(3).map((tag) => ({ tags: { includes: [tag] } }))), withPushes(...many(4).map((tag) => ({ tags: { includes: [tag] } }))), /pushes: has 4 entries \(limit: 1 to 3/],
        ["patterns of a filter", withPushes({ branches: { includes: many(8) } }), withPushes({ branches: { includes: many(9) } }), /branches\.includes: has 9 entries \(limit: 1 to 8/],
        ["a pattern's length", withPushes({ branches: { includes: ["x".repeat(255)] } }), withPushes({ branches: { includes: ["x".repeat(256)] } }), /has 256 characters/],
        [
            "filters' combinations: branches with paths, not tags with paths",
            withPushes({ branches: { includes: ["main"] }, filePaths: { excludes: ["docs/**"] } }),
            withPushes({ tags: { includes: ["v*"] }, filePaths: { excludes: ["docs/**"] } }),
            /pushes\[0\]: "tags \+ filePaths": is no combination that a filter may have/,
        ],
        ["filters' combinations: not paths alone", withPushes({ branches: { includes: ["main"] } }), withPushes({ filePaths: { includes: ["app/**"] } }), /"filePaths": is no combination/],
        ["a condition's rules", withStage({ beforeEntry: condition("FAIL", 5) }), withStage({ beforeEntry: condition("FAIL", 6) }), /Build\.beforeEntry\.rules: has 6 entries \(limit: 1 to 5/],
        ["a condition's result", withStage({ beforeEntry: condition("SKIP") }), withStage({ beforeEntry: condition("ROLLBACK") }), /Build\.beforeEntry\.result: "ROLLBACK": is no result of this condition .* Fix: use FAIL or SKIP/],
        ["a result after success", withStage({ onSuccess: condition("ROLLBACK") }), withStage({ onSuccess: condition("SKIP") }), /Build\.onSuccess\.result: "SKIP"/],
        ["who may skip a stage", withStage({ beforeEntry: condition("SKIP", 1, "LambdaInvoke") }), withStage({ beforeEntry: condition("SKIP", 1, "CloudWatchAlarm") }), /"CloudWatchAlarm": cannot decide that a stage is skipped .* Fix: use LambdaInvoke or VariableCheck/],
        ["no entry of the source stage", pipeline(), pipeline({ stages: [{ name: "Source", actions: [source], beforeEntry: condition("FAIL") }, stage()] }), /Source\.beforeEntry: is a condition of the source stage/],
        [
            "retries or conditions on failure",
            withStage({ onFailure: { result: "RETRY", retryConfiguration: { retryMode: "FAILED_ACTIONS" } } }),
            withStage({ onFailure: { ...condition("ROLLBACK"), retryConfiguration: { retryMode: "FAILED_ACTIONS" } } }),
            /Build\.onFailure: has both a condition and a retry/,
        ],
    ];
    for (const [what, good, bad, expected] of cases) {
        it(`bound ${what}`, () => {
            assert.deepEqual(lines(limitProblems("p", good)), []);
            const found = lines(limitProblems("p", bad));
            assert.ok(found.length >= 1 && found.every((line) => expected.test(line) || found.length > 1), found.join("\n"));
            assert.ok(found.some((line) => expected.test(line)), found.join("\n"));
        });
    }
});
