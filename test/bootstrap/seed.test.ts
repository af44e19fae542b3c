import assert from "node:assert/strict";
import { StateBucket } from "../../bootstrap/components/StateBucket";
import { declareSeed } from "../../bootstrap/seed";
import { parseSeedSettings, type SeedSettings } from "../../bootstrap/settings";
import { list } from "./support/evaluator";
import { duplicateRegistrations, type MockOptions, type Registration, registered, registrationOf, startMockEngine } from "../support/mockEngine";
import { ResourceOptions } from "../support/resourceOptions";
import { settleOutputs, valueOf } from "../support/valueOf";
import { ACCOUNT, PLACE, REGION } from "./support/rendered";

const GIVEN = {
    runsOn: "account",
    source: "connection",
    provider: "GitHub",
    repository: "example/container-lambdas",
    repositoryUrl: "",
    branch: "main",
    connected: true,
    engineBucket: "",
    keep: true,
    environments: [{ stack: "dev", delivery: "branch" }, { stack: "prod", delivery: "tag", releasesFrom: "dev" }],
};
const ROLE = "aws:iam/role:Role";

function settings(change: Record<string, unknown> = {}): SeedSettings {
    const parsed = parseSeedSettings("f", { ...GIVEN, ...change });
    return parsed.settings ?? assert.fail(JSON.stringify(parsed.problems));
}

/** What only creation tells: ARNs with ids, and of roles and policies those with their path. */
const outputs: MockOptions["outputs"] = ({ type, name, inputs }: Registration) => {
    const path = typeof inputs.path === "string" ? inputs.path : "/";
    const known: Record<string, Record<string, unknown>> = {
        "aws:kms/key:Key": { arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${name}`, keyId: name },
        "aws:iam/policy:Policy": { arn: `arn:aws:iam::${ACCOUNT}:policy${path}${String(inputs.name)}` },
        "aws:iam/role:Role": { arn: `arn:aws:iam::${ACCOUNT}:role${path}${String(inputs.name)}` },
        "aws:codebuild/project:Project": { arn: `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/${String(inputs.name)}` },
        "aws:codeconnections/connection:Connection": { arn: `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/1`, connectionStatus: "PENDING" },
    };
    return known[type];
};

async function declare(change: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
    await startMockEngine({ project: "container-lambdas-bootstrap", stack: "account", outputs });
    const declared = declareSeed(settings(change), PLACE);
    await settleOutputs();
    return declared;
}

function ofType(type: string): Registration[] {
    return registered().filter((one) => one.type === type);
}

describe("the seed", () => {
    it("has one role for each project of each pipeline, at a path of its own, under the names that the pipelines expect", async () => {
        await declare();
        const roles = ofType(ROLE).map(({ inputs }) => `${String(inputs.path)}${String(inputs.name)}`);
        const pipelines = [...["build", "deploy", "pipeline", "record", "self-update", "test", "verify"].map((name) => `dev.${name}`), ...["deploy", "pipeline", "plan", "record", "release", "self-update", "verify"].map((name) => `prod.${name}`)];
        const own = ["repair", "watchdog", "watchdog-events"];
        assert.deepEqual(roles.sort(), [...pipelines, ...own].map((name) => `/container-lambdas/delivery/container-lambdas-${name}`).sort());
        assert.deepEqual(duplicateRegistrations(), []);
    });

    it("lets each role be taken by one service for named resources of this account", async () => {
        await declare();
        for (const { inputs } of ofType(ROLE)) {
            const [{ Principal, Condition }] = JSON.parse(String(inputs.assumeRolePolicy)).Statement as { Principal: { Service: string }; Condition: Record<string, Record<string, string | string[]>> }[];
            assert.match(Principal.Service, /^(codebuild|codepipeline|events)\.amazonaws\.com$/);
            assert.equal(Condition.StringEquals["aws:SourceAccount"], ACCOUNT);
            const sources = list(Condition.ArnEquals["aws:SourceArn"]);
            assert.ok(sources.length > 0 && sources.every((arn) => arn.includes(`:${ACCOUNT}:`) && !arn.includes("*")), String(inputs.name));
        }
    });

    it("keeps state private, versioned, encrypted with its key, by TLS only; and keeps it whatever becomes of the seed", async () => {
        const options = new ResourceOptions();
        await startMockEngine({ outputs });
        await valueOf(new StateBucket("state", { bucketName: "state", keyArn: "arn:key" }, { transformations: [options.transformation] }).arn);
        await settleOutputs();
        const inputs = (type: string, suffix: string): Record<string, unknown> => registrationOf(`aws:s3/${type[0].toLowerCase()}${type.slice(1)}:${type}`, `state-${suffix}`).inputs;
        assert.deepEqual(inputs("BucketVersioning", "versioning").versioningConfiguration, { status: "Enabled" });
        assert.deepEqual(inputs("BucketServerSideEncryptionConfiguration", "encryption").rules, [
            { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: "arn:key" }, bucketKeyEnabled: true },
        ]);
        const { blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets } = inputs("BucketPublicAccessBlock", "public-access");
        assert.deepEqual([blockPublicAcls, blockPublicPolicy, ignorePublicAcls, restrictPublicBuckets], [true, true, true, true]);
        assert.match(String(inputs("BucketPolicy", "policy").policy), /"Effect":"Deny".*"aws:SecureTransport":"false"/);
        const { protect, retainOnDelete } = options.of("aws:s3/bucket:Bucket", "state-bucket");
        assert.deepEqual([protect, retainOnDelete, inputs("Bucket", "bucket").forceDestroy], [true, true, false]);
    });

    it("has two keys that rotate, and lets no service but notifications use one", async () => {
        await declare();
        assert.deepEqual(ofType("aws:kms/alias:Alias").map(({ inputs }) => inputs.name).sort(), ["alias/container-lambdas-artifacts", "alias/container-lambdas-secrets"]);
        const services = ofType("aws:kms/key:Key").map(({ name, inputs }) => {
            assert.equal(inputs.enableKeyRotation, true);
            const { Statement } = JSON.parse(String(inputs.policy)) as { Statement: { Principal: { Service?: string[] } }[] };
            return [name, Statement.flatMap(({ Principal }) => Principal.Service ?? [])];
        });
        assert.deepEqual(services.sort(), [["artifacts-key", ["codestar-notifications.amazonaws.com"]], ["secrets-key", []]]);
    });

    it("makes watchdog and repair only when the connection is completed: CodeBuild refuses them before", async () => {
        await declare({ connected: false });
        assert.deepEqual(ofType("aws:codebuild/project:Project"), []);
        assert.deepEqual(ofType("aws:cloudwatch/eventRule:EventRule"), []);
        await declare({ connected: false, source: "codecommit" });
        assert.equal(ofType("aws:codebuild/project:Project").length, 2, "CodeCommit needs no connection");
        assert.deepEqual(ofType("aws:codeconnections/connection:Connection"), []);
    });

    it("wakes the watchdog for each pipeline, after every run that ended badly and every half hour, and tells it which", async () => {
        await declare();
        const rules = Object.fromEntries(ofType("aws:cloudwatch/eventRule:EventRule").map(({ inputs }) => [String(inputs.name), inputs.eventPattern ?? inputs.scheduleExpression]));
        assert.deepEqual(Object.keys(rules).sort(), ["dev.ended", "dev.schedule", "prod.ended", "prod.schedule"].map((name) => `container-lambdas-watchdog.${name}`));
        assert.equal(rules["container-lambdas-watchdog.dev.schedule"], "rate(30 minutes)");
        assert.deepEqual(JSON.parse(String(rules["container-lambdas-watchdog.dev.ended"])).detail, { pipeline: ["container-lambdas-dev"], state: ["CANCELED", "FAILED", "STOPPED"] });
        const { inputs } = registrationOf("aws:cloudwatch/eventTarget:EventTarget", "watchdog-rules-prod-ended-target");
        assert.deepEqual(JSON.parse(String(inputs.input)).environmentVariablesOverride.map(({ name, value }: { name: string; value: string }) => `${name}=${value}`), ["PIPELINE=container-lambdas-prod", "STACK=prod"]);
        assert.equal(inputs.arn, `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/container-lambdas-watchdog`);
    });

    it("runs watchdog and repair on the programs of the branch, fetched by the connection", async () => {
        await declare();
        for (const step of ["watchdog", "repair"]) {
            const { inputs } = registrationOf("aws:codebuild/project:Project", `${step}-project`);
            const { buildspec, ...source } = inputs.source as Record<string, unknown>;
            assert.deepEqual(source, {
                type: "GITHUB",
                location: "https://github.com/example/container-lambdas.git",
                auth: { type: "CODECONNECTIONS", resource: `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/1` },
            });
            assert.match(String(buildspec), /node delivery\/start\.mjs "\$STEP"/);
            const { environmentVariables, privilegedMode } = inputs.environment as { environmentVariables: { name: string; value: string }[]; privilegedMode?: boolean };
            assert.deepEqual(environmentVariables.map(({ name, value }) => `${name}=${value}`), [
                `PULUMI_BACKEND_URL=s3://container-lambdas-${ACCOUNT}-state?region=${REGION}`,
                `RECORDS_BUCKET=container-lambdas-${ACCOUNT}-state`,
                `STEP=${step}`,
            ]);
            assert.equal(privilegedMode, undefined);
        }
    });

    it("tells what stacks need to know of it", async () => {
        const told = await declare();
        assert.equal(await valueOf(told.stateBucket), `container-lambdas-${ACCOUNT}-state`);
        assert.equal(await valueOf(told.permissionsBoundary), `arn:aws:iam::${ACCOUNT}:policy/container-lambdas-function-boundary`);
        assert.equal(await valueOf(told.connectionArn), `arn:aws:codeconnections:${REGION}:${ACCOUNT}:connection/1`);
        assert.equal(await valueOf(told.connectionStatus), "PENDING");
    });
});
