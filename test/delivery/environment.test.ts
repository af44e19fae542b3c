import assert from "node:assert/strict";
import { readEnvironment } from "../../delivery/environment";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const GOOD = {
    STACK: "dev",
    PIPELINE: "container-lambdas-dev",
    EXECUTION_ID: "11111111-2222-3333-4444-555555555555",
    COMMIT,
    GENERATION: "1",
    RECORDS_BUCKET: "container-lambdas-000000000000-state",
    PULUMI_BACKEND_URL: "s3://container-lambdas-000000000000-state?region=us-east-1",
    AWS_REGION: "us-east-1",
    CODEBUILD_BUILD_ID: "container-lambdas-dev-plan:1b2c",
};

describe("the environment of a build", () => {
    const problems = (variables: Record<string, string | undefined>, ...needed: Parameters<typeof readEnvironment>[1]): string[] =>
        readEnvironment(variables, needed).problems.map(({ key, value, rule }) => `${key ?? ""} ${value === undefined ? "" : JSON.stringify(value)} ${rule}`);

    it("is read whole, whatever a step needs of it", () => {
        const { environment } = readEnvironment(GOOD, ["stack"]);
        assert.equal(environment?.stack, "dev");
        assert.equal(environment?.executionId, GOOD.EXECUTION_ID);
        assert.equal(environment?.region, "us-east-1");
        assert.equal(environment?.releasesFrom, undefined);
        assert.ok(Object.isFrozen(environment));
    });

    it("lacks what is empty: an action cannot leave a variable out", () => {
        assert.equal(readEnvironment({ ...GOOD, RELEASES_FROM: "" }, []).environment?.releasesFrom, undefined);
        assert.deepEqual(problems({ ...GOOD, COMMIT: "" }, "commit"), ["COMMIT  is not set; it must be a full commit id, 40 hex digits"]);
    });

    it("is refused with all that is missing or malformed at once, needed or not", () => {
        assert.deepEqual(problems({ STACK: "../x", GENERATION: "many", STATE_VERSION: "#{Plan.STATE_VERSION}", PULUMI_BACKEND_URL: "https://x" }, "stack", "pipeline", "recordsBucket"), [
            'STACK "../x" must be the name of a stack',
            "PIPELINE  is not set; it must be the name of a pipeline (CodePipeline API, PipelineDeclaration)",
            'GENERATION "many" must be a number from 0 to 999',
            'STATE_VERSION "#{Plan.STATE_VERSION}" must be the STATE_VERSION that the step plan exported',
            "RECORDS_BUCKET  is not set; it must be the name of a bucket",
            'PULUMI_BACKEND_URL "https://x" must be an s3:// or file:// address',
        ]);
    });

    it("takes the region by either of its names", () => {
        assert.equal(readEnvironment({ AWS_DEFAULT_REGION: "eu-central-1" }, []).environment?.region, "eu-central-1");
        assert.equal(readEnvironment({ AWS_REGION: "us-gov-west-1", AWS_DEFAULT_REGION: "eu-central-1" }, []).environment?.region, "us-gov-west-1");
    });

    it("says who sets what is missing", () => {
        const fixes = readEnvironment({}, ["commit", "buildId"]).problems.map(({ fix }) => fix.split(" of the pipeline")[0]);
        assert.deepEqual(fixes, ["the action", "CodeBuild"]);
    });
});
