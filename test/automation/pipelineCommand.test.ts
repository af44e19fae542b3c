import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ports } from "../../automation/context";
import { reportLines } from "../../automation/pipeline/report";
import type { PipelineState } from "../../automation/pipeline/run";
import { deliveryProject, running } from "./deliverySupport";
import { action, at, FakePipelines, run, runId, stage } from "./pipeline/support";
import { handle, runWith } from "./support";

const verify = stage("Verify", [action("Lint", 4, 9), action("Types", 4, 16, { status: "Failed" })], { status: "Failed" });
const runs = [
    run("b", { started: at(30), version: 3, generation: 1, stages: [stage("Source", [action("Source", 30, undefined)]), stage("Verify")] }),
    run("a", { status: "Failed", ended: at(20), version: 2, stages: [stage("Source", [action("Source", 0, 2)]), verify] }),
];
const state: PipelineState = {
    version: 3,
    stages: [
        { name: "Source", status: "InProgress", run: runId("b"), actions: [{ name: "Source", status: "InProgress" }] },
        { name: "Verify", status: "Failed", run: runId("a"), actions: [{ name: "Lint", status: "Succeeded" }, { name: "Types", status: "Failed" }] },
        { name: "Deploy", status: "Pending", actions: [{ name: "Deploy" }] },
    ],
    waits: [{ kind: "transition", stage: "Deploy", by: "ada", reason: "freeze" }],
};
const owner = { pid: 7, user: "root", host: "build-1", since: "12:00" };

describe("pipeline", () => {
    let project: ReturnType<typeof deliveryProject>;
    before(() => (project = deliveryProject()));
    after(() => project.remove());
    const client = (): FakePipelines => new FakePipelines([[...runs].reverse()], state);

    it("shows stages, last runs and what waits, the owner of the state's lock included", () => {
        assert.deepEqual(reportLines({ stack: "local-dev", pipeline: "p", state, runs, locks: [owner] }, at(40)), [
            "Pipeline p, version 3 of its definition.",
            "",
            "stage   status      run         took  actions",
            "------  ----------  --------  ------  ----------------------------",
            "Source  InProgress  bbbbbbbb  10.0 s  Source in progress",
            "Verify  Failed      aaaaaaaa  12.0 s  Lint succeeded, Types failed",
            "Deploy  Pending",
            "",
            "run       commit     message   version  started by   began                status        took",
            "--------  ---------  --------  -------  -----------  -------------------  ----------  ------",
            "bbbbbbbb  bbbbbbbbb  Change b        3  self-update  2026-01-31 12:00:30  InProgress  10.0 s",
            "aaaaaaaa  aaaaaaaaa  Change a        2  a push       2026-01-31 12:00:00  Failed      20.0 s",
            "",
            "Waiting:",
            "  the way into Deploy is closed by ada: freeze",
            "  the state of local-dev is locked by root@build-1, process 7, since 12:00",
        ]);
    });

    it("asks the emulator for a stack of it, and the caller's own environment for any other", async () => {
        const asked: unknown[] = [];
        const pipelines: Ports["pipelines"] = async (variables, region) => {
            asked.push([variables, region]);
            return client();
        };
        await runWith(project.root, { ...running, check: project.check, pipelines }, ["pipeline", "local-dev"]);
        await runWith(project.root, { check: project.check, pipelines }, ["pipeline", "dev"]);
        assert.deepEqual(asked, [[handle.variables, "us-east-1"], [{}, "us-east-1"]]);
    });

    it("gives all of it as one document, without the token of an approval", async () => {
        const approving = { ...state, waits: [{ kind: "approval", stage: "Approve", action: "Approve", run: runId("b"), token: "secret" }] } satisfies PipelineState;
        const ports: Partial<Ports> = { ...running, check: project.check, pipelines: async () => new FakePipelines([[...runs].reverse()], approving), lockOwners: async () => [owner] };
        const { out, json } = await runWith(project.root, ports, ["pipeline", "local-dev", "--json"]);
        const { executions, waits, locks, version } = json() as { executions: { id: string }[]; waits: unknown; locks: unknown; version: number };
        assert.deepEqual([executions.map(({ id }) => id), version, locks], [runs.map(({ id }) => id), 3, [owner]]);
        assert.deepEqual(waits, [{ kind: "approval", stage: "Approve", action: "Approve", run: runId("b") }]);
        assert.ok(!out.includes("secret"));
    });

    it("draws the last runs into a file, seen from where the person stands", async () => {
        const folder = mkdtempSync(join(tmpdir(), "timeline-"));
        try {
            const ports: Partial<Ports> = { ...running, check: project.check, pipelines: async () => client() };
            const { out } = await runWith(project.root, ports, ["pipeline", "local-dev", "--timeline", "runs.svg", "--runs", "1"], { environment: { INIT_CWD: folder } });
            assert.match(out, /Drawn: runs\.svg\n$/);
            assert.match(readFileSync(join(folder, "runs.svg"), "utf8"), /^<svg [^]*last run<\/title>/);
            const bad = await runWith(project.root, ports, ["pipeline", "local-dev", "--timeline", "no/such/folder.svg"], { environment: { INIT_CWD: folder } });
            assert.deepEqual([bad.status, /cannot be written to "no\/such\/folder\.svg"/.test(bad.err)], [2, true]);
        } finally {
            rmSync(folder, { recursive: true });
        }
    });

    it("refuses a stack without a pipeline, one whose pipeline was never brought up, and a number of runs that is none", async () => {
        const missing = Object.assign(client(), { missing: true });
        const ports: Partial<Ports> = { ...running, check: project.check, pipelines: async () => missing };
        assert.match((await runWith(project.root, ports, ["pipeline", "local"])).err, /its delivery is "none"/);
        const none = await runWith(project.root, ports, ["pipeline", "dev"]);
        assert.deepEqual([none.status, /bring it up with "npm run up -- dev"/.test(none.err)], [1, true]);
        assert.match((await runWith(project.root, ports, ["pipeline", "local-dev", "--runs", "0"])).err, /--runs is "0"\.\n {2}Allowed: a whole number from 1 to 50\./);
    });
});
