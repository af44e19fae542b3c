import { strict as assert } from "node:assert";
import { PipelineDisplay } from "../../../automation/pipeline/display";
import { pipelineHeartbeat, pipelineLines, runEndedLine, waitLine } from "../../../automation/pipeline/lines";
import { logCommand, logPlace } from "../../../automation/pipeline/logs";
import type { PipelineState, Run, Wait } from "../../../automation/pipeline/run";
import { Terminal } from "../../../automation/terminal";
import { plainTerminal, Recorder } from "../support";
import { action, at, noState, run, runId, stage } from "./support";

const build = { externalId: "p-verify:11-22" };
const approval: Wait = { kind: "approval", stage: "Approve", action: "Approve", run: runId("a"), token: "secret" };
const asked = stage("Approve", [action("Approve", 4, undefined, { provider: "Manual", summary: "3 to add\n1 to change", link: "https://x/plan" })]);

function shown(...looks: { runs: readonly Run[]; state?: PipelineState }[]): string[] {
    const { terminal, stdout } = plainTerminal();
    const display = new PipelineDisplay(terminal, "local-dev", () => at(0));
    looks.forEach(({ runs, state }) => display.look(runs, state ?? noState));
    display.close();
    return stdout.lines;
}

describe("a pipeline on the screen", () => {
    it("says once what begins and ends, with durations and a command to each build's log", () => {
        const source = stage("Source", [action("Source", 0, 1.5, { provider: "CodeStarSourceConnection" })]);
        const verify = (lintEnd?: number): Run => run("a", { stages: [source, stage("Verify", [action("Lint", 2, lintEnd, build), action("Types", 2, lintEnd === undefined ? undefined : 9)])] });
        assert.deepEqual(shown({ runs: [verify()] }, { runs: [verify()] }, { runs: [verify(6)] }), [
            'run aaaaaaaa: commit aaaaaaaaa "Change a", on version 1 of the pipeline',
            "✓ Source  1.5 s",
            "… Verify / Lint",
            "    aws logs tail /aws/codebuild/p-verify --log-stream-names 11-22 --since 1d --follow",
            "… Verify / Types",
            "✓ Verify / Lint  4.0 s",
            "✓ Verify / Types  7.0 s",
            "✓ Verify  7.0 s in all",
        ]);
    });

    it("names a run when its source has told the commit, and one that never finds it when it ends", () => {
        const finding = run("a", { commit: undefined, message: undefined, stages: [stage("Source", [action("Source", 0, undefined)])] });
        const found = run("a", { stages: [stage("Source", [action("Source", 0, 1)])] });
        assert.deepEqual(shown({ runs: [finding] }), []);
        assert.deepEqual(shown({ runs: [finding] }, { runs: [found] }), ['run aaaaaaaa: commit aaaaaaaaa "Change a", on version 1 of the pipeline', "✓ Source  1.0 s"]);
        const failed = { ...finding, status: "Failed" as const, stages: [stage("Source", [action("Source", 0, 1, { status: "Failed" })])] };
        assert.deepEqual(shown({ runs: [finding] }, { runs: [failed] }), ["run aaaaaaaa: commit unknown, on version 1 of the pipeline", "✗ Source  failed after 1.0 s"]);
    });

    it("shows what a step exported, why it failed, and why a stage was left out or refused", () => {
        const stages = [
            stage("SelfUpdate", [action("SelfUpdate", 0, 1, { outputs: { RESULT: "unchanged", VERSION: "3" } })]),
            stage("PipelineApprove", [], { status: "Skipped", reason: "CHANGED is false" }),
            stage("Build", [action("Build", 1, 4, { status: "Failed", error: "Build terminated\u001b[2J with state: FAILED" })], { status: "Failed" }),
            stage("Deploy", [], { status: "Failed", reason: "RESULT is restarted" }),
        ];
        assert.deepEqual(shown({ runs: [run("a", { stages })] }).slice(1), [
            "✓ SelfUpdate  1.0 s  RESULT=unchanged VERSION=3",
            "· PipelineApprove  skipped: CHANGED is false",
            "✗ Build  failed after 3.0 s  Build terminated with state: FAILED",
            "✗ Deploy  its condition failed: RESULT is restarted",
        ]);
    });

    it("says what waits for whom and how to answer, and never the token", () => {
        const lines = shown({ runs: [run("a", { stages: [asked] })], state: { ...noState, waits: [approval, { kind: "stage", stage: "Deploy", run: runId("z"), occupant: runId("a") }] } });
        assert.deepEqual(lines.slice(2), ["! Approve waits for approval: 3 to add 1 to change  https://x/plan  npm run local:approve -- local-dev"]);
        assert.ok(!lines.join().includes("secret"));
    });

    it("says for what the run waits that is in the way", () => {
        const other: Wait = { ...approval, run: runId("z") };
        const lines = shown({ runs: [run("a")], state: { ...noState, waits: [other, { kind: "stage", stage: "Approve", run: runId("a"), occupant: runId("z") }] } });
        assert.deepEqual(lines.slice(1), [
            "! run aaaaaaaa waits in front of Approve: run zzzzzzzz is in it",
            "! Approve of run zzzzzzzz waits for approval  npm run local:approve -- local-dev",
        ]);
    });

    it("names the run that is in the stage for which another waits, and who closed the way", () => {
        assert.equal(waitLine({ kind: "stage", stage: "Deploy", run: runId("b"), occupant: runId("a") }, "s", []), "run bbbbbbbb waits in front of Deploy: run aaaaaaaa is in it");
        assert.equal(waitLine({ kind: "transition", stage: "Deploy", by: "ada", reason: "freeze", run: runId("b") }, "s", []), "the way into Deploy is closed by ada: freeze; run bbbbbbbb waits");
    });

    it("says how a run ended, and by which one it was superseded", () => {
        const { colors } = plainTerminal().terminal;
        const ended = (status: Run["status"], statusSummary?: string): Run => run("a", { status, statusSummary, ended: at(65) });
        assert.equal(runEndedLine(ended("Succeeded"), undefined, colors), "✓ run aaaaaaaa succeeded after 1 min 05 s");
        assert.equal(runEndedLine(ended("Superseded"), run("b"), colors), "! run aaaaaaaa was superseded after 1 min 05 s by run bbbbbbbb of commit bbbbbbbbb");
        assert.equal(runEndedLine(ended("Stopped", "self-update"), run("b"), colors), "! run aaaaaaaa was stopped after 1 min 05 s: self-update; run bbbbbbbb of commit bbbbbbbbb goes on");
    });

    it("says that a run gave way to its restart before it shows that one", () => {
        const old = run("a", { status: "Stopped", ended: at(9), stages: [stage("SelfUpdate", [action("SelfUpdate", 2, 9, { outputs: { RESULT: "restarted" } })])] });
        const next = run("b", { generation: 1, version: 2, started: at(8) });
        assert.deepEqual(shown({ runs: [old] }, { runs: [old, next] }).slice(1), [
            "✓ SelfUpdate  7.0 s  RESULT=restarted",
            "! run aaaaaaaa was stopped after 9.0 s; run bbbbbbbb of commit bbbbbbbbb goes on",
            'run bbbbbbbb: commit bbbbbbbbb "Change b", on version 2 of the pipeline, restarted after a self-update',
        ]);
    });

    it("draws what goes on in a live region, never wider or higher than the screen, and no begin as a line", () => {
        const stdout = new Recorder(true, 60, 12);
        const terminal = new Terminal({ stdout, stderr: new Recorder(), json: false, environment: { NO_COLOR: "1" } });
        const display = new PipelineDisplay(terminal, "local-dev", () => at(30));
        display.look([run("a", { stages: [stage("Source", [action("Source", 0, 1)]), stage("Verify", [action("Lint", 2, undefined)]), asked] })], { ...noState, waits: [approval] });
        display.close();
        assert.ok(!stdout.text.includes("… Verify / Lint\n"));
        assert.match(stdout.text, /… run aaaaaaaa {2}30\.0 s {2}1 of 3 stages done\n {2}Verify \/ Lint {2}28\.0 s\n/);
        const many = run("a", { stages: [stage("Verify", Array.from({ length: 40 }, (_, index) => action(`A${index}`, 2, undefined)))] });
        const lines = pipelineLines([many], [], "s", at(3), 60, 12);
        assert.deepEqual([lines.length, lines.at(-1), lines.every((line) => line.length < 60)], [9, "  … and 33 more", true]);
    });

    it("gives a log a sign of life after a long silence, and what it waits for", () => {
        const { terminal, stdout } = plainTerminal();
        let now = at(0);
        const display = new PipelineDisplay(terminal, "local-dev", () => now);
        display.look([run("a", { stages: [stage("Verify", [action("Lint", 0, undefined)])] })], noState);
        now = at(19);
        display.tick();
        now = at(21);
        display.tick();
        display.close();
        assert.deepEqual(stdout.lines.slice(2), ["… Verify / Lint  21.0 s"]);
        assert.match(pipelineHeartbeat([run("a", { stages: [asked] })], [approval], "s", at(9)) ?? "", /^… Approve waits for approval/);
        assert.equal(pipelineHeartbeat([run("a", { status: "Succeeded" })], [], "s", at(9)), undefined);
    });
});

describe("the log of a build", () => {
    it("is where CodeBuild puts it, and nowhere for what is no build or has not begun", () => {
        assert.deepEqual(logPlace({ provider: "CodeBuild", externalId: "p-verify:11-22" }), { group: "/aws/codebuild/p-verify", stream: "11-22" });
        for (const other of [{ provider: "Manual", externalId: "a:b" }, { provider: "CodeBuild" }, { provider: "CodeBuild", externalId: "p:" }]) {
            assert.equal(logPlace(other), undefined);
        }
        assert.equal(logCommand({ group: "g", stream: "s" }), "aws logs tail g --log-stream-names s --since 1d");
    });
});
