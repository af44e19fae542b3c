import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import type { ActionDefinition, PipelineDefinition } from "../../../components/deliveryPipeline/definition";
import { fingerprint } from "../../../components/deliveryPipeline/fingerprint";
import { RenderedDelivery, renderDelivery } from "../../../components/deliveryPipeline/render";
import { NO_BRANCH } from "../../../components/deliveryPipeline/source";
import { readStackFile } from "../../../components/settings/stackFile";
import { withTree } from "../manifest/support";
import { BRANCH, optionsOf, TAG } from "./support";

const ROOT = path.join(__dirname, "../../..");
const actionsOf = ({ stages }: PipelineDefinition): ActionDefinition[] => stages.flatMap(({ actions }) => actions);
const action = (pipeline: PipelineDefinition, name: string): ActionDefinition => {
    const found = actionsOf(pipeline).find((one) => one.name === name);
    assert.ok(found, `no action ${name}`);
    return found;
};
const variablesOf = ({ configuration }: ActionDefinition): Record<string, string> =>
    Object.fromEntries((JSON.parse(configuration.EnvironmentVariables ?? "[]") as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
const text = ({ pipeline, projects }: RenderedDelivery): string => `${JSON.stringify({ pipeline, projects: Object.fromEntries(projects) }, null, 4)}\n`;

const BOTH = [
    ["branch", BRANCH, "dev"],
    ["tag", TAG, "prod"],
] as const;

describe("the definition of a pipeline", () => {
    it("is the committed one, for every environment", () => {
        for (const [stack, settings] of [["dev", BRANCH], ["prod", { ...TAG, release: "gradual" }], ["local-dev", undefined], ["local-prod", undefined]] as const) {
            const own = readStackFile(ROOT, stack).settings;
            const options = settings === undefined ? { ...own, repository: own?.repository } : settings;
            const given = Object.entries(options).filter(([key, value]) => value !== undefined && !["project", "stack", "region"].includes(key));
            const actual = text(renderDelivery(optionsOf(Object.fromEntries(given), stack)));
            const file = path.join(ROOT, "test", "golden", `pipeline-${stack}.json`);
            if (process.env.UPDATE_GOLDEN !== undefined) {
                fs.writeFileSync(file, actual);
            }
            assert.equal(actual, fs.readFileSync(file, "utf8"), stack);
        }
    });

    it("has the stages of a branch, and for a tag an approval of the pipeline's own change and one of the plan", () => {
        const names = (settings: Readonly<Record<string, unknown>>): string[] => renderDelivery(optionsOf(settings)).pipeline.stages.map(({ name }) => name);
        assert.deepEqual(names(BRANCH), ["Source", "SelfUpdate", "Verify", "Build", "Deploy", "Record"]);
        assert.deepEqual(names({ ...TAG, releasesFrom: "test" }), [
            "Source",
            "PipelinePlan",
            "PipelineApprove",
            "SelfUpdate",
            "Verify",
            "Resolve",
            "Plan",
            "Approve",
            "Deploy",
            "Release",
            "Record",
        ]);
    });

    it("tests a branch after its deployment, and in the same stage", () => {
        const deploy = renderDelivery(optionsOf(BRANCH)).pipeline.stages.find(({ name }) => name === "Deploy");
        assert.deepEqual(deploy?.actions.map(({ name, runOrder }) => [name, runOrder]), [["Deploy", 1], ["Test", 2]]);
    });

    it("never builds or deploys before the self-update, and lets no run on that was replaced", () => {
        for (const [, settings, stack] of BOTH) {
            const { stages } = renderDelivery(optionsOf(settings, stack)).pipeline;
            const names = stages.map(({ name }) => name);
            const selfUpdate = names.indexOf("SelfUpdate");
            assert.deepEqual(names.slice(0, selfUpdate).filter((name) => !["Source", "PipelinePlan", "PipelineApprove"].includes(name)), []);
            assert.deepEqual(stages[selfUpdate + 1]?.beforeEntry?.condition, {
                result: "FAIL",
                rules: [
                    {
                        name: "Verify-entry",
                        ruleTypeId: { category: "Rule", owner: "AWS", provider: "VariableCheck", version: "1" },
                        configuration: { Variable: "#{SelfUpdate.RESULT}", Operator: "EQ", Value: "unchanged" },
                    },
                ],
            });
        }
    });

    it("asks a person in prod always, and about the pipeline itself only where it would change", () => {
        const { stages } = renderDelivery(optionsOf(TAG, "prod")).pipeline;
        const stage = (name: string) => stages.find((one) => one.name === name);
        assert.equal(stage("Approve")?.beforeEntry, undefined);
        assert.equal(stage("PipelineApprove")?.beforeEntry?.condition.result, "SKIP");
        assert.deepEqual(stage("PipelineApprove")?.beforeEntry?.condition.rules[0]?.configuration, { Variable: "#{PipelinePlan.CHANGED}", Operator: "EQ", Value: "true" });
        assert.deepEqual(stage("Approve")?.actions[0]?.configuration, {
            NotificationArn: "arn:aws:sns:us-east-1:123456789012:container-lambdas-prod-delivery",
            CustomData: "#{Plan.SUMMARY}",
            ExternalEntityLink: "#{Plan.REPORT_URL}",
        });
        assert.equal(stage("Approve")?.actions[0]?.timeoutInMinutes, 1_440);
    });

    it("tells every step its name, run, commit and generation, and only some of them more", () => {
        const common = { EXECUTION_ID: "#{codepipeline.PipelineExecutionId}", COMMIT: "#{SourceVariables.CommitId}", GENERATION: "#{variables.GENERATION}" };
        for (const [, settings, stack] of BOTH) {
            const { pipeline, projects } = renderDelivery(optionsOf(settings, stack));
            for (const one of actionsOf(pipeline).filter(({ provider }) => provider === "CodeBuild")) {
                const { STEP, ...variables } = variablesOf(one);
                const more = {
                    ...(STEP === "self-update" ? { PROJECT_HASH: fingerprint(projects.get("self-update")) } : {}),
                    ...(STEP === "deploy" && stack === "prod" ? { STATE_VERSION: "#{Plan.STATE_VERSION}" } : {}),
                };
                assert.deepEqual(variables, { ...common, ...more }, STEP);
            }
        }
    });

    it("changes when the project of the self-update does, and not when another one does", () => {
        const of = (settings: Readonly<Record<string, unknown>>): string => JSON.stringify(renderDelivery(optionsOf({ ...BRANCH, ...settings })).pipeline);
        assert.notEqual(of({ deliveryCompute: "large" }), of({}));
        assert.notEqual(of({ buildImage: "aws/codebuild/standard:7.0" }), of({}));
        assert.equal(of({ buildCompute: "large" }), of({}));
    });

    it("watches nothing by itself: a declared trigger starts it, at the exact commit", () => {
        const branch = renderDelivery(optionsOf({ ...BRANCH, branch: "trunk" })).pipeline;
        assert.equal(action(branch, "Source").configuration.DetectChanges, "false");
        assert.equal(action(branch, "Source").configuration.OutputArtifactFormat, "CODEBUILD_CLONE_REF");
        assert.deepEqual(branch.triggers, [
            {
                providerType: "CodeStarSourceConnection",
                gitConfiguration: { sourceActionName: "Source", pushes: [{ branches: { includes: ["trunk"] }, filePaths: { excludes: ["*.md", "docs/**"] } }] },
            },
        ]);
        const tag = renderDelivery(optionsOf({ ...TAG, tagPattern: "release-*" }, "prod")).pipeline;
        assert.deepEqual(tag.triggers?.[0]?.gitConfiguration.pushes, [{ tags: { includes: ["release-*"] } }]);
        assert.equal(action(tag, "Source").configuration.BranchName, NO_BRANCH);
        assert.notEqual(spawnSync("git", ["check-ref-format", "--branch", NO_BRANCH]).status, 0, "git must refuse such a branch");
    });

    it("polls no CodeCommit repository", () => {
        const { pipeline } = renderDelivery(optionsOf({ delivery: "branch", deliverySource: "codecommit", repository: "app" }));
        const source = action(pipeline, "Source");
        assert.equal(source.provider, "CodeCommit");
        assert.deepEqual(source.configuration, { RepositoryName: "app", BranchName: "main", OutputArtifactFormat: "CODEBUILD_CLONE_REF", PollForSourceChanges: "false" });
        assert.equal(pipeline.triggers, undefined);
    });

    it("lets only the newest push wait, but every tag, and never runs two at once", () => {
        assert.deepEqual(
            BOTH.map(([, settings, stack]) => renderDelivery(optionsOf(settings, stack)).pipeline.executionMode),
            ["SUPERSEDED", "QUEUED"],
        );
    });

    it("takes a stack file for a fourth environment, and no code", () => {
        const tree = {
            "Pulumi.yaml": fs.readFileSync(path.join(ROOT, "Pulumi.yaml"), "utf8"),
            "Pulumi.staging.yaml": [
                "config:",
                "  aws:region: us-east-1",
                ...Object.entries({ ...TAG, tagPattern: "rc*" }).map(([key, value]) => `  container-lambdas:${key}: ${JSON.stringify(value)}`),
            ].join("\n"),
        };
        const { settings } = withTree(tree, (root) => readStackFile(root, "staging"));
        assert.equal(settings?.stack, "staging");
        const staging = renderDelivery(optionsOf({ ...TAG, tagPattern: "rc*" }, "staging"));
        const prod = renderDelivery(optionsOf({ ...TAG, tagPattern: "rc*" }, "prod"));
        const hash = (rendered: RenderedDelivery): string => fingerprint(rendered.projects.get("self-update"));
        assert.equal(text(staging), text(prod).replaceAll("container-lambdas-prod", "container-lambdas-staging").replaceAll('"prod"', '"staging"').replaceAll(hash(prod), hash(staging)));
    });

    it("is the same bytes on another clock, host, folder and user, and in any order of the environment", () => {
        const folder = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "cl-render-"));
        const script = path.join(folder, "render.cjs");
        const component = (file: string): string => JSON.stringify(path.join(ROOT, "components", file));
        fs.writeFileSync(
            script,
            `Date.now = () => Number(process.env.NOW);
             Math.random = () => 0.5;
             require("node:os").hostname = () => process.env.HOSTNAME;
             const { renderDelivery } = require(${component("deliveryPipeline/render")});
             const { projects, pipeline } = renderDelivery(${JSON.stringify(optionsOf(BRANCH))});
             process.stdout.write(JSON.stringify([pipeline, [...projects]]));`,
        );
        const run = (cwd: string, environment: readonly (readonly [string, string])[]): string => {
            const { stdout, stderr, status } = spawnSync(process.execPath, ["--require", require.resolve("tsx/cjs"), script], {
                cwd,
                encoding: "utf8",
                env: Object.fromEntries([["PATH", process.env.PATH ?? ""], ...environment]),
            });
            assert.equal(status, 0, stderr);
            return stdout;
        };
        try {
            const one = run(ROOT, [["NOW", "0"], ["HOSTNAME", "one"], ["USER", "ada"], ["TZ", "UTC"], ["LANG", "C"], ["HOME", folder]]);
            const other = run(folder, [["LANG", "tr_TR.UTF-8"], ["TZ", "Asia/Kathmandu"], ["USER", "grace"], ["HOSTNAME", "two"], ["NOW", "4000000000000"], ["HOME", "/"]]);
            assert.equal(other, one);
        } finally {
            fs.rmSync(folder, { recursive: true });
        }
    }).timeout(60_000);
});

describe("the projects of a pipeline", () => {
    it("have no Docker but the one that builds, which cannot be had for tags", () => {
        for (const docker of ["privileged", "server"] as const) {
            for (const [kind, settings, stack] of BOTH) {
                const { projects } = renderDelivery(optionsOf({ ...settings, buildDocker: docker }, stack));
                const withDocker = [...projects].filter(([, { environment }]) => environment.privilegedMode || environment.dockerServer !== undefined).map(([name]) => name);
                assert.deepEqual(withDocker, kind === "branch" ? ["build"] : []);
            }
        }
        const { environment } = renderDelivery(optionsOf({ ...BRANCH, buildDocker: "server" })).projects.get("build") ?? assert.fail();
        assert.deepEqual([environment.privilegedMode, environment.dockerServer], [false, { computeType: "BUILD_GENERAL1_MEDIUM" }]);
    });

    it("are those that the stages use, each with the role of its own name", () => {
        for (const [, settings, stack] of BOTH) {
            const { pipeline, projects } = renderDelivery(optionsOf(settings, stack));
            const used = new Set(actionsOf(pipeline).flatMap(({ configuration }) => configuration.ProjectName ?? []));
            assert.deepEqual(new Set([...projects.values()].map(({ name }) => name)), used);
            for (const [project, { serviceRole }] of projects) {
                assert.equal(serviceRole, `arn:aws:iam::123456789012:role/container-lambdas/delivery/container-lambdas-${stack}.${project}`);
            }
        }
    });

    it("know where their stack is, and on the emulator nothing of a state bucket of Pulumi", () => {
        const of = (settings: Readonly<Record<string, unknown>>, stack: string) =>
            Object.fromEntries((renderDelivery(optionsOf(settings, stack)).projects.get("deploy")?.environment.environmentVariables ?? []).map(({ name, value }) => [name, value]));
        const bucket = "container-lambdas-123456789012-state";
        assert.deepEqual(of(TAG, "prod"), {
            PIPELINE: "container-lambdas-prod",
            PULUMI_BACKEND_URL: `s3://${bucket}?region=us-east-1`,
            RECORDS_BUCKET: bucket,
            RELEASES_FROM: "dev",
            STACK: "prod",
        });
        assert.deepEqual(of({ ...BRANCH, runsOn: "emulator", stateBucket: "mine" }, "local-dev"), { PIPELINE: "container-lambdas-local-dev", RECORDS_BUCKET: "mine", STACK: "local-dev" });
    });

    it("run on the architecture of the images, in an image of a fixed version", () => {
        const of = (settings: Readonly<Record<string, unknown>>) => renderDelivery(optionsOf({ ...BRANCH, ...settings })).projects.get("build")?.environment;
        assert.deepEqual(
            [of({})?.type, of({})?.image, of({})?.imagePullCredentialsType],
            ["LINUX_CONTAINER", "aws/codebuild/amazonlinux-x86_64-standard:5.0", "CODEBUILD"],
        );
        assert.deepEqual([of({ architecture: "arm64" })?.type, of({ architecture: "arm64" })?.image], ["ARM_CONTAINER", "aws/codebuild/amazonlinux-aarch64-standard:3.0"]);
        assert.equal(of({ buildImage: "me/ci:1.2" })?.imagePullCredentialsType, "SERVICE_ROLE");
    });

    it("share no cache", () => {
        const locations = [...renderDelivery(optionsOf({ ...BRANCH, deliveryCache: "s3" })).projects.values()].map(({ cache }) => cache.location);
        assert.equal(new Set(locations).size, locations.length);
        assert.ok(locations.every((location) => location?.startsWith("container-lambdas-dev-123456789012-artifacts/cache/")));
    });

    it("hold no secret, no webhook and no public page", () => {
        for (const [, settings, stack] of BOTH) {
            for (const project of renderDelivery(optionsOf(settings, stack)).projects.values()) {
                assert.ok(!("projectVisibility" in project), "private unless told otherwise (CodeBuild API, UpdateProjectVisibility)");
                assert.equal(project.logsConfig.cloudwatchLogs.status, "ENABLED");
                assert.equal(project.source.type, "CODEPIPELINE");
                assert.ok(parse(project.source.buildspec), "the buildspec is inline");
            }
        }
    });
});
