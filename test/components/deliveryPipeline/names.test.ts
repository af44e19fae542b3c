import assert from "node:assert/strict";
import { deliveryNames, PROJECTS, ROLES, seedNames } from "../../../components/deliveryPipeline/names";
import { derivedNames } from "../../../components/manifest/names";

const place = { project: "container-lambdas", stack: "dev", accountId: "123456789012", region: "us-east-1" };
const names = deliveryNames(place);

describe("names of a delivery", () => {
    it("are fixed by project, stack, account and region", () => {
        assert.deepEqual(
            {
                pipeline: names.pipeline,
                project: names.project("deploy"),
                roleArn: names.roleArn("pipeline"),
                artifactBucket: names.artifactBucket,
                topicArn: names.topicArn,
                logGroup: names.logGroup("verify"),
                reportGroupArn: names.reportGroupArn("verify"),
                rules: [names.notificationRule, names.eventRule],
                seed: seedNames(place).stateBucket,
            },
            {
                pipeline: "container-lambdas-dev",
                project: "container-lambdas-dev-deploy",
                roleArn: "arn:aws:iam::123456789012:role/container-lambdas/delivery/container-lambdas-dev.pipeline",
                artifactBucket: "container-lambdas-dev-123456789012-artifacts",
                topicArn: "arn:aws:sns:us-east-1:123456789012:container-lambdas-dev-delivery",
                logGroup: "/aws/codebuild/container-lambdas-dev-verify",
                reportGroupArn: "arn:aws:codebuild:us-east-1:123456789012:report-group/container-lambdas-dev-verify",
                rules: ["container-lambdas-dev-delivery", "container-lambdas-dev.push"],
                seed: "container-lambdas-123456789012-state",
            },
        );
    });

    it("are no function's, whatever it is called: neither roles nor rules", () => {
        const taken = new Set([...ROLES.map((role) => names.roleName(role)), names.eventRule]);
        for (const name of [...ROLES, "push", "delivery", "delivery-deploy"]) {
            const derived = derivedNames(place.project, place.stack, name, "function", { schedules: 2, rules: 2 });
            assert.deepEqual(derived.filter((one) => taken.has(one.name)), []);
        }
    });

    it("fit into the services' limits for the longest project and stack that settings let pass", () => {
        const longest = deliveryNames({ ...place, project: "p".repeat(20), stack: "s".repeat(19) });
        assert.equal(longest.artifactBucket.length, 63);
        assert.ok(ROLES.every((role) => longest.roleName(role).length <= 64));
        assert.ok(PROJECTS.every((project) => longest.project(project).length <= 150 && longest.reportGroup(project).length <= 128));
        assert.ok(longest.notificationRule.length <= 64 && longest.eventRule.length <= 64 && longest.topic.length <= 256);
    });
});
