import assert from "node:assert/strict";
import { stagesOf } from "../../components/deliveryPipeline/blueprint";
import { PROJECT_OF } from "../../components/deliveryPipeline/names";
import { INLINE_LIMIT, MANAGED_LIMIT, mergeStatements, policyText } from "../../bootstrap/policies/statement";
import { projectsOf } from "../../bootstrap/policies/projects";
import { rolesOf } from "../../bootstrap/policies/roles";
import { keyPolicy } from "../../bootstrap/policies/keys";
import { roleTrust } from "../../bootstrap/policies/trust";
import { allowUnscoped, UNSCOPED } from "../../bootstrap/policies/unscoped";
import { list, mayAssume } from "./support/evaluator";
import { ACCOUNT, BOUNDARY, BOUNDARY_ARN, DEV, everyPolicy, everyRole, PROD, REGION, scope } from "./support/rendered";

const policies = everyPolicy();
const statements = [...policies].flatMap(([owner, all]) => all.map((statement) => ({ owner, ...statement })));

describe("every policy of the seed", () => {
    it("names each action in full, and in the form that IAM knows", () => {
        for (const { owner, Sid, Action } of statements) {
            for (const action of Action) {
                assert.match(action, /^[a-z0-9-]+:[A-Z][A-Za-z]+$/, `${owner} ${Sid}: ${action}`);
            }
        }
    });

    it("allows without resources only what has a written reason, and keeps no reason that nobody needs", () => {
        const unscoped = statements.filter(({ Effect, Resource }) => Effect === "Allow" && Resource.includes("*"));
        for (const { owner, Sid, Action } of unscoped) {
            assert.deepEqual(Action.filter((action) => !(action in UNSCOPED)), [], `${owner} ${Sid}`);
        }
        assert.deepEqual([...new Set(unscoped.flatMap(({ Action }) => Action))].sort(), Object.keys(UNSCOPED));
        assert.throws(() => allowUnscoped("All", ["s3:GetObject"]), /"s3:GetObject" has no reason to stand without resources/);
    });

    it("names the account, or a bucket by its beginning, in every other resource", () => {
        for (const { owner, Sid, Resource, Effect } of statements) {
            for (const resource of Resource.filter((one) => one !== "*")) {
                const bound = resource.startsWith("arn:aws:s3:::container-lambdas-") || resource.includes(`:${ACCOUNT}:`) || (owner === "boundary" && resource === "arn:aws:s3:::*");
                assert.ok(bound && (Effect === "Deny" || !resource.endsWith(`:${ACCOUNT}:*`) || owner === "boundary"), `${owner} ${Sid}: ${resource}`);
            }
        }
    });

    it("hands roles to named services only", () => {
        const passing = statements.filter(({ Effect, Action }) => Effect === "Allow" && Action.includes("iam:PassRole"));
        assert.ok(passing.length >= 5);
        for (const { owner, Action, Condition } of passing) {
            assert.deepEqual(Action, ["iam:PassRole"], owner);
            const services = list(Condition?.StringEquals?.["iam:PassedToService"] ?? []);
            assert.ok(services.length > 0 && services.every((service) => /^[a-z]+\.amazonaws\.com$/.test(service)), `${owner}: ${services.join()}`);
        }
    });

    it("gives rights to roles only under the boundary", () => {
        const giving = ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"];
        const found = statements.filter(({ Effect, Action }) => Effect === "Allow" && Action.some((action) => giving.includes(action)));
        assert.deepEqual([...new Set(found.map(({ owner }) => owner))].sort(), ["dev codecommit deploy", "dev deploy", "prod deploy"]);
        found.forEach(({ owner, Condition }) => assert.equal(Condition?.StringEquals?.["iam:PermissionsBoundary"], BOUNDARY_ARN, owner));
    });

    it("fits into what IAM takes", () => {
        for (const [owner, all] of everyRole()) {
            for (const [part, statements] of Object.entries(all)) {
                // A tenth is left for longer names of stacks.
                const limit = part === "rights" ? INLINE_LIMIT : MANAGED_LIMIT;
                assert.ok(policyText(owner, statements, limit).length < 0.95 * limit, `${owner} ${part}`);
            }
        }
        assert.ok(policyText("boundary", BOUNDARY, MANAGED_LIMIT).length > 0);
        assert.throws(() => policyText("big", BOUNDARY, 1_000), /The policy of "big" has \d+ characters; IAM takes at most 1000\./);
    });

    it("has a name of letters and digits for every statement, once", () => {
        for (const [owner, all] of policies) {
            const names = all.map(({ Sid }) => Sid);
            assert.deepEqual(names.filter((name, index) => !/^[A-Za-z0-9]+$/.test(name) || names.indexOf(name) !== index), [], owner);
        }
    });

    it("repeats nothing when one role serves several stacks, and refuses two meanings of one name", () => {
        const one = { Sid: "A", Effect: "Allow", Action: ["s3:GetObject"], Resource: ["x"] } as const;
        assert.deepEqual(mergeStatements([one, { ...one, Resource: ["w"] }]), [{ ...one, Resource: ["w", "x"] }]);
        assert.throws(() => mergeStatements([one, { ...one, Action: ["s3:PutObject"] }]), /Two statements are called "A" and mean different things/);
        const conditioned = { ...one, Condition: { StringEquals: { "k:A": "1" } } };
        assert.deepEqual(mergeStatements([one, conditioned]).map(({ Sid }) => Sid), ["A", "A2"]);
    });
});

describe("the roles of a pipeline", () => {
    it("are those that its stages use, and no other", () => {
        for (const environment of [DEV, PROD]) {
            const steps = stagesOf(environment.delivery).flatMap(({ actions }) => actions.flatMap((action) => (action.kind === "step" ? [PROJECT_OF[action.step]] : [])));
            assert.deepEqual(projectsOf(environment.delivery).sort(), [...new Set(steps)].sort());
        }
        assert.equal(rolesOf(PROD).includes("build"), false, "production builds nothing");
        assert.equal(rolesOf(DEV).includes("events"), false, "a connection starts the pipeline by a trigger");
        assert.equal(rolesOf({ ...DEV, source: "codecommit" }).includes("events"), true);
    });

    it("can each be taken by one service, for one resource of this account", () => {
        for (const environment of [DEV, PROD, { ...DEV, source: "codecommit" } as const]) {
            const own = scope(environment);
            const sourceOf = (name: string): string =>
                name === "pipeline"
                    ? own.names.pipelineArn
                    : name === "events"
                      ? `arn:aws:events:${REGION}:${ACCOUNT}:rule/${own.names.eventRule}`
                      : `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/${own.prefix}-${name}`;
            const serviceOf = (name: string): string => `${name === "pipeline" ? "codepipeline" : name === "events" ? "events" : "codebuild"}.amazonaws.com`;
            for (const name of rolesOf(environment)) {
                for (const other of rolesOf(environment)) {
                    const assumed = mayAssume(roleTrust(name, own), serviceOf(other), { "aws:SourceAccount": ACCOUNT, "aws:SourceArn": sourceOf(other) });
                    assert.equal(assumed, name === other, `${name} for ${other}`);
                }
                const source = { "aws:SourceArn": sourceOf(name) };
                assert.equal(mayAssume(roleTrust(name, own), serviceOf(name), { ...source, "aws:SourceAccount": "999999999999" }), false, "another account");
                assert.equal(mayAssume(roleTrust(name, own), serviceOf(name), source), false, "a call without account");
                assert.equal(mayAssume(roleTrust(name, own), serviceOf(name), { "aws:SourceAccount": ACCOUNT }), false, "a call without source");
            }
        }
    });
});

describe("the policy of a key", () => {
    it("leaves decisions to the account, and lets services use it for the account's own resources only", () => {
        const { Statement } = JSON.parse(keyPolicy(ACCOUNT, ["codestar-notifications.amazonaws.com"])) as { Statement: { Sid: string; Action: string[]; Principal: unknown; Condition?: unknown }[] };
        assert.deepEqual(Statement.map(({ Principal }) => Principal), [{ AWS: `arn:aws:iam::${ACCOUNT}:root` }, { Service: ["codestar-notifications.amazonaws.com"] }]);
        assert.deepEqual(Statement[1].Condition, { StringEquals: { "aws:SourceAccount": ACCOUNT } });
        assert.deepEqual(Statement.flatMap(({ Action }) => Action).filter((action) => action.includes("*")), []);
        assert.ok(Statement[0].Action.includes("kms:PutKeyPolicy"), "else nobody could ever change it");
        assert.equal(JSON.parse(keyPolicy(ACCOUNT, [])).Statement.length, 1);
    });
});
