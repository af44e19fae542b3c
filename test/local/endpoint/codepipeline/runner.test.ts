import assert from "node:assert/strict";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import type { BuildStarter } from "../../../../local/endpoint/codebuild/service";
import type { Commit } from "../../../../local/endpoint/codepipeline/git";
import { pushHandler } from "../../../../local/endpoint/codepipeline/push";
import type { ApprovalNotice } from "../../../../local/endpoint/codepipeline/model/results";
import { CodePipelineRunner, type RunnerOptions } from "../../../../local/endpoint/codepipeline/runner";
import { AwsError } from "../../../../local/endpoint/own/error";
import { approval, BRANCH, build, NAME, pipeline, REPOSITORY, source, stage } from "./fixtures";

type Ending = Awaited<Awaited<ReturnType<BuildStarter["startBuild"]>>["done"]>;

const HEAD = "a".repeat(40);
const GOOD: Ending = { ok: true, exportedVariables: {} };

/** Builds that end when the test says so. */
class Builds implements BuildStarter {
    readonly running = new Map<string, (ending: Ending) => void>();
    readonly started: string[] = [];

    startBuild({ projectName, commit }: Parameters<BuildStarter["startBuild"]>[0]): ReturnType<BuildStarter["startBuild"]> {
        if (projectName === "missing") {
            throw new AwsError("ResourceNotFoundException", "Project cannot be found");
        }
        this.started.push(`${projectName} ${commit.slice(0, 1)}`);
        const buildId = `${projectName}:${this.started.length}`;
        const done = new Promise<Ending>((resolve) => this.running.set(buildId, resolve));
        return Promise.resolve({ buildId, done });
    }

    stopBuild(): Promise<void> {
        return Promise.reject(new Error("a pipeline stops no build"));
    }

    /** Ends the oldest build. */
    end(ending = GOOD): void {
        const [[id, resolve] = ["", (): void => assert.fail("no build runs")]] = this.running;
        this.running.delete(id);
        resolve(ending);
    }
}

describe("emulated CodePipeline: runner", () => {
    const folders: string[] = [];
    const runners: CodePipelineRunner[] = [];
    afterEach(async () => {
        for (const runner of runners.splice(0)) {
            runner.close();
        }
        await settle();
        for (const folder of folders.splice(0)) {
            fs.rmSync(folder, { recursive: true, force: true });
        }
    });

    function begin(more: Partial<RunnerOptions> = {}): { runner: CodePipelineRunner; builds: Builds; root: string } {
        const root = more.root ?? fs.mkdtempSync(join(tmpdir(), "codepipeline-runner-"));
        folders.push(root);
        const builds = new Builds();
        const commit = (id: string): Commit => ({ id, authorDate: "2026-01-01T00:00:00Z", committerDate: "2026-01-01T00:00:00Z", authorName: "a", authorEmail: "b", message: "m" });
        const runner = new CodePipelineRunner({
            root,
            account: "000000000000",
            region: "us-east-1",
            builds,
            rights: { authoriseRole: () => Promise.resolve(), assume: () => Promise.reject(new Error("only the API asks it")) },
            artifacts: { store: (job, artifact) => Promise.resolve({ bucket: job.artifactBucket, key: artifact }), open: () => Promise.resolve() },
            tellApprover: () => Promise.resolve(),
            repository: { head: () => Promise.resolve(commit(HEAD)), commit: (id) => Promise.resolve(commit(id)), archive: () => Promise.resolve(Buffer.from("zip")), push: () => Promise.resolve() },
            ...more,
        });
        runners.push(runner);
        return { runner, builds, root };
    }

    /** Lets everything happen that waits for nothing but its turn. */
    async function settle(): Promise<void> {
        for (let count = 0; count < 20; count++) {
            await turn();
        }
    }

    const last = (runner: CodePipelineRunner): ReturnType<typeof runner.service.listPipelineExecutions>["pipelineExecutionSummaries"][number] | undefined =>
        runner.service.listPipelineExecutions({ pipelineName: NAME }).pipelineExecutionSummaries[0];

    const create = async (runner: CodePipelineRunner, declaration = pipeline()): Promise<void> => {
        runner.service.createPipeline({ pipeline: declaration });
        runner.pump();
        await settle();
    };

    it("does a run's work from its source to its end", async () => {
        const { runner, builds } = begin();
        await create(runner);
        assert.deepEqual(builds.started, ["project-first a"]);
        builds.end();
        await settle();
        builds.end();
        await settle();
        assert.deepEqual([builds.started, last(runner)?.status], [["project-first a", "project-second a"], "Succeeded"]);
        await runner.idle();
    });

    it("shows the build of an action while it runs", async () => {
        const { runner } = begin();
        await create(runner);
        const [detail] = runner.service.listActionExecutions({ pipelineName: NAME }).actionExecutionDetails;
        assert.deepEqual([detail?.status, detail?.output.executionResult.externalExecutionId], ["InProgress", "project-first:1"]);
    });

    it("fails an action whose role may not, and one whose project is not there, by name", async () => {
        const denied = new AwsError("AccessDeniedException", "User: role is not authorized to perform: codebuild:StartBuild");
        const rights = { authoriseRole: (_role: string, _session: string, action: string) => (action === "codebuild:StartBuild" ? Promise.reject(denied) : Promise.resolve()), assume: () => Promise.reject(denied) };
        const { runner } = begin({ rights });
        await create(runner);
        const error = (of: CodePipelineRunner): unknown => of.service.listActionExecutions({ pipelineName: NAME }).actionExecutionDetails[0]?.output.executionResult.errorDetails;
        assert.deepEqual(error(runner), { code: "PermissionError", message: "User: role is not authorized to perform: codebuild:StartBuild" });
        const other = begin().runner;
        await create(other, pipeline({ stages: [stage("Source", source()), stage("One", build("A", { configuration: { ProjectName: "missing" } }))] }));
        assert.deepEqual(error(other), { code: "ConfigurationError", message: "Project cannot be found" });
        assert.equal(last(other)?.status, "Failed");
    });

    it("keeps its state in one file, which is always whole, for its owner only", async () => {
        const { runner, root } = begin();
        await create(runner);
        const file = join(root, ".local", "endpoint", "codepipeline.json");
        assert.deepEqual(JSON.parse(fs.readFileSync(file, "utf8")), JSON.parse(JSON.stringify(runner.service)));
        assert.equal(fs.statSync(file).mode & 0o777, 0o600);
        assert.deepEqual(fs.readdirSync(join(root, ".local", "endpoint")), ["codepipeline.json"]);
    });

    it("after an end of the endpoint fails what was running, says so, and goes on with what waited", async () => {
        const { runner, root } = begin();
        await create(runner);
        const { pipelineExecutionId: waiting } = runner.service.startPipelineExecution({ name: NAME });
        runner.pump();
        await settle();
        runner.close();
        const again = begin({ root });
        again.runner.recover();
        await settle();
        const [second, first] = again.runner.service.listPipelineExecutions({ pipelineName: NAME }).pipelineExecutionSummaries;
        assert.deepEqual([first?.status, second?.status, second?.pipelineExecutionId], ["Failed", "InProgress", waiting]);
        const details = again.runner.service.listActionExecutions({ pipelineName: NAME, filter: { pipelineExecutionId: first?.pipelineExecutionId ?? "" } }).actionExecutionDetails;
        assert.equal(details[0]?.output.executionResult.errorDetails?.message, "The emulator ended while action 'First' ran. Retry the stage, or push again.");
        assert.deepEqual(again.builds.started, ["project-first a"]);
    });

    it("starts nothing more once it is closed, but writes down what its last build said, and goes on from there", async () => {
        const { runner, builds, root } = begin();
        await create(runner);
        runner.close();
        builds.end();
        await settle();
        assert.deepEqual(builds.started, ["project-first a"]);
        const again = begin({ root });
        again.runner.recover();
        await settle();
        assert.deepEqual([again.builds.started, last(again.runner)?.status], [["project-second a"], "InProgress"]);
    });

    it("an abandoned action's build is left alone, and its end changes nothing", async () => {
        const { runner, builds } = begin();
        await create(runner);
        runner.service.stopPipelineExecution({ pipelineName: NAME, pipelineExecutionId: last(runner)?.pipelineExecutionId ?? "", abandon: true });
        runner.pump();
        builds.end();
        await settle();
        assert.deepEqual([last(runner)?.status, builds.started.length], ["Stopped", 1]);
    });

    it("wakes up for an approval that expires", async () => {
        const { runner } = begin();
        await create(runner, pipeline({ stages: [stage("Source", source()), stage("One", approval("Human", { timeoutInMinutes: 5 }))] }));
        const deadline = runner.service.nextDeadline() ?? 0;
        assert.ok(Math.abs(deadline - Date.now() - 300_000) < 60_000);
    });

    const human = (configuration: Readonly<Record<string, string>> = {}): ReturnType<typeof pipeline> =>
        pipeline({ stages: [stage("Source", source()), stage("One", approval("Human", { configuration: { NotificationArn: "arn:aws:sns:us-east-1:000000000000:topic", ...configuration } }))] });

    it("tells the approver once, by the action's topic and with what answers it", async () => {
        const notices: ApprovalNotice[] = [];
        const { runner, root } = begin({ tellApprover: async (notice) => void notices.push(notice) });
        await create(runner, human({ CustomData: "Look at #{SourceVariables.CommitId}" }));
        runner.pump();
        assert.equal(notices.length, 1);
        const token = runner.service.getPipelineState({ name: NAME }).stageStates[1]?.actionStates[0]?.latestExecution?.token;
        assert.deepEqual({ ...notices[0], id: "", expires: 0 }, {
            id: "", topicArn: "arn:aws:sns:us-east-1:000000000000:topic", roleArn: "arn:aws:iam::000000000000:role/pipeline", pipelineName: NAME, stageName: "One", actionName: "Human", token, expires: 0, customData: `Look at ${HEAD}`,
        });
        runner.close();
        const again = begin({ root, tellApprover: () => Promise.reject(new Error("it was told before")) });
        again.runner.recover();
        await settle();
        assert.equal(last(again.runner)?.status, "InProgress");
    });

    it("fails an approval whose approver the role may not tell", async () => {
        const { runner } = begin({ tellApprover: () => Promise.reject(Object.assign(new Error("not authorized to perform: SNS:Publish"), { name: "AuthorizationErrorException" })) });
        await create(runner, human());
        const [detail] = runner.service.listActionExecutions({ pipelineName: NAME }).actionExecutionDetails;
        assert.deepEqual([detail?.status, detail?.output.executionResult.errorDetails?.code, last(runner)?.status], ["Failed", "PermissionError", "Failed"]);
    });

    it("tells EventBridge and notification rules, and does not mind when they fail", async () => {
        const told: string[] = [];
        const { runner } = begin({
            notify: (resource, type) => {
                told.push(`${resource} ${type}`);
                return Promise.reject(new Error("no"));
            },
            putEvent: ({ detailType, detail }) => {
                told.push(`${detailType} ${String(detail.state)}`);
                return Promise.reject(new Error("no"));
            },
        });
        await create(runner);
        assert.deepEqual(told.slice(0, 2), [
            "CodePipeline Pipeline Execution State Change STARTED",
            "arn:aws:codepipeline:us-east-1:000000000000:demo codepipeline-pipeline-pipeline-execution-started",
        ]);
        assert.equal(last(runner)?.status, "InProgress");
    });

    describe("a push", () => {
        const PUSH = { commit: "b".repeat(40), paths: ["app/x"] };

        it("starts the pipelines whose triggers it satisfies, at its commit", async () => {
            const { runner, builds } = begin();
            await create(runner, pipeline({ triggers: [BRANCH] }));
            builds.end();
            await settle();
            builds.end();
            await settle();
            const { executions } = await pushHandler(runner)({ ...PUSH, repository: REPOSITORY, branch: "main" });
            await settle();
            assert.deepEqual([executions, builds.started.at(-1)], [[last(runner)?.pipelineExecutionId], "project-first b"]);
        });

        it("without a repository is one to whatever a pipeline fetches from", async () => {
            const { runner } = begin();
            await create(runner, pipeline({ triggers: [BRANCH] }));
            assert.equal((await pushHandler(runner)({ ...PUSH, branch: "main" })).executions.length, 1);
            assert.equal((await pushHandler(runner)({ ...PUSH, branch: "main", repository: "you/other" })).executions.length, 0);
            assert.equal((await pushHandler(runner)({ ...PUSH, branch: "main", paths: ["docs/a"] })).executions.length, 0);
        });

        it("that says too little or too much is refused", async () => {
            const { runner } = begin();
            for (const body of [{}, PUSH, { ...PUSH, branch: "a", tag: "b" }, { ...PUSH, branch: "main", commit: "abc" }, { ...PUSH, branch: "main", other: 1 }]) {
                await assert.rejects(pushHandler(runner)(body), { name: "ValidationException" });
            }
        });
    });
});
