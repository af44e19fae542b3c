import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { readLockOwners, readRecorded } from "../../automation/stateFiles";

describe("the files of a self-managed backend", () => {
    let state: string;
    let url: string;
    beforeEach(() => {
        state = mkdtempSync(join(tmpdir(), "state-"));
        url = pathToFileURL(state).href;
    });
    afterEach(() => rmSync(state, { recursive: true }));

    const write = (path: string, text: string): void => {
        mkdirSync(join(state, path, ".."), { recursive: true });
        writeFileSync(join(state, path), text);
    };

    it("tell who holds a stack's lock, and nothing about other stacks and backends", async () => {
        write(".pulumi/locks/organization/project/local/a.json", JSON.stringify({ pid: 17946, username: "ada", hostname: "here", timestamp: "2026-01-31T12:00:00Z" }));
        write(".pulumi/locks/organization/project/local/a.json.attrs", "{}");
        assert.deepEqual(await readLockOwners(url, "project", "local", {}), [{ pid: 17946, user: "ada", host: "here", since: "2026-01-31T12:00:00Z" }]);
        assert.deepEqual(await readLockOwners(url, "project", "dev", {}), []);
        assert.deepEqual(await readLockOwners(undefined, "project", "local", {}), []);
        assert.deepEqual(await readLockOwners("https://api.pulumi.com", "project", "local", {}), []);
    });

    it("tell a stack's state as `pulumi stack export` would, also of one that was never updated", async () => {
        const latest = { resources: [{ urn: "u", type: "t" }], pending_operations: [] };
        write(".pulumi/stacks/project/local.json", JSON.stringify({ version: 3, checkpoint: { stack: "local", latest } }));
        write(".pulumi/stacks/project/fresh.json", JSON.stringify({ version: 3, checkpoint: { stack: "fresh", latest: null } }));
        assert.deepEqual(await readRecorded(url, "project", "local", {}), { version: 3, deployment: latest });
        assert.deepEqual(await readRecorded(url, "project", "fresh", {}), { version: 3, deployment: {} });
    });

    it("leave it to the engine where they cannot tell: no file, another form, another backend", async () => {
        write(".pulumi/stacks/project/old.json", "[]");
        write(".pulumi/stacks/project/cut.json", '{"version": 3');
        for (const stack of ["old", "cut", "none"]) {
            assert.equal(await readRecorded(url, "project", stack, {}), undefined, stack);
        }
        assert.equal(await readRecorded("https://api.pulumi.com", "project", "local", {}), undefined);
    });
});
