import assert from "node:assert/strict";
import { lines } from "../manifest/support";
import { parseSettings } from "../../../components/settings/parseSettings";
import { rawConfiguration } from "../../../components/settings/rawConfiguration";

const CONNECTION = "arn:aws:codeconnections:us-east-1:123456789012:connection/0a1b2c3d-0000-4000-8000-000000000000";
const BRANCH = { delivery: "branch", repository: "me/app", connectionArn: CONNECTION };
const TAG = { ...BRANCH, delivery: "tag", releasesFrom: "dev", images: "release", releaseManifest: "release.json", registry: "external" };

const read = (settings: Readonly<Record<string, unknown>>, stack = "here", project = "p") => {
    const own = Object.entries(settings).map(([key, value]) => [`${project}:${key}`, value]);
    return parseSettings(rawConfiguration(project, stack, { "aws:region": "us-east-1", ...Object.fromEntries(own) }));
};

describe("settings of a delivery", () => {
    it("are needed by no stack that has none, and may wait in a stack file until they are", () => {
        assert.deepEqual(lines(read({}).problems), []);
        assert.deepEqual(lines(read({ releasesFrom: "dev", repository: "me/app" }).problems), []);
    });

    it("are complete with a repository and a connection for a branch, and with a source of releases for tags", () => {
        assert.deepEqual(lines(read(BRANCH).problems), []);
        assert.deepEqual(lines(read(TAG).problems), []);
        assert.deepEqual(lines(read({ delivery: "branch", deliverySource: "codecommit", repository: "app" }).problems), []);
    });

    it("say what is missing all at once, and who writes it", () => {
        assert.deepEqual(lines(read({ delivery: "tag", images: "release", releaseManifest: "r.json", registry: "external" }).problems), [
            "Pulumi.here.yaml: connectionArn: is missing, while `delivery` is tag. Fix: run npm run bootstrap, which writes it, or set it with pulumi config set connectionArn arn:aws:codeconnections:REGION:ACCOUNT:connection/ID.",
            "Pulumi.here.yaml: releasesFrom: is missing, while `delivery` is tag. Fix: name the stack that builds and tests: pulumi config set releasesFrom dev.",
            "Pulumi.here.yaml: repository: is missing, while `delivery` is tag. Fix: run npm run bootstrap, which writes it, or set it with pulumi config set repository OWNER/NAME.",
        ]);
    });

    const combinations: readonly (readonly [string, Readonly<Record<string, unknown>>, RegExp])[] = [
        ["a repository without owner behind a connection", { ...BRANCH, repository: "app" }, /repository: "app": has no owner, while `deliverySource` is connection\. Fix: write OWNER\/NAME\.$/],
        [
            "a CodeCommit repository with an owner",
            { delivery: "branch", deliverySource: "codecommit", repository: "me/app" },
            /repository: "me\/app": has an owner, while `deliverySource` is codecommit/,
        ],
        ["a connection to CodeCommit", { ...BRANCH, deliverySource: "codecommit", repository: "app" }, /connectionArn: .* has no effect, while `deliverySource` is codecommit/],
        [
            "a branch where nothing is built",
            { ...BRANCH, images: "release", releaseManifest: "r.json", registry: "external" },
            /delivery: is branch, while images come from another stack: there is nothing to build\. Fix: set `delivery` to tag\.$/,
        ],
        ["a watch that the step's time-out would end", { ...TAG, release: "gradual", canarySeconds: "3600" }, /canarySeconds: "3600": is above 3300: the step would be stopped after its 60 minutes/],
        ["a branch with gradual releases", { ...BRANCH, release: "gradual" }, /release: "gradual": is gradual, while `delivery` is branch: nobody would move the alias/],
        ["a branch with another stack's releases", { ...BRANCH, releasesFrom: "dev" }, /releasesFrom: "dev": has no effect, while `delivery` is branch/],
        [
            "a tag that builds",
            { delivery: "tag", releasesFrom: "dev", repository: "me/app", connectionArn: CONNECTION },
            /images: is build, while `delivery` is tag: a tag deploys what was built and tested before/,
        ],
        ["a tag with repositories of its own", { ...TAG, registry: "own" }, /registry: "own": is own, while `delivery` is tag: images stay in the registry of the stack that built them/],
        ["releases from itself", { ...TAG, releasesFrom: "here" }, /releasesFrom: "here": is this very stack, which builds nothing/],
    ];
    for (const [what, settings, expected] of combinations) {
        it(`refuse ${what}`, () => {
            const found = lines(read(settings).problems);
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0] ?? "", expected);
        });
    }

    it("refuse names that are too long for the pipeline's own", () => {
        assert.deepEqual(lines(read(BRANCH, "production-of-europe", "container-lambdas-of-us").problems), [
            "Pulumi.production-of-europe.yaml: delivery: the derived artifact bucket name has 67 characters (limit: 63; source: S3 API). Fix: shorten the name of project or stack by at least 4 characters in total.",
        ]);
        assert.deepEqual(lines(read(BRANCH, "dev-of-europe-is1", "container-lambdas-of-us").problems).length, 1);
        assert.deepEqual(lines(read(BRANCH, "dev-of-europe-is", "container-lambdas-of-us").problems), []);
    });

    const bad: readonly (readonly [string, unknown, RegExp])[] = [
        ["delivery", "push", /must be "none", "branch" or "tag"/],
        ["deliverySource", "github", /must be "connection" or "codecommit"/],
        ["repository", "me/app;rm", /is no name of a repository\. Fix: set it with pulumi config set repository OWNER\/NAME/],
        ["repository", "https://x/y", /is no name of a repository/],
        ["branch", "main/", /is no name of one branch/],
        ["branch", "feature/*", /is no name of one branch/],
        ["branch", "a..b", /is no name of one branch/],
        ["branch", "$(id)", /is no name of one branch/],
        ["branch", "", /is no name of one branch\. Fix: set it with pulumi config set branch main/],
        ["tagPattern", "**", /is no pattern of tags/],
        ["tagPattern", "v`id`", /is no pattern of tags/],
        ["tagPattern", "", /is no pattern of tags/],
        ["connectionArn", "arn:aws:iam::123456789012:role/x", /is no ARN of a connection/],
        ["stateBucket", "My.Bucket", /is no name of a bucket without dots/],
        ["releasesFrom", "Dev", /is no name of a stack/],
        ["deliveryCompute", "tiny", /must be "small", "medium", "large", "xlarge" or "2xlarge"/],
        ["buildCompute", "2XLARGE", /did you mean "2xlarge"\?/],
        ["buildDocker", "yes", /must be "privileged" or "server"/],
        ["deliveryCache", "redis", /must be "none", "s3" or "local"/],
        ["buildImage", "node", /is no image with a fixed version/],
        ["buildImage", "node:latest", /is no image with a fixed version/],
        ["stepTimeoutMinutes", "4", /is below 5 \(limit: 5 to 2160; source: CodeBuild API, CreateProject\)/],
        ["stepTimeoutMinutes", "2161", /is above 2160/],
        ["approvalTimeoutMinutes", "4", /is below 5 \(limit: 5 to 86400; source: CodePipeline API, ActionDeclaration\)/],
        ["approvalTimeoutMinutes", "86401", /is above 86400/],
        ["kernelPermission", "yes", /is no permission of 32 hex digits/],
    ];
    for (const [key, value, expected] of bad) {
        it(`refuse ${key}: ${JSON.stringify(value)}`, () => {
            const found = lines(read({ [key]: value }).problems);
            assert.equal(found.length, 1, found.join("\n"));
            assert.match(found[0] ?? "", expected);
        });
    }

    for (const [key, value] of [
        ["repository", "group/subgroup/app.name"],
        ["branch", "release/1.x"],
        ["tagPattern", "release-*"],
        ["connectionArn", CONNECTION.replace("codeconnections", "codestar-connections")],
        ["stateBucket", "p-123456789012-state"],
        ["buildImage", `123456789012.dkr.ecr.us-east-1.amazonaws.com/ci@sha256:${"0".repeat(64)}`],
        ["buildImage", "aws/codebuild/standard:7.0"],
        ["stepTimeoutMinutes", "2160"],
        ["approvalTimeoutMinutes", 86_400],
        ["kernelPermission", "0123456789abcdef".repeat(2)],
    ] as const) {
        it(`accept ${key}: ${value}`, () => assert.deepEqual(lines(read({ [key]: value }).problems), []));
    }
});
