import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import type { ResourceChange } from "../../../delivery/ports";
import { summaryOf } from "../../../delivery/plan/report";
import { needsApproval, riskOf } from "../../../delivery/plan/risk";
import { plan, type PlanPorts } from "../../../delivery/steps/plan";
import { planPipeline } from "../../../delivery/steps/pipelinePlan";
import { MemoryDocuments } from "../support/documents";
import { Lines } from "../support/lines";

const COMMIT = "c".repeat(40);
const policy = (actions: readonly string[], resource = "arn:aws:s3:::b/*"): Record<string, unknown> => ({ policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: actions, Resource: [resource] }] }) });
const change = (operation: ResourceChange["operation"], type: string, more: Partial<ResourceChange> = {}): ResourceChange => ({ urn: `urn:pulumi:prod::p::${type}::x`, type, operation, protect: false, ...more });

describe("the risk of a plan", () => {
    const classOf = (...changes: readonly ResourceChange[]): string => riskOf(changes).class;

    it("is destructive where something that holds something goes or is made anew", () => {
        assert.equal(classOf(change("delete", "aws:s3/bucket:Bucket")), "destructive");
        assert.equal(classOf(change("replace", "aws:dynamodb/table:Table")), "destructive");
        assert.deepEqual(riskOf([change("delete", "aws:s3/bucket:Bucket")]).losses, ["deleted: s3 Bucket x"]);
    });

    it("is not destructive for what holds nothing", () => {
        for (const type of ["docker:index/image:Image", "command:local:Command", "aws:lambda/permission:Permission", "container-lambdas:images:FunctionImage", "pulumi:providers:aws"]) {
            assert.notEqual(classOf(change("delete", type)), "destructive", type);
        }
    });

    it("is about rights where somebody may do more than before", () => {
        const more = riskOf([change("update", "aws:iam/rolePolicy:RolePolicy", { before: policy(["s3:GetObject"]), after: policy(["s3:GetObject", "s3:PutObject"]) })]);
        assert.deepEqual([more.class, more.rights], ["rights", ["iam RolePolicy x: s3:PutObject on arn:aws:s3:::b/*"]]);
        assert.equal(classOf(change("update", "aws:iam/rolePolicy:RolePolicy", { before: policy(["s3:GetObject"], "arn:a"), after: policy(["s3:GetObject"], "arn:b") })), "rights");
        assert.equal(classOf(change("create", "aws:iam/rolePolicy:RolePolicy", { after: policy(["s3:GetObject"]) })), "rights");
        assert.equal(classOf(change("create", "aws:lambda/permission:Permission", { after: { principal: "s3.amazonaws.com", sourceArn: "arn:b" } })), "rights");
    });

    it("is about rights where they are not known yet, or where somebody else may take a role", () => {
        const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
        assert.deepEqual(riskOf([change("create", "aws:iam/rolePolicy:RolePolicy", { after: { policy: unknown } })]).rights, ["iam RolePolicy x: a policy that is known only when its resources exist"]);
        const role = (service: string): Record<string, unknown> => ({ assumeRolePolicy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }] }) });
        assert.deepEqual(riskOf([change("update", "aws:iam/role:Role", { before: role("a"), after: role("b") })]).rights, ['iam Role x: sts:AssumeRole by {"Service":"b"}']);
        assert.deepEqual(riskOf([change("create", "aws:lambda/permission:Permission", { after: { principal: "s3.amazonaws.com", sourceArn: unknown } })]).rights, [
            "lambda Permission x: s3.amazonaws.com may call, for a source that does not exist yet",
        ]);
    });

    it("is ordinary where rights only shrink, and nothing where nothing changes", () => {
        assert.equal(classOf(change("update", "aws:iam/rolePolicy:RolePolicy", { before: policy(["s3:GetObject", "s3:PutObject"]), after: policy(["s3:GetObject"]) })), "ordinary");
        assert.equal(classOf(change("update", "aws:lambda/function:Function", { before: {}, after: {} })), "ordinary");
        assert.equal(classOf(), "nothing");
    });

    it("asks for a person where it is grave", () => {
        const kinds = ["nothing", "ordinary", "rights", "destructive"] as const;
        assert.deepEqual(kinds.map((kind) => needsApproval({ class: kind, losses: [], rights: [] })), [false, false, true, true]);
    });
});

describe("what the approver reads", () => {
    it("counts resources, and says what is grave", () => {
        const changes = [change("create", "aws:lambda/function:Function"), change("update", "aws:lambda/alias:Alias"), change("delete", "aws:s3/bucket:Bucket"), change("create", "container-lambdas:functions:ContainerFunction")];
        assert.equal(summaryOf({ commit: COMMIT, changes, risk: riskOf(changes) }), "cccccccccccc: 1 to create, 1 to update, 1 to delete. Deleted: s3 Bucket x. Risk: destructive.");
        assert.equal(summaryOf({ commit: COMMIT, changes: [], risk: riskOf([]) }), "cccccccccccc: no resource changes. Risk: nothing.");
    });

    it("stays below 600 characters and keeps the risk, however much changes", () => {
        const changes = Array.from({ length: 200 }, (_, index) => change("delete", "aws:s3/bucket:Bucket", { urn: `urn:pulumi:prod::p::aws:s3/bucket:Bucket::bucket-with-a-long-name-${index}` }));
        const summary = summaryOf({ commit: COMMIT, changes, risk: riskOf(changes) });
        assert.ok(summary.length <= 600, String(summary.length));
        assert.match(summary, /^c{12}: 200 to delete\. Deleted: .*… Risk: destructive\.$/);
    });
});

describe("Plan", () => {
    let documents: MemoryDocuments;
    let versions: (string | undefined)[];
    beforeEach(() => {
        documents = new MemoryDocuments();
        versions = ["v1"];
    });

    const event = (type: string, op: "create" | "same", inputs: Record<string, unknown>): EngineEvent => {
        const urn = `urn:pulumi:prod::p::a:b:C$${type}::x`;
        return { sequence: 1, timestamp: 1, resourcePreEvent: { metadata: { op, urn, type, provider: "", new: { type, urn, id: "", parent: "", provider: "", inputs, outputs: {} } } } };
    };
    const ports = (events: readonly EngineEvent[], outcome: "succeeded" | "failed" = "succeeded"): PlanPorts => ({
        documents,
        log: new Lines(),
        stateVersion: async () => (versions.length > 1 ? versions.shift() : versions[0]),
        preview: async () => ({ outcome, events }),
        link: (key) => `https://console/${key}`,
    });
    const run = (events: readonly EngineEvent[], outcome?: "succeeded" | "failed"): Promise<Readonly<Record<string, string>>> => plan({ stack: "prod", commit: COMMIT, executionId: "e" }, ports(events, outcome));

    it("exports the summary, where the report is, and the state it was made from", async () => {
        const exports = await run([event("aws:sns/topic:Topic", "create", { name: "t" })]);
        assert.deepEqual(exports, {
            SUMMARY: "cccccccccccc: 1 to create. Risk: ordinary.",
            REPORT_URL: "https://console/delivery/prod/plans/e/report.txt",
            NEEDS_APPROVAL: "false",
            STATE_VERSION: "v1",
        });
        const report = documents.stored.get("delivery/prod/plans/e/report.txt")?.text ?? "";
        assert.match(report, /^Plan for stack prod\ncommit c{40}\nstate version v1\n\nc{12}: 1 to create.*\n\nChanges \(1 resource\)\n {2}create sns Topic x\n/);
        assert.equal((documents.json("delivery/prod/plans/e/plan.json") as { stateVersion: string }).stateVersion, "v1");
    });

    it("of a new stack says that there is no state", async () => {
        versions = [undefined];
        assert.equal((await run([])).STATE_VERSION, "none");
    });

    it("is no plan when the preview failed, or the state moved under it", async () => {
        await assert.rejects(run([], "failed"), /The preview failed/);
        versions = ["v1", "v2"];
        await assert.rejects(run([]), /Somebody updated the stack while the plan was made/);
        assert.equal(documents.stored.size, 0);
    });

    it("is refused when a resource breaks a security rule, whether it changes or not", async () => {
        const open = { policy: JSON.stringify({ Statement: { Effect: "Allow", Action: "s3:*", Resource: "arn:x" } }) };
        for (const op of ["create", "same"] as const) {
            await assert.rejects(run([event("aws:iam/rolePolicy:RolePolicy", op, open)]), /iam-no-wildcard-action: aws:iam\/rolePolicy:RolePolicy x allows "s3:\*"/);
        }
    });
});

describe("PipelinePlan", () => {
    const run = (...changes: readonly ResourceChange[]): Promise<Readonly<Record<string, string>>> => planPipeline({ state: { previewDelivery: async () => ({ changes, desired: [] }) }, log: new Lines() });

    it("says that the pipeline stays, or how it changes", async () => {
        assert.deepEqual(await run(), { CHANGED: "false", SUMMARY: "The pipeline stays as it is." });
        const update = change("update", "aws:codepipeline/pipeline:Pipeline", { before: { a: 1 }, after: { a: 2 } });
        assert.deepEqual(await run(update), { CHANGED: "true", SUMMARY: "The pipeline itself changes (1 resource): update aws:codepipeline/pipeline:Pipeline x; a: 1 → 2" });
    });

    it("stays below what an approver is shown", async () => {
        const updates = Array.from({ length: 60 }, (_, index) => change("update", "aws:codebuild/project:Project", { urn: `urn:pulumi:d::p::t::project-${index}`, before: { a: 1 }, after: { a: 2 } }));
        assert.ok(((await run(...updates)).SUMMARY ?? "").length <= 600);
    });

    it("refuses to take the kernel away before anybody is asked", async () => {
        await assert.rejects(run(change("delete", "aws:codepipeline/pipeline:Pipeline", { protect: true })), /remove parts of the pipeline that the run itself stands on/);
    });
});
