import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeConnectionsService } from "../../../../local/endpoint/codeconnections/service";
import { FakeRights } from "../own/fakes";
import { emulatorPython, modelProblems, type Exchange } from "../own/model";

describe("emulated CodeConnections", () => {
    let root: string;
    let python: string;
    const rights = new FakeRights();

    before(async function () {
        this.timeout(300_000);
        python = await emulatorPython();
    });
    beforeEach(() => (root = mkdtempSync(join(tmpdir(), "connections-"))));
    afterEach(() => rmSync(root, { recursive: true, force: true }));

    it("has connections that are available at once, under both names of the service, and keeps them", async () => {
        const exchanges: Exchange[] = [];
        const started = (): CodeConnectionsService => new CodeConnectionsService({ root, account: "000000000000", region: "us-east-1" });
        let service = started();
        const call = async (operation: string, input: Record<string, unknown>): Promise<Record<string, unknown>> => {
            const output = (await service.handle(operation, input, rights.caller())) as Record<string, unknown>;
            exchanges.push({ service: "codeconnections", operation, input, output });
            return output;
        };
        const { ConnectionArn } = await call("CreateConnection", { ConnectionName: "demo", ProviderType: "GitHub", Tags: [{ Key: "a", Value: "b" }] });
        service = started();
        const expected = { ConnectionName: "demo", ConnectionArn, ProviderType: "GitHub", OwnerAccountId: "000000000000", ConnectionStatus: "AVAILABLE" };
        assert.deepEqual(await call("GetConnection", { ConnectionArn }), { Connection: expected });
        const older = String(ConnectionArn).replace("codeconnections", "codestar-connections");
        assert.deepEqual(await call("GetConnection", { ConnectionArn: older }), { Connection: expected });
        assert.ok(rights.asked.includes(`codestar-connections:GetConnection ${older}`));
        assert.deepEqual(await call("ListConnections", { ProviderTypeFilter: "GitHub" }), { Connections: [expected] });
        await call("TagResource", { ResourceArn: ConnectionArn, Tags: [{ Key: "c", Value: "d" }] });
        await call("UntagResource", { ResourceArn: ConnectionArn, TagKeys: ["a"] });
        assert.deepEqual(await call("ListTagsForResource", { ResourceArn: ConnectionArn }), { Tags: [{ Key: "c", Value: "d" }] });
        await call("DeleteConnection", { ConnectionArn });
        await assert.rejects(call("GetConnection", { ConnectionArn }), { name: "ResourceNotFoundException" });
        assert.equal(modelProblems(python, exchanges), "");
    });
});
