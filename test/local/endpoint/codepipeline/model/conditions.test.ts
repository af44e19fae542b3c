import assert from "node:assert/strict";
import type { ConditionDeclaration } from "../../../../../local/endpoint/codepipeline/model/declaration";
import { Bench, build, condition, pipeline, source, stage } from "../fixtures";

/** Source → SelfUpdate → Verify (with an entry condition) → Last. */
function guarded(entry: ConditionDeclaration): Bench {
    const bench = new Bench();
    const update = build("Update", { namespace: "SelfUpdate" });
    bench.create(pipeline({ stages: [stage("Source", source()), stage("SelfUpdate", update), { ...stage("Verify", build("Check")), beforeEntry: { conditions: [entry] } }, stage("Last", build("End"))] }));
    bench.done("Checkout");
    return bench;
}

function outcome(result: "FAIL" | "SKIP", operator: string, value: string, exported: Record<string, string>): readonly unknown[] {
    const bench = guarded(condition(result, "#{SelfUpdate.RESULT}", operator, value));
    bench.done("Update", { outputVariables: exported });
    return [bench.status(bench.executions()[0] ?? ""), bench.stage("Verify"), bench.jobs()];
}

const ENTERED = ["InProgress", "InProgress", ["Check"]];
const FAILED = ["Failed", "Failed", []];
const SKIPPED = ["InProgress", "Skipped", ["End"]];

describe("emulated CodePipeline: entry conditions", () => {
    it("met, the stage is entered", () => {
        assert.deepEqual(outcome("FAIL", "EQ", "unchanged", { RESULT: "unchanged" }), ENTERED);
        assert.deepEqual(outcome("SKIP", "EQ", "unchanged", { RESULT: "unchanged" }), ENTERED);
    });

    it("not met, FAIL fails the run and SKIP goes on behind the stage", () => {
        assert.deepEqual(outcome("FAIL", "EQ", "unchanged", { RESULT: "restarted" }), FAILED);
        assert.deepEqual(outcome("SKIP", "EQ", "unchanged", { RESULT: "restarted" }), SKIPPED);
    });

    it("compares by EQ, NE, CONTAINS and MATCHES, the last over the whole value", () => {
        const cases: readonly (readonly [string, string, string, boolean])[] = [
            ["EQ", "a", "a", true], ["EQ", "a", "A", false], ["NE", "a", "b", true], ["NE", "a", "a", false],
            ["CONTAINS", "abc", "b", true], ["CONTAINS", "b", "abc", false], ["MATCHES", "v1.2", "v\\d\\.\\d", true],
            ["MATCHES", "xv1.2", "v\\d\\.\\d", false], ["MATCHES", "a|b", "a|b", false], ["MATCHES", "b", "a|b", true], ["MATCHES", "(", "(", false],
        ];
        for (const [operator, actual, value, met] of cases) {
            assert.deepEqual(outcome("FAIL", operator, value, { RESULT: actual }), met ? ENTERED : FAILED, `${actual} ${operator} ${value}`);
        }
    });

    it("a variable that was not exported fails the rule, whatever the operator", () => {
        assert.deepEqual(outcome("FAIL", "NE", "x", {}), FAILED);
        assert.deepEqual(outcome("SKIP", "NE", "x", {}), SKIPPED);
    });

    it("every rule must hold, and the state shows each", () => {
        const both = condition("FAIL", "#{SelfUpdate.RESULT}", "EQ", "unchanged");
        const [rule] = both.rules ?? [];
        assert.ok(rule);
        const bench = guarded({ ...both, rules: [rule, { ...rule, name: "Second", configuration: { ...rule.configuration, Value: "changed" } }] });
        bench.done("Update", { outputVariables: { RESULT: "unchanged" } });
        const state = bench.state("Verify").beforeEntryConditionState;
        assert.deepEqual(state?.latestExecution, { status: "Failed", summary: "Result FAIL was engaged" });
        assert.deepEqual(state?.conditionStates[0]?.ruleStates.map((each) => [each.ruleName, each.latestExecution.status]), [["Rule", "Succeeded"], ["Second", "Failed"]]);
    });

    it("a skipped stage is free at once, and runs keep their order behind it", () => {
        const bench = new Bench();
        const skip = { conditions: [condition("SKIP", "#{variables.GENERATION}", "EQ", "1")] };
        bench.create(pipeline({ executionMode: "QUEUED", stages: [stage("Source", source()), { ...stage("One", build("A")), beforeEntry: skip }, stage("Two", build("B"))] }));
        bench.done("Checkout");
        const second = bench.start();
        bench.done("Checkout");
        assert.deepEqual([bench.jobs(), bench.state("Two").inboundExecution?.pipelineExecutionId], [["B"], second]);
    });

    it("an empty stage after a skipped last one ends the run", () => {
        const bench = new Bench();
        const skip = { conditions: [condition("SKIP", "#{variables.GENERATION}", "EQ", "1")] };
        const id = bench.create(pipeline({ stages: [stage("Source", source()), { ...stage("One", build("A")), beforeEntry: skip }] }));
        bench.done("Checkout");
        assert.equal(bench.status(id), "Succeeded");
    });
});
