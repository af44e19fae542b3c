import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emulator } from "../../../../local/endpoint/emulator";
import { upstream } from "../../../../local/endpoint/forward";
import { NotificationsService } from "../../../../local/endpoint/notifications/service";
import { collect, serve, type FakeServer } from "../fakes";
import { FakeRights } from "../own/fakes";
import { emulatorPython, modelProblems, type Exchange } from "../own/model";

const PIPELINE = "arn:aws:codepipeline:us-east-1:000000000000:demo";
const TOPIC = "arn:aws:sns:us-east-1:000000000000:topic";
const FAILED = "codepipeline-pipeline-pipeline-execution-failed";

describe("emulated notification rules", () => {
    let root: string;
    let python: string;
    let sns: FakeServer;
    const published: URLSearchParams[] = [];

    before(async function () {
        this.timeout(300_000);
        python = await emulatorPython();
        sns = await serve((request, response) => void collect(request).then((body) => (published.push(new URLSearchParams(body)), response.end())));
    });
    after(() => sns.close());
    beforeEach(() => {
        root = mkdtempSync(join(tmpdir(), "notifications-"));
        published.length = 0;
    });
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    function started(rights = new FakeRights()): NotificationsService {
        const emulator = new Emulator(upstream("SNS", { host: "127.0.0.1", port: sns.port }), "us-east-1", "root");
        return new NotificationsService({ root, account: "000000000000", region: "us-east-1", emulator, rights });
    }

    it("tell their topics of the events that they name, and of no others", async () => {
        const service = started();
        const rights = new FakeRights();
        const rule = { Name: "demo", EventTypeIds: [FAILED], Resource: PIPELINE, Targets: [{ TargetType: "SNS", TargetAddress: TOPIC }], DetailType: "FULL" };
        const { Arn } = (await service.handle("CreateNotificationRule", rule, rights.caller())) as { Arn: string };
        await service.publish(PIPELINE, "codepipeline-pipeline-pipeline-execution-started", {});
        await service.publish(`${PIPELINE}2`, FAILED, {});
        assert.equal(published.length, 0);
        await service.publish(PIPELINE, FAILED, { state: "FAILED" });
        assert.deepEqual([published[0]?.get("Action"), published[0]?.get("TopicArn")], ["Publish", TOPIC]);
        assert.equal((JSON.parse(published[0]?.get("Message") ?? "") as { detail: { state: string } }).detail.state, "FAILED");
        await service.handle("UpdateNotificationRule", { Arn, Status: "DISABLED" }, rights.caller());
        await service.publish(PIPELINE, FAILED, {});
        assert.equal(published.length, 1);
    });

    it("reach only topics whose policies let the service publish", async () => {
        const rights = new FakeRights();
        const service = started(rights);
        await service.handle("CreateNotificationRule", { Name: "demo", EventTypeIds: [FAILED], Resource: PIPELINE, Targets: [{ TargetType: "SNS", TargetAddress: TOPIC }, { TargetType: "SNS", TargetAddress: `${TOPIC}2` }], DetailType: "FULL" }, rights.caller());
        rights.refused.add(`sns:Publish ${TOPIC}`);
        await service.publish(PIPELINE, FAILED, {});
        assert.deepEqual(published.map((entry) => entry.get("TopicArn")), [`${TOPIC}2`]);
    });

    it("have the shapes of the service's model, and are kept", async () => {
        const exchanges: Exchange[] = [];
        const rights = new FakeRights();
        const call = async (operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> => {
            const output = JSON.parse(JSON.stringify(await started().handle(operation, input, rights.caller()))) as Record<string, unknown>;
            exchanges.push({ service: "codestar-notifications", operation, input, output });
            return output;
        };
        const { Arn } = await call("CreateNotificationRule", { Name: "demo", EventTypeIds: [FAILED], Resource: PIPELINE, Targets: [{ TargetType: "SNS", TargetAddress: TOPIC }], DetailType: "BASIC", Tags: { a: "b" } });
        await call("UpdateNotificationRule", { Arn, DetailType: "FULL" });
        const described = await call("DescribeNotificationRule", { Arn });
        assert.deepEqual([described.DetailType, described.Targets, described.Status], ["FULL", [{ TargetType: "SNS", TargetAddress: TOPIC, TargetStatus: "ACTIVE" }], "ENABLED"]);
        await call("TagResource", { Arn, Tags: { c: "d" } });
        await call("UntagResource", { Arn, TagKeys: ["a"] });
        assert.deepEqual(await call("ListTagsForResource", { Arn }), { Tags: { c: "d" } });
        assert.equal(((await call("ListNotificationRules", {})).NotificationRules as unknown[]).length, 1);
        await call("DeleteNotificationRule", { Arn });
        await assert.rejects(call("DescribeNotificationRule", { Arn }), { name: "ResourceNotFoundException" });
        assert.equal(modelProblems(python, exchanges), "");
    });
});
