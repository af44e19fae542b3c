import assert from "node:assert/strict";
import { diffResource } from "../../../../local/providers/framework/diff";
import type { Properties } from "../../../../local/providers/framework/values";
import { type Answers, awsError, checkedInputs, fakeAws, OPERATION, typeOf } from "./fake";

const PROJECT = "aws:codebuild/project:Project";
const GROUP = "aws:codebuild/reportGroup:ReportGroup";
const ARN = "arn:aws:codebuild:us-east-1:000000000000:project/p";
const GROUP_ARN = "arn:aws:codebuild:us-east-1:000000000000:report-group/g";

function projectInputs(changes: Properties = {}): Properties {
    return checkedInputs(PROJECT, {
        name: "p",
        serviceRole: "arn:aws:iam::000000000000:role/step",
        artifacts: { type: "CODEPIPELINE" },
        source: { type: "CODEPIPELINE", buildspec: "version: 0.2\n" },
        environment: {
            type: "LINUX_CONTAINER",
            computeType: "BUILD_GENERAL1_SMALL",
            image: "aws/codebuild/standard:7.0",
            privilegedMode: true,
            environmentVariables: [
                { name: "STACK", value: "dev" },
                { name: "TOKEN", value: "/token", type: "PARAMETER_STORE" },
            ],
        },
        cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE"] },
        logsConfig: { cloudwatchLogs: { groupName: "/aws/codebuild/p" } },
        buildTimeout: 30,
        ...changes,
    });
}

/** A CodeBuild that keeps one project, and fills in what the service fills in. */
function buildFake(more: Answers = {}): Answers {
    let stored: Record<string, unknown> | undefined;
    return {
        "codebuild.createProject": (request) => {
            stored = JSON.parse(JSON.stringify(request)) as Record<string, unknown>;
            return { project: { arn: ARN } };
        },
        "codebuild.updateProject": (request) => {
            stored = { ...stored, ...(JSON.parse(JSON.stringify(request)) as Record<string, unknown>) };
            return {};
        },
        "codebuild.batchGetProjects": () => ({
            projects: [
                {
                    arn: ARN,
                    encryptionKey: "arn:aws:kms:us-east-1:000000000000:alias/aws/s3",
                    badge: { badgeEnabled: false },
                    ...stored,
                    artifacts: { name: "p", packaging: "NONE", encryptionDisabled: false, ...(stored?.["artifacts"] as object) },
                },
            ],
        }),
        "codebuild.deleteProject": () => ({}),
        ...more,
    };
}

describe(PROJECT, () => {
    const type = typeOf(PROJECT);

    it("is read back as it was given, by its ARN", async () => {
        const inputs = projectInputs({ tags: { a: "1" } });
        const aws = fakeAws(buildFake());
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, ARN);
        const found = await aws.operations.read(type, id, inputs, state, OPERATION);
        assert.deepEqual(found?.inputs, inputs);
        assert.deepEqual(aws.requests.get("codebuild.batchGetProjects"), { names: ["p"] });
        assert.equal(found?.state["encryptionKey"], "arn:aws:kms:us-east-1:000000000000:alias/aws/s3");
    });

    it("sends what the provider fills in: kinds of variables, credentials for the image, both kinds of logs", async () => {
        const aws = fakeAws(buildFake());
        await aws.operations.create(type, projectInputs(), OPERATION);
        const sent = aws.requests.get("codebuild.createProject");
        assert.deepEqual(sent?.["environment"], {
            type: "LINUX_CONTAINER",
            computeType: "BUILD_GENERAL1_SMALL",
            image: "aws/codebuild/standard:7.0",
            privilegedMode: true,
            imagePullCredentialsType: "CODEBUILD",
            environmentVariables: [
                { name: "STACK", value: "dev", type: "PLAINTEXT" },
                { name: "TOKEN", value: "/token", type: "PARAMETER_STORE" },
            ],
        });
        assert.deepEqual(sent?.["logsConfig"], { cloudWatchLogs: { groupName: "/aws/codebuild/p", status: "ENABLED" }, s3Logs: { status: "DISABLED" } });
        assert.deepEqual([sent?.["timeoutInMinutes"], sent?.["queuedTimeoutInMinutes"]], [30, 480]);
    });

    it("carries a Docker server, and artifacts that nobody wants", async () => {
        const inputs = projectInputs({
            artifacts: { type: "NO_ARTIFACTS" },
            source: { type: "NO_SOURCE", buildspec: "version: 0.2\n" },
            environment: { type: "LINUX_CONTAINER", computeType: "BUILD_GENERAL1_SMALL", image: "i", dockerServer: { computeType: "BUILD_GENERAL1_MEDIUM" } },
        });
        const aws = fakeAws(buildFake());
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        const sent = aws.requests.get("codebuild.createProject")?.["environment"] as Record<string, unknown> | undefined;
        assert.deepEqual(sent?.["dockerServer"], { computeType: "BUILD_GENERAL1_MEDIUM" });
    });

    it("is changed in place, tags with the rest, and takes away limits explicitly", async () => {
        const old = projectInputs({ concurrentBuildLimit: 2, sourceVersion: "main", tags: { a: "1" } });
        const aws = fakeAws(buildFake());
        const { id, state } = await aws.operations.create(type, old, OPERATION);
        await aws.operations.update(type, id, old, projectInputs({ buildTimeout: 45, tags: { b: "2" } }), state, OPERATION);
        const sent = aws.requests.get("codebuild.updateProject");
        assert.deepEqual([sent?.["name"], sent?.["timeoutInMinutes"], sent?.["concurrentBuildLimit"], sent?.["sourceVersion"], sent?.["tags"]], ["p", 45, -1, "", [{ key: "b", value: "2" }]]);
    });

    it("is replaced for another name only, and not changed where the service chose", () => {
        const old = projectInputs();
        assert.deepEqual(diffResource(type, old, projectInputs({ name: "q" })).replaces, ["name"]);
        assert.deepEqual(diffResource(type, { ...old, encryptionKey: "arn:key", description: "" }, old).changed, []);
        assert.deepEqual(diffResource(type, old, projectInputs({ serviceRole: "arn:other" })).changed, ["serviceRole"]);
    });

    it("tries again while its role cannot be assumed, and not for other refusals", async () => {
        const answers = buildFake();
        let refusals = 1;
        const aws = fakeAws({
            ...answers,
            "codebuild.createProject": (request) => {
                if (refusals-- > 0) {
                    throw awsError("InvalidInputException", "CodeBuild is not authorized to perform: sts:AssumeRole on service role");
                }
                return answers["codebuild.createProject"]?.(request);
            },
        });
        await aws.operations.create(type, projectInputs(), OPERATION);
        assert.equal(aws.calls.filter((call) => call === "codebuild.createProject").length, 2);
        const refused = fakeAws({
            "codebuild.createProject": () => {
                throw awsError("InvalidInputException", "Invalid buildspec");
            },
        });
        await assert.rejects(refused.operations.create(type, projectInputs(), OPERATION), /Invalid buildspec/);
        assert.equal(refused.calls.length, 1);
    });

    it("has vanished when the service does not find it, and is deleted by name", async () => {
        const aws = fakeAws({ "codebuild.batchGetProjects": () => ({ projects: [], projectsNotFound: ["p"] }), "codebuild.deleteProject": () => ({}) });
        assert.equal(await aws.operations.read(type, ARN, projectInputs(), {}, OPERATION), undefined);
        await aws.operations.delete(type, ARN, {}, OPERATION);
        assert.deepEqual(aws.requests.get("codebuild.deleteProject"), { name: "p" });
    });

    it("can be imported by its name", async () => {
        const aws = fakeAws(buildFake());
        await aws.operations.create(type, projectInputs(), OPERATION);
        assert.equal((await aws.operations.read(type, "p", {}, {}, OPERATION))?.id, ARN);
    });

    it("refuses what CodeBuild would refuse, what it does not carry out, and what the SDK does not have", () => {
        assert.throws(() => projectInputs({ source: { type: "NO_SOURCE" } }), /"NO_SOURCE" has no "buildspec"/);
        assert.throws(() => projectInputs({ source: { type: "NO_SOURCE", buildspec: "b", location: "l" } }), /"NO_SOURCE" has location "l"/);
        assert.throws(() => projectInputs({ cache: { type: "S3" } }), /the cache of type "S3" has no "location"/);
        assert.throws(() => projectInputs({ secondarySources: [{ type: "GITHUB", sourceIdentifier: "s" }] }), /"secondarySources" of aws:codebuild.*does not carry it out/);
        assert.throws(() => projectInputs({ serviceRoleArn: "arn" }), /"serviceRoleArn" is not known: did you mean "serviceRole"\?/);
    });
});

describe(GROUP, () => {
    const type = typeOf(GROUP);
    const groupInputs = (changes: Properties = {}): Properties => checkedInputs(GROUP, { name: "g", type: "TEST", exportConfig: { type: "NO_EXPORT" }, ...changes });
    const group = { arn: GROUP_ARN, name: "g", type: "TEST", status: "ACTIVE", created: new Date(0), exportConfig: { exportConfigType: "NO_EXPORT" } };

    it("is made, read back and changed with its tags", async () => {
        const aws = fakeAws({
            "codebuild.createReportGroup": () => ({ reportGroup: group }),
            "codebuild.updateReportGroup": () => ({}),
            "codebuild.batchGetReportGroups": () => ({ reportGroups: [group] }),
        });
        const inputs = groupInputs();
        const { id, state } = await aws.operations.create(type, inputs, OPERATION);
        assert.equal(id, GROUP_ARN);
        assert.equal(state["created"], "1970-01-01T00:00:00.000Z");
        assert.deepEqual((await aws.operations.read(type, id, inputs, state, OPERATION))?.inputs, inputs);
        const exported = groupInputs({ exportConfig: { type: "S3", s3Destination: { bucket: "b", encryptionKey: "arn:key" } } });
        await aws.operations.update(type, id, inputs, exported, state, OPERATION);
        assert.deepEqual(aws.requests.get("codebuild.updateReportGroup")?.["exportConfig"], { exportConfigType: "S3", s3Destination: { bucket: "b", encryptionKey: "arn:key", packaging: "NONE" } });
    });

    it("is replaced for another name or type, and not for what only a deletion needs", () => {
        const old = groupInputs();
        assert.deepEqual(diffResource(type, old, groupInputs({ name: "h", type: "CODE_COVERAGE" })).replaces, ["name", "type"]);
        assert.deepEqual(diffResource(type, old, groupInputs({ deleteReports: true })).replaces, []);
    });

    it("deletes its reports only where it was told to, and waits until it is gone", async () => {
        const pages = [[{ ...group, status: "DELETING" }], []];
        const aws = fakeAws({ "codebuild.deleteReportGroup": () => ({}), "codebuild.batchGetReportGroups": () => ({ reportGroups: pages.shift() }) });
        await aws.operations.delete(type, GROUP_ARN, { deleteReports: true }, OPERATION);
        assert.deepEqual(aws.requests.get("codebuild.deleteReportGroup"), { arn: GROUP_ARN, deleteReports: true });
        assert.equal(pages.length, 0);
    });

    it("has vanished when it is not found or is being deleted", async () => {
        for (const reportGroups of [[], [{ ...group, status: "DELETING" }]]) {
            const aws = fakeAws({ "codebuild.batchGetReportGroups": () => ({ reportGroups }) });
            assert.equal(await aws.operations.read(type, GROUP_ARN, groupInputs(), {}, OPERATION), undefined);
        }
    });

    it("refuses an export to nowhere, and a property that the SDK does not have", () => {
        assert.throws(() => groupInputs({ exportConfig: { type: "S3" } }), /the export of type "S3" has no "s3Destination"/);
        assert.throws(() => groupInputs({ exportconfig: {} }), /"exportconfig" is not known/);
    });
});
