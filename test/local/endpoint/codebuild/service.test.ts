import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processesOf } from "../../../../local/endpoint/codebuild/processes";
import type { Build, Project, Report, ReportGroup, TestCase } from "../../../../local/endpoint/codebuild/types";
import { BuildYard, ROLE } from "./checkout";

const SPEC = (commands: string, more = ""): string => `version: 0.2\nphases:\n  build:\n    commands:\n${commands
    .split("\n")
    .map((line) => `      - ${JSON.stringify(line)}\n`)
    .join("")}${more}`;

describe("emulated CodeBuild: builds", () => {
    let yard: BuildYard;

    beforeEach(() => (yard = new BuildYard(300)));
    afterEach(() => yard.close());

    it("check out the commit that was asked for, with the whole history", async () => {
        await yard.call("CreateProject", yard.project(SPEC("cat file; echo; git log --format=%s; git status --short --branch")));
        const { build, log } = await yard.build(yard.commits[0]);
        assert.equal(build.buildStatus, "SUCCEEDED", log);
        assert.equal(build.resolvedSourceVersion, yard.commits[0]);
        assert.match(log, /^one$[^]*^one\n## HEAD \(no branch\)$/m);
        assert.match((await yard.build(yard.commits[1])).log, /^two$[^]*^two\none$/m);
    });

    it("run with their role's credentials and nothing of root's or of the machine's secrets", async () => {
        await yard.call("CreateProject", yard.project(SPEC("env")));
        const { log } = await yard.build();
        assert.match(log, /^AWS_ACCESS_KEY_ID=ASIAROLE$/m);
        assert.match(log, /^AWS_SESSION_TOKEN=role-token$/m);
        assert.match(log, /^HOME=.*\/\.local\/codebuild\/[^/]+\/home$/m);
        assert.doesNotMatch(log, /root-secret|root-key|machine-secret/);
        assert.ok(yard.rights.asked.includes(`assume ${ROLE} for arn:aws:codebuild:us-east-1:000000000000:project/demo`));
    });

    it("reach Docker only where the project is privileged or has a Docker server", async () => {
        await yard.call("CreateProject", yard.project(SPEC("echo docker=$DOCKER_HOST")));
        assert.match((await yard.build()).log, /^docker=tcp:\/\/127\.0\.0\.1:1$/m);
        for (const setting of [{ privilegedMode: true }, { dockerServer: { computeType: "BUILD_GENERAL1_SMALL" } }]) {
            const environment = { type: "LINUX_CONTAINER", image: "i", computeType: "BUILD_GENERAL1_SMALL", ...setting };
            await yard.call("UpdateProject", { name: "demo", environment });
            assert.match((await yard.build()).log, /^docker=unix:\/\/\/docker\.sock$/m);
        }
    });

    it("share one shell, export variables, and let a start's variables win over the project's and those over the buildspec's", async () => {
        const spec = `version: 0.2
env: {variables: {A: spec, B: spec}, exported-variables: [OUT, NONE]}
phases:
  install: {commands: ["C=$A", "cd /"]}
  build: {commands: ['export OUT="$A $B $C $PWD $STEP"']}
`;
        await yard.call("CreateProject", yard.project(spec));
        assert.deepEqual((await yard.build("HEAD", [{ name: "STEP", value: "plan", type: "PLAINTEXT" }])).result, { ok: true, exportedVariables: { OUT: "project spec project / plan", NONE: "" } });
    });

    it("end a phase at the first command that fails, run finally and post_build after it, and say what failed", async () => {
        const spec = `version: 0.2
phases:
  build: {commands: ["echo before", "(exit 5)", "echo never"], finally: ["echo finally"]}
  post_build: {commands: ["echo succeeding=$CODEBUILD_BUILD_SUCCEEDING"]}
`;
        await yard.call("CreateProject", yard.project(spec));
        const { build, log, result } = await yard.build();
        assert.deepEqual([result.ok, result.message], [false, "COMMAND_EXECUTION_ERROR: Error while executing command: (exit 5). Reason: exit status 5"]);
        assert.deepEqual(log.split("\n").filter((line) => /^(before|never|finally|succeeding)/.test(line)), ["before", "finally", "succeeding=0"]);
        assert.deepEqual(
            build.phases.map((phase) => `${phase.phaseType} ${phase.phaseStatus ?? "-"}`),
            ["SUBMITTED SUCCEEDED", "QUEUED SUCCEEDED", "PROVISIONING SUCCEEDED", "DOWNLOAD_SOURCE SUCCEEDED", "INSTALL SUCCEEDED", "PRE_BUILD SUCCEEDED", "BUILD FAILED", "POST_BUILD SUCCEEDED", "UPLOAD_ARTIFACTS SUCCEEDED", "FINALIZING SUCCEEDED", "COMPLETED -"],
        );
    });

    it("run post_build even where a command ended the shell, and stop after a failed install", async () => {
        await yard.call("CreateProject", yard.project("version: 0.2\nphases:\n  build: {commands: ['exit 4']}\n  post_build: {commands: ['echo after $CODEBUILD_BUILD_SUCCEEDING']}\n"));
        const exited = await yard.build();
        assert.match(exited.log, /exit status 4[^]*^after 0$/m);
        await yard.call("UpdateProject", { name: "demo", source: { type: "GITHUB", buildspec: "version: 0.2\nphases:\n  install: {commands: ['false']}\n  build: {commands: ['echo never']}\n  post_build: {commands: ['echo never']}\n" } });
        assert.doesNotMatch((await yard.build()).log, /^never$/m);
    });

    it("fail with a reason where the commit, the buildspec or the role is wrong", async () => {
        await yard.call("CreateProject", yard.project(SPEC("true")));
        assert.match((await yard.build("nothing-of-the-kind")).result.message ?? "", /"nothing-of-the-kind" is no commit, branch or tag/);
        yard.rights.refused.add(`assume ${ROLE}`);
        assert.match((await yard.build()).result.message ?? "", /not authorized to perform: sts:AssumeRole/);
        yard.rights.refused.clear();
        await yard.call("UpdateProject", { name: "demo", source: { type: "GITHUB", buildspec: "version: 0.2\nphases: {deploy: {}}\n" } });
        assert.match((await yard.build()).result.message ?? "", /^YAML_FILE_ERROR: The buildspec cannot be used here/);
        await yard.call("UpdateProject", { name: "demo", environment: { type: "t", image: "i", computeType: "c", environmentVariables: [{ name: "KEY", value: "x", type: "SECRETS_MANAGER" }] } });
        await yard.call("UpdateProject", { name: "demo", source: { type: "GITHUB", buildspec: SPEC("true") } });
        assert.match((await yard.build()).result.message ?? "", /KEY \(SECRETS_MANAGER\)/);
    });

    it("read their pipeline's artifact in their role's name, and need the right to clone what it refers to", async () => {
        const artifact = { bucket: "artifacts", key: "demo/Source/1", versionId: "v1" };
        const connectionArn = "arn:aws:codeconnections:us-east-1:000000000000:connection/c";
        yard.objects.content.set(artifact.key, JSON.stringify({ provider: "CodeStarSourceConnection", repository: "me/demo", commit: "x", branch: "main", connectionArn }));
        await yard.call("CreateProject", yard.project(SPEC("true"), { source: { type: "CODEPIPELINE", buildspec: SPEC("true") } }));
        yard.rights.asked.splice(0);
        assert.equal((await yard.build("HEAD", [], artifact)).result.ok, true);
        assert.deepEqual(yard.objects.asked, ["ASIAROLE read artifacts/demo/Source/1@v1"]);
        assert.deepEqual(yard.rights.asked.filter((line) => line.includes("Connection")), [`codeconnections:UseConnection ${connectionArn}`]);
        yard.rights.refused.add("codeconnections:UseConnection");
        assert.match((await yard.build("HEAD", [], artifact)).result.message ?? "", /not authorized to perform: codeconnections:UseConnection/);
        yard.rights.refused.clear();
        yard.objects.refused.add(artifact.key);
        assert.match((await yard.build("HEAD", [], artifact)).result.message ?? "", /^CLIENT_ERROR: Access Denied/);
        yard.objects.refused.clear();
        yard.objects.content.set(artifact.key, JSON.stringify({ provider: "CodeCommit", repository: "demo", commit: "x", branch: "main" }));
        await yard.build("HEAD", [], artifact);
        assert.ok(yard.rights.asked.includes("codecommit:GitPull arn:aws:codecommit:us-east-1:000000000000:demo"));
    });

    it("of a project with a connection of its own need the connection's token", async () => {
        const resource = "arn:aws:codeconnections:us-east-1:000000000000:connection/c";
        await yard.call("CreateProject", yard.project(SPEC("true"), { source: { type: "GITHUB", location: "https://example.com/demo.git", buildspec: SPEC("true"), auth: { type: "CODECONNECTIONS", resource } } }));
        assert.equal((await yard.build()).result.ok, true);
        yard.rights.refused.add(`codeconnections:GetConnectionToken ${resource}`);
        assert.match((await yard.build()).result.message ?? "", /not authorized to perform: codeconnections:GetConnectionToken/);
    });

    it("end as stopped with all they started when they are stopped, and as timed out after their time", async () => {
        await yard.call("CreateProject", yard.project(SPEC("setsid sleep 50 & sleep 60")));
        const { buildId, done } = await yard.service.startBuild({ projectName: "demo", commit: "HEAD", environmentVariablesOverride: [], initiator: "codepipeline/demo" });
        while (processesOf(buildId).length < 4) {
            await sleep(10);
        }
        await yard.call("StopBuild", { id: buildId });
        assert.deepEqual([(await done).ok, processesOf(buildId)], [false, []]);
        assert.equal((await yard.call<{ builds: [Build] }>("BatchGetBuilds", { ids: [buildId] })).builds[0].buildStatus, "STOPPED");
        // Five minutes of 300 ms each.
        await yard.call("UpdateProject", { name: "demo", timeoutInMinutes: 5 });
        const { build } = await yard.build();
        assert.deepEqual([build.buildStatus, build.phases.find((phase) => phase.phaseType === "BUILD")?.phaseStatus, processesOf(build.id)], ["TIMED_OUT", "TIMED_OUT", []]);
    });

    it("end with the endpoint, also when it was killed and comes back", async () => {
        await yard.call("CreateProject", yard.project(SPEC("sleep 60")));
        const { buildId, done } = await yard.service.startBuild({ projectName: "demo", commit: "HEAD", environmentVariablesOverride: [], initiator: "codepipeline/demo" });
        while (processesOf(buildId).length < 3) {
            await sleep(10);
        }
        // Another process that takes over what this one wrote, as after a kill.
        const next = yard.restarted();
        await next.recover();
        assert.deepEqual(processesOf(buildId), []);
        await done;
        yard.service = next;
        const [found] = (await yard.call<{ builds: [Build] }>("BatchGetBuilds", { ids: [buildId] })).builds;
        assert.deepEqual([found.buildStatus, found.buildComplete, found.phases.at(-2)?.contexts?.[0]?.message], ["FAULT", true, "The emulator ended while the build ran."]);
    });

    it("make reports from JUnit XML, if the role may, and find the cache of the build before", async () => {
        const { reportGroup } = await yard.call<{ reportGroup: ReportGroup }>("CreateReportGroup", { name: "demo-tests", type: "TEST", exportConfig: { exportConfigType: "NO_EXPORT" } });
        const xml = '<testsuite name="s"><testcase name="a" time="1"/><testcase name="b"><failure message="no"/></testcase></testsuite>';
        const spec = SPEC(`mkdir -p out kept; echo '${xml}' > out/r.xml; ls kept; date > kept/here`, `reports: {${JSON.stringify(reportGroup.arn)}: {files: ["out/*.xml"]}}\ncache: {paths: ["kept/**/*"]}\n`);
        await yard.call("CreateProject", yard.project(spec, { cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE"] } }));
        const first = await yard.build();
        const { reports } = await yard.call<{ reports: Report[] }>("BatchGetReports", { reportArns: first.build.reportArns });
        assert.deepEqual(reports.map((report) => [report.status, report.testSummary.total, report.testSummary.statusCounts.FAILED, report.executionId]), [["FAILED", 2, 1, first.build.arn]]);
        const { testCases } = await yard.call<{ testCases: TestCase[] }>("DescribeTestCases", { reportArn: first.build.reportArns[0] });
        assert.deepEqual(testCases.map((entry) => [entry.name, entry.status, entry.message]), [["a", "SUCCEEDED", undefined], ["b", "FAILED", "no"]]);
        assert.doesNotMatch(first.log, /^here$/m);
        yard.rights.refused.add(`codebuild:CreateReport ${reportGroup.arn}`);
        const second = await yard.build();
        assert.match(second.log, /^here$[^]*was not made: .*codebuild:CreateReport/m);
        assert.deepEqual(second.build.reportArns, []);
    });

    it("leave the folders of the last twenty", async () => {
        await yard.call("CreateProject", yard.project("version: 0.2\nphases: {}\n", { source: { type: "NO_SOURCE", buildspec: "version: 0.2\nphases: {}\n" } }));
        for (let count = 0; count < 22; count++) {
            await yard.build();
        }
        const folder = path.join(yard.root, ".local", "codebuild");
        while (fs.readdirSync(folder).length > 20) {
            await sleep(20);
        }
        assert.equal((await yard.call<{ ids: string[] }>("ListBuildsForProject", { projectName: "demo" })).ids.length, 22);
    });
});

describe("emulated CodeBuild: projects and rights", () => {
    let yard: BuildYard;

    beforeEach(() => (yard = new BuildYard()));
    afterEach(() => yard.close());

    it("survive a restart of the endpoint", async () => {
        await yard.call("CreateProject", yard.project(SPEC("true")));
        const { build } = await yard.build();
        yard.service = yard.restarted();
        assert.deepEqual(await yard.call("ListProjects", {}), { projects: ["demo"] });
        assert.deepEqual(await yard.call("ListBuilds", {}), { ids: [build.id] });
        assert.equal((await yard.build()).build.buildNumber, 2);
    });

    it("keep what an update does not name, and tell what is missing or there already", async () => {
        await yard.call("CreateProject", yard.project(SPEC("true"), { description: "old", timeoutInMinutes: 7, tags: [{ key: "a", value: "b" }] }));
        const { project } = await yard.call<{ project: Project }>("UpdateProject", { name: "demo", description: "new" });
        assert.deepEqual([project.description, project.timeoutInMinutes, project.tags, project.serviceRole], ["new", 7, [{ key: "a", value: "b" }], ROLE]);
        await assert.rejects(yard.call("CreateProject", yard.project(SPEC("true"))), { name: "ResourceAlreadyExistsException" });
        await assert.rejects(yard.call("UpdateProject", { name: "other" }), { name: "ResourceNotFoundException" });
        await assert.rejects(yard.call("CreateProject", { name: "x" }), { name: "InvalidInputException" });
        await assert.rejects(yard.call("CreateProject", yard.project("", { name: "demo2", secondarySources: [{ type: "S3" }] })), /secondarySources: not emulated/);
        assert.deepEqual(await yard.call("BatchGetProjects", { names: ["other"] }), { projects: [], projectsNotFound: ["other"] });
    });

    it("ask for each call its action on the project's ARN, and for a role the right to pass it", async () => {
        await yard.call("CreateProject", yard.project(SPEC("true")));
        const arn = "arn:aws:codebuild:us-east-1:000000000000:project/demo";
        assert.deepEqual(yard.rights.asked, [`codebuild:CreateProject ${arn}`, `iam:PassRole ${ROLE}`, `assume ${ROLE} for ${arn}`]);
        yard.rights.refused.add(`codebuild:StartBuild ${arn}`);
        await assert.rejects(yard.call("StartBuild", { projectName: "demo" }), { name: "AccessDeniedException", message: `User: somebody is not authorized to perform: codebuild:StartBuild on resource: ${arn}` });
        yard.rights.refused.add(`iam:PassRole ${ROLE}`);
        await assert.rejects(yard.call("UpdateProject", { name: "demo", serviceRole: ROLE }), { name: "AccessDeniedException" });
        assert.deepEqual(await yard.call("ListBuilds", {}), { ids: [] });
    });

    it("refuse a role that does not trust CodeBuild, a pipeline's project started by hand, and more builds than allowed", async () => {
        yard.rights.refused.add(`assume ${ROLE}`);
        await assert.rejects(yard.call("CreateProject", yard.project(SPEC("true"))), /InvalidInputException|not authorized to perform: sts:AssumeRole/);
        yard.rights.refused.clear();
        await yard.call("CreateProject", yard.project(SPEC("sleep 20"), { source: { type: "CODEPIPELINE", buildspec: SPEC("sleep 20") }, concurrentBuildLimit: 1 }));
        await assert.rejects(yard.call("StartBuild", { projectName: "demo" }), { name: "InvalidInputException" });
        const { buildId } = await yard.service.startBuild({ projectName: "demo", commit: "HEAD", environmentVariablesOverride: [], initiator: "codepipeline/demo" });
        await assert.rejects(yard.service.startBuild({ projectName: "demo", commit: "HEAD", environmentVariablesOverride: [], initiator: "codepipeline/demo" }), { name: "AccountLimitExceededException" });
        await yard.service.stopBuild(buildId);
    });
});
