import assert from "node:assert/strict";
import type { BuildStarter } from "../../../../local/endpoint/codebuild/service";
import { readCloneReference, StoredArtifacts } from "../../../../local/endpoint/codepipeline/artifacts";
import { runBuild } from "../../../../local/endpoint/codepipeline/buildAction";
import type { Commit, Repository } from "../../../../local/endpoint/codepipeline/git";
import type { ActionJob, JobResult } from "../../../../local/endpoint/codepipeline/model/results";
import { runSource, type RoleCheck } from "../../../../local/endpoint/codepipeline/sourceAction";
import { AwsError } from "../../../../local/endpoint/own/error";
import { FakeObjects, FakeRights } from "../own/fakes";
import { Bench, build, pipeline, source, stage } from "./fixtures";

const PLACE = { account: "000000000000", region: "us-east-1" };
const CONNECTION = "arn:aws:codeconnections:us-east-1:000000000000:connection/c";
const COMMIT: Commit = {
    id: "a".repeat(40), authorDate: "2026-01-02T03:04:05Z", committerDate: "2026-01-02T03:04:06Z", authorName: "Ann", authorEmail: "ann@example.com", message: "A change\n\nbody",
};
const REPOSITORY: Repository = {
    head: (branch) => Promise.resolve(branch === "main" ? COMMIT : undefined),
    commit: (id) => Promise.resolve(id === "known" ? { ...COMMIT, id: "b".repeat(40) } : undefined),
    archive: (id) => Promise.resolve(Buffer.from(`zip of ${id}`)),
    push: () => Promise.resolve(),
};

function recorded(denied = ""): { asked: string[]; allowed: RoleCheck } {
    const asked: string[] = [];
    const allowed: RoleCheck = (role, action, resource) => {
        asked.push(`${role} ${action} ${resource}`);
        return action === denied ? Promise.reject(new AwsError("AccessDeniedException", `${role} may not ${action}`)) : Promise.resolve();
    };
    return { asked, allowed };
}

/** Runs a source action; what its role's session did with S3 is in `asked`. */
function fetchSource(job: ActionJob, allowed = recorded().allowed, objects = new FakeObjects()): Promise<JobResult> {
    return runSource(job, { repository: REPOSITORY, artifacts: artifactsOf(objects), allowed, ...PLACE });
}

function artifactsOf(objects: FakeObjects): StoredArtifacts {
    return new StoredArtifacts({ ...PLACE, rights: new FakeRights(), objects: objects.of });
}

function sourceJob(more: Partial<ActionJob> = {}): ActionJob {
    const bench = new Bench();
    bench.create();
    return { ...bench.job("Checkout"), ...more };
}

describe("emulated CodePipeline: source actions", () => {
    it("fetch the head of the branch and describe it by the variables that AWS documents", async () => {
        assert.deepEqual(await fetchSource(sourceJob({ jobId: "0123-4567-89" })), {
            ok: true,
            externalExecutionId: COMMIT.id,
            summary: "A change",
            revision: { revisionId: COMMIT.id, revisionSummary: "A change" },
            objects: { Sources: { bucket: "artifacts", key: "demo/Sources/0123456", versionId: "v1" } },
            outputVariables: {
                AuthorDate: COMMIT.authorDate,
                AuthorDisplayName: "Ann",
                AuthorEmail: "ann@example.com",
                BranchName: "main",
                CommitId: COMMIT.id,
                CommitMessage: "A change\n\nbody",
                ConnectionArn: CONNECTION,
                FullRepositoryName: "me/checkout",
            },
        });
    });

    it("fetch the commit that a start or a push named, and say its tag", async () => {
        const result = await fetchSource(sourceJob({ sourceRevision: { revisionType: "COMMIT_ID", revisionValue: "known", tag: "v1" } }));
        assert.ok(result.ok);
        assert.deepEqual([result.revision?.revisionId, result.outputVariables?.TagName], ["b".repeat(40), "v1"]);
    });

    it("fail where there is no such branch or commit", async () => {
        const configuration = { ...sourceJob().configuration, BranchName: "none" };
        assert.deepEqual(await fetchSource(sourceJob({ configuration })), { ok: false, code: "ConfigurationError", message: "No Branch [none] found for FullRepositoryName [me/checkout]" });
        const unknown = await fetchSource(sourceJob({ sourceRevision: { revisionType: "COMMIT_ID", revisionValue: "unknown" } }));
        assert.deepEqual(unknown, { ok: false, code: "ConfigurationError", message: "No Commit [unknown] found for FullRepositoryName [me/checkout]" });
    });

    it("need the pipeline role's right on the connection", async () => {
        const { asked, allowed } = recorded();
        await fetchSource(sourceJob(), allowed);
        assert.deepEqual(asked, [`arn:aws:iam::000000000000:role/pipeline codeconnections:UseConnection ${CONNECTION}`]);
        await assert.rejects(fetchSource(sourceJob(), recorded("codeconnections:UseConnection").allowed), { name: "AccessDeniedException" });
    });

    it("put the files into the artifact bucket as a zip, in the role's name and with the store's key", async () => {
        const objects = new FakeObjects();
        await fetchSource(sourceJob({ jobId: "0123-4567-89", artifactKeyId: "alias/artifacts" }), recorded().allowed, objects);
        assert.deepEqual(objects.asked, ["ASIAROLE inspect artifacts", "ASIAROLE write artifacts/demo/Sources/0123456 with alias/artifacts"]);
        assert.deepEqual([...objects.content.values()], [`zip of ${COMMIT.id}`]);
        objects.refused.add("demo/Sources/0123456");
        await assert.rejects(fetchSource(sourceJob({ jobId: "0123-4567-89" }), recorded().allowed, objects), { name: "AccessDenied" });
    });

    it("put a reference there instead, where a build is to clone by itself", async () => {
        const objects = new FakeObjects();
        const configuration = { ...sourceJob().configuration, OutputArtifactFormat: "CODEBUILD_CLONE_REF" };
        await fetchSource(sourceJob({ configuration }), recorded().allowed, objects);
        const [content = ""] = objects.content.values();
        assert.deepEqual(readCloneReference(Buffer.from(content)), { provider: "CodeStarSourceConnection", repository: "me/checkout", commit: COMMIT.id, branch: "main", connectionArn: CONNECTION });
        assert.equal(readCloneReference(Buffer.from("PK zip")), undefined);
    });

    it("of CodeCommit need and describe what CodeCommit has", async () => {
        const { asked, allowed } = recorded();
        const job = sourceJob({ actionTypeId: { category: "Source", owner: "AWS", provider: "CodeCommit", version: "1" }, configuration: { RepositoryName: "repo", BranchName: "main" } });
        const result = await fetchSource(job, allowed);
        assert.deepEqual(Object.keys(result.outputVariables ?? {}), ["AuthorDate", "BranchName", "CommitId", "CommitMessage", "CommitterDate", "RepositoryName"]);
        const actions = (lines: readonly string[]): string[] => lines.map((line) => line.split(" ").slice(1).join(" ")).map((line) => line.replace(" arn:aws:codecommit:us-east-1:000000000000:repo", ""));
        assert.deepEqual(actions(asked), ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:UploadArchive", "codecommit:GetUploadArchiveStatus"]);
        const cloning = recorded();
        await fetchSource({ ...job, configuration: { ...job.configuration, OutputArtifactFormat: "CODEBUILD_CLONE_REF" } }, cloning.allowed);
        assert.deepEqual(actions(cloning.asked), ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository"]);
    });
});

/** A CodeBuild that notes what it is asked. */
class Builds implements BuildStarter {
    readonly started: Parameters<BuildStarter["startBuild"]>[0][] = [];

    constructor(private readonly ending: { readonly ok: boolean; readonly exportedVariables: Record<string, string>; readonly message?: string }) {}

    startBuild(request: Parameters<BuildStarter["startBuild"]>[0]): ReturnType<BuildStarter["startBuild"]> {
        this.started.push(request);
        return Promise.resolve({ buildId: "project-a:1", done: Promise.resolve(this.ending) });
    }

    stopBuild(): Promise<void> {
        return Promise.reject(new Error("nobody stops a build"));
    }
}

function buildJob(environment?: string, more: Partial<ActionJob> = {}): ActionJob {
    const bench = new Bench();
    const action = build("A", environment === undefined ? {} : { configuration: { EnvironmentVariables: environment } });
    bench.create(pipeline({ stages: [stage("Source", source()), stage("One", action)] }));
    bench.done("Checkout", { revision: { revisionId: "abc" } });
    return { ...bench.job("A"), ...more };
}

function startBuild(job: ActionJob, builds: Builds, allowed: RoleCheck, objects = new FakeObjects()): Promise<JobResult> {
    return runBuild(job, { builds, artifacts: artifactsOf(objects), allowed, ...PLACE, started: () => undefined });
}

const GOOD = { ok: true, exportedVariables: { RESULT: "unchanged" } };

describe("emulated CodePipeline: build actions", () => {
    it("start a build of the source's commit with the action's variables, and export the build's", async () => {
        const builds = new Builds(GOOD);
        const ids: string[] = [];
        const environment = JSON.stringify([{ name: "A", value: "1" }, { name: "B", value: "/x", type: "PARAMETER_STORE" }]);
        const result = await runBuild(buildJob(environment), { builds, artifacts: artifactsOf(new FakeObjects()), allowed: recorded().allowed, ...PLACE, started: (id) => ids.push(id) });
        assert.deepEqual(result, { ok: true, externalExecutionId: "project-a:1", outputVariables: { RESULT: "unchanged" } });
        assert.deepEqual(ids, ["project-a:1"]);
        assert.deepEqual(builds.started, [
            {
                projectName: "project-a",
                commit: "abc",
                environmentVariablesOverride: [{ name: "A", value: "1", type: "PLAINTEXT" }, { name: "B", value: "/x", type: "PARAMETER_STORE" }],
                initiator: "codepipeline/demo",
            },
        ]);
    });

    it("fail when the build does, with its reason and what it exported before", async () => {
        const result = await startBuild(buildJob(), new Builds({ ok: false, exportedVariables: { RESULT: "x" }, message: "COMMAND_EXECUTION_ERROR: exit 1" }), recorded().allowed);
        assert.deepEqual(result, {
            ok: false,
            code: "JobFailed",
            message: "Build terminated with state: FAILED. COMMAND_EXECUTION_ERROR: exit 1",
            externalExecutionId: "project-a:1",
            outputVariables: { RESULT: "x" },
        });
    });

    it("are started in the name of the pipeline's role, which needs both rights", async () => {
        const project = "arn:aws:codebuild:us-east-1:000000000000:project/project-a";
        const { asked, allowed } = recorded();
        await startBuild(buildJob(), new Builds(GOOD), allowed);
        const role = "arn:aws:iam::000000000000:role/pipeline";
        assert.deepEqual(asked, [`${role} codebuild:StartBuild ${project}`, `${role} codebuild:BatchGetBuilds ${project}`]);
        for (const [denied, started] of [["codebuild:StartBuild", 0], ["codebuild:BatchGetBuilds", 1]] as const) {
            const builds = new Builds(GOOD);
            await assert.rejects(startBuild(buildJob(), builds, recorded(denied).allowed), { name: "AccessDeniedException" });
            assert.equal(builds.started.length, started);
        }
    });

    it("open their input artifact in the role's name, before anything is started, and hand it to the build", async () => {
        const objects = new FakeObjects();
        const artifact = { bucket: "artifacts", key: "demo/Sources/1", versionId: "v1" };
        const job = buildJob(undefined, { inputArtifacts: [{ name: "Sources", revision: { revisionId: "abc" }, object: artifact }] });
        const builds = new Builds(GOOD);
        await startBuild(job, builds, recorded().allowed, objects);
        assert.deepEqual([objects.asked, builds.started[0]?.artifact], [["ASIAROLE read artifacts/demo/Sources/1@v1"], artifact]);
        objects.refused.add(artifact.key);
        const none = new Builds(GOOD);
        await assert.rejects(startBuild(job, none, recorded().allowed, objects), { name: "AccessDenied" });
        assert.deepEqual(none.started, []);
    });

    it("fail on variables that are no list, before anything is started", async () => {
        for (const environment of ["{", "{}", '[{"name":"A"}]', '[{"name":"A","value":"1","other":1}]', '[{"name":"A","value":"say "hi""}]']) {
            const builds = new Builds(GOOD);
            const result = await startBuild(buildJob(environment), builds, recorded().allowed);
            assert.ok(!result.ok && result.code === "ConfigurationError" && result.message.includes(environment), environment);
            assert.deepEqual(builds.started, []);
        }
    });

    it("take the primary one of several sources, and need it to be named", async () => {
        const inputArtifacts = [{ name: "First", revision: { revisionId: "one" } }, { name: "Second", revision: { revisionId: "two" } }];
        const builds = new Builds(GOOD);
        await startBuild(buildJob(undefined, { inputArtifacts, configuration: { ProjectName: "p", PrimarySource: "Second" } }), builds, recorded().allowed);
        assert.equal(builds.started[0]?.commit, "two");
        const unnamed = await startBuild(buildJob(undefined, { inputArtifacts }), builds, recorded().allowed);
        assert.equal(unnamed.ok, false);
        const without = await startBuild(buildJob(undefined, { inputArtifacts: [{ name: "First" }] }), builds, recorded().allowed);
        assert.equal(without.ok, false);
    });
});
