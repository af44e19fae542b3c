import assert from "node:assert/strict";
import type { AwsResourceType } from "../../../../local/providers/aws/clients";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const PIPELINE = "aws:codepipeline/pipeline:Pipeline";
const ARN = "arn:aws:codepipeline:us-east-1:000000000000:p";

const source = {
    name: "Source",
    category: "Source",
    owner: "AWS",
    provider: "CodeStarSourceConnection",
    version: "1",
    namespace: "SourceVariables",
    outputArtifacts: ["source"],
    configuration: { ConnectionArn: "arn:connection", FullRepositoryId: "team/code", BranchName: "main", DetectChanges: "false" },
};
const build = {
    name: "Verify",
    category: "Build",
    owner: "AWS",
    provider: "CodeBuild",
    version: "1",
    runOrder: 2,
    inputArtifacts: ["source"],
    roleArn: "arn:aws:iam::000000000000:role/step",
    configuration: { ProjectName: "p-verify", EnvironmentVariables: '[{"name":"STEP","value":"verify"}]' },
};
const approval = { name: "Approve", category: "Approval", owner: "AWS", provider: "Manual", version: "1", runOrder: 3, timeoutInMinutes: 1440, configuration: { CustomData: "go?" } };
const rule = {
    name: "unchanged",
    ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
    configuration: { Variable: "#{SelfUpdate.RESULT}", Value: "unchanged", Operator: "EQ" },
};

function pipelineInputs(changes: Properties = {}): Properties {
    return checkedInputs(PIPELINE, {
        name: "p",
        pipelineType: "V2",
        executionMode: "QUEUED",
        roleArn: "arn:aws:iam::000000000000:role/pipeline",
        artifactStores: [{ location: "artifacts", type: "S3", encryptionKey: { id: "arn:key", type: "KMS" } }],
        variables: [{ name: "GENERATION", defaultValue: "0" }],
        triggers: [
            {
                providerType: "CodeStarSourceConnection",
                gitConfiguration: { sourceActionName: "Source", pushes: [{ branches: { includes: ["main"] }, filePaths: { excludes: ["docs/**"] } }] },
            },
        ],
        stages: [
            { name: "Source", actions: [source] },
            {
                name: "Verify",
                actions: [build, approval],
                beforeEntry: { condition: { result: "FAIL", rules: [rule] } },
                onSuccess: { condition: { result: "FAIL", rules: [rule] } },
                onFailure: { result: "RETRY", retryConfiguration: { retryMode: "FAILED_ACTIONS" } },
            },
        ],
        ...changes,
    });
}

/** A CodePipeline that keeps one definition, and adds to it what the service adds. */
function pipelineFake(more: Answers = {}): Answers {
    let stored: { stages: { actions: object[] }[]; triggers?: object[] } | undefined;
    let tags: unknown;
    const keep = ({ pipeline, tags: given }: Readonly<Record<string, unknown>>): object => {
        tags ??= given;
        stored = JSON.parse(JSON.stringify(pipeline)) as NonNullable<typeof stored>;
        return { pipeline };
    };
    return {
        "codepipeline.createPipeline": keep,
        "codepipeline.updatePipeline": keep,
        "codepipeline.getPipeline": () => ({
            pipeline: { ...stored, version: 3, stages: stored?.stages.map((stage) => ({ ...stage, actions: stage.actions.map((action) => ({ runOrder: 1, ...action })) })) },
            metadata: { pipelineArn: ARN },
        }),
        "codepipeline.listTagsForResource": () => ({ tags }),
        "codepipeline.tagResource": () => ({}),
        "codepipeline.untagResource": () => ({}),
        "codepipeline.deletePipeline": () => ({}),
        ...more,
    };
}

describe(PIPELINE, () => {
    const type: AwsResourceType = typeOf(PIPELINE);

    it("is read back as it was given, with what the service adds only in its outputs", async () => {
        const inputs = pipelineInputs({ tags: { a: "1" } });
        const aws = fakeAws(pipelineFake());
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, "p");
        const found = await aws.operations.read(type, id, inputs, state, OPERATION);
        assert.deepEqual(found?.inputs, inputs);
        assert.equal(found?.state["arn"], ARN);
        const [first] = (found?.state["stages"] ?? []) as readonly { actions: readonly { runOrder?: number }[] }[];
        assert.equal(first?.actions[0]?.runOrder, 1);
        assert.deepEqual(found?.state["triggerAlls"], [
            {
                providerType: "CodeStarSourceConnection",
                gitConfigurations: [
                    {
                        sourceActionName: "Source",
                        pullRequests: [],
                        pushes: [{ branches: [{ includes: ["main"], excludes: [] }], filePaths: [{ includes: [], excludes: ["docs/**"] }], tags: [] }],
                    },
                ],
            },
        ]);
    });

    it("sends conditions, variables and triggers in the service's words", async () => {
        const aws = fakeAws(pipelineFake());
        await aws.operations.create(type, pipelineInputs(), OPERATION);
        const sent = aws.requests.get("codepipeline.createPipeline")?.["pipeline"] as { stages: Record<string, unknown>[]; triggers: unknown; variables: unknown; artifactStore: unknown };
        assert.deepEqual(sent.stages[1]?.["beforeEntry"], { conditions: [{ result: "FAIL", rules: [rule] }] });
        assert.deepEqual(sent.stages[1]?.["onFailure"], { result: "RETRY", retryConfiguration: { retryMode: "FAILED_ACTIONS" } });
        assert.deepEqual(sent.triggers, [
            { providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Source", push: [{ branches: { includes: ["main"] }, filePaths: { excludes: ["docs/**"] } }] } },
        ]);
        assert.deepEqual([sent.variables, sent.artifactStore], [[{ name: "GENERATION", defaultValue: "0" }], { location: "artifacts", type: "S3", encryptionKey: { id: "arn:key", type: "KMS" } }]);
        const [action] = (sent.stages[1]?.["actions"] ?? []) as readonly Record<string, unknown>[];
        assert.deepEqual([action?.["actionTypeId"], action?.["inputArtifacts"]], [{ category: "Build", owner: "AWS", provider: "CodeBuild", version: "1" }, [{ name: "source" }]]);
    });

    it("makes a new version for a change of the definition, and none for tags", async () => {
        const old = pipelineInputs({ tags: { a: "1", b: "2" } });
        const aws = fakeAws(pipelineFake());
        const { state } = await aws.operations.create(type, old, OPERATION);
        const tagged = { ...pipelineInputs({ tags: { a: "3" } }) };
        await aws.operations.update(type, "p", old, tagged, state, OPERATION);
        assert.equal(aws.calls.includes("codepipeline.updatePipeline"), false);
        assert.deepEqual(aws.requests.get("codepipeline.tagResource"), { resourceArn: ARN, tags: [{ key: "a", value: "3" }] });
        assert.deepEqual(aws.requests.get("codepipeline.untagResource"), { resourceArn: ARN, tagKeys: ["b"] });
        await aws.operations.update(type, "p", tagged, pipelineInputs({ tags: { a: "3" }, executionMode: "SUPERSEDED" }), state, OPERATION);
        assert.equal(aws.calls.filter((call) => call === "codepipeline.updatePipeline").length, 1);
    });

    it("is replaced for another name only", () => {
        const old = pipelineInputs();
        assert.deepEqual(diffResource(type, old, pipelineInputs({ name: "q" })).replaces, ["name"]);
        assert.deepEqual(diffResource(type, old, pipelineInputs({ roleArn: "arn:other" })).replaces, []);
        assert.deepEqual(diffResource(type, old, pipelineInputs()).changed, []);
    });

    it("leaves alone the trigger that the service adds, and shows one that was taken away", async () => {
        const added = { providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Source" } };
        const answers = (triggers: readonly object[]): Answers => ({
            ...pipelineFake(),
            "codepipeline.getPipeline": () => ({ pipeline: { name: "p", stages: [], triggers }, metadata: { pipelineArn: ARN } }),
        });
        const without = { ...pipelineInputs() };
        delete without["triggers"];
        assert.equal((await fakeAws(answers([added])).operations.read(type, "p", without, {}, OPERATION))?.inputs["triggers"], undefined);
        assert.notDeepEqual((await fakeAws(answers([])).operations.read(type, "p", pipelineInputs(), {}, OPERATION))?.inputs["triggers"], pipelineInputs()["triggers"]);
    });

    it("tries again while its role cannot be assumed, and not for other refusals", async () => {
        const answers = pipelineFake();
        let refusals = 1;
        const aws = fakeAws({
            ...answers,
            "codepipeline.createPipeline": (request) => {
                if (refusals-- > 0) {
                    throw awsError("InvalidStructureException", "CodePipeline is not authorized to perform AssumeRole on role pipeline");
                }
                return answers["codepipeline.createPipeline"]?.(request);
            },
        });
        await aws.operations.create(type, pipelineInputs(), OPERATION);
        assert.equal(aws.calls.filter((call) => call === "codepipeline.createPipeline").length, 2);
        const refused = fakeAws({
            "codepipeline.createPipeline": () => {
                throw awsError("InvalidStructureException", "Pipeline has no stages");
            },
        });
        await assert.rejects(refused.operations.create(type, pipelineInputs(), OPERATION), /Pipeline has no stages/);
        assert.equal(refused.calls.length, 1);
    });

    it("has vanished when the service does not know it, and can be deleted then", async () => {
        const gone = (): never => {
            throw awsError("PipelineNotFoundException");
        };
        const aws = fakeAws({ "codepipeline.getPipeline": gone, "codepipeline.deletePipeline": gone });
        assert.equal(await aws.operations.read(type, "p", pipelineInputs(), {}, OPERATION), undefined);
        await aws.operations.delete(type, "p", {}, OPERATION);
    });

    it("keeps one store for each region of a pipeline that spans several", async () => {
        const stores = [
            { location: "a", type: "S3", region: "eu-west-1" },
            { location: "b", type: "S3", region: "us-east-1" },
        ];
        const inputs = pipelineInputs({ artifactStores: stores });
        const aws = fakeAws(pipelineFake());
        const { state } = await aws.operations.create(type, inputs, OPERATION);
        const sent = aws.requests.get("codepipeline.createPipeline")?.["pipeline"] as Record<string, unknown> | undefined;
        assert.deepEqual(sent?.["artifactStores"], {
            "eu-west-1": { location: "a", type: "S3" },
            "us-east-1": { location: "b", type: "S3" },
        });
        assert.deepEqual((await aws.operations.read(type, "p", inputs, state, OPERATION))?.inputs, inputs);
    });

    it("refuses what CodePipeline would refuse, naming the property", () => {
        assert.throws(() => pipelineInputs({ pipelineType: "V1" }), /"triggers" is for pipelines of type V2.*"variables" is for pipelines of type V2.*"executionMode" is "QUEUED"/s);
        assert.throws(() => pipelineInputs({ stages: [{ name: "Source", actions: [source] }] }), /1 stages were given, and a pipeline has at least 2/);
        assert.throws(() => pipelineInputs({ artifactStores: [{ location: "a", type: "S3", region: "us-east-1" }] }), /the only artifact store has region "us-east-1"/);
        assert.throws(() => pipelineInputs({ artifactStores: [] }), /0 artifact stores were given/);
        assert.throws(
            () => pipelineInputs({ stages: [{ name: "Source", actions: [{ ...source, owner: "ThirdParty", provider: "GitHub" }] }, { name: "Verify", actions: [build] }] }),
            /"GitHub" of "ThirdParty" is not carried out/,
        );
    });

    it("refuses a property that the SDK does not have, at any depth", () => {
        assert.throws(() => pipelineInputs({ executionModus: "QUEUED" }), /"executionModus" is not known: did you mean "executionMode"\?/);
        assert.throws(
            () => pipelineInputs({ stages: [{ name: "Source", actions: [{ ...source, runorder: 1 }] }, { name: "Verify", actions: [build] }] }),
            /"stages\[0\]\.actions\[0\]\.runorder" is not known/,
        );
    });
});
