import assert from "node:assert/strict";
import { parseTemplate } from "../../../../../local/endpoint/codepipeline/model/references";
import { Bench, build, NAME, pipeline, source, stage } from "../fixtures";

function environment(value: string): Record<string, string> {
    return { EnvironmentVariables: JSON.stringify([{ name: "V", value }]) };
}

describe("emulated CodePipeline: variables", () => {
    it("are put into every configuration value: those of the start, of earlier actions, and the run's id", () => {
        const bench = new Bench();
        const configuration = environment("#{variables.GENERATION} #{SourceVariables.CommitId} #{codepipeline.PipelineExecutionId}!");
        const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A", { configuration }))] }));
        bench.done("Checkout", { outputVariables: { CommitId: "abc" } });
        assert.equal(bench.job("A").configuration.EnvironmentVariables, `[{"name":"V","value":"0 abc ${id}!"}]`);
        const { input } = bench.service.listActionExecutions({ pipelineName: NAME }).actionExecutionDetails[0] ?? {};
        assert.deepEqual(input?.configuration, { ProjectName: "project-a", ...configuration });
        assert.equal(input?.resolvedConfiguration.EnvironmentVariables, `[{"name":"V","value":"0 abc ${id}!"}]`);
    });

    it("exported ones are seen by later actions of the same stage", () => {
        const bench = new Bench();
        const second = build("B", { runOrder: 2, configuration: environment("#{First.RESULT}") });
        bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A", { namespace: "First" }), second)] }));
        bench.done("Checkout");
        bench.done("A", { outputVariables: { RESULT: "unchanged" } });
        assert.match(bench.job("B").configuration.EnvironmentVariables ?? "", /unchanged/);
    });

    it("one that nobody exported fails the action and is named", () => {
        const bench = new Bench();
        const id = bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A", { namespace: "First" })), stage("Two", build("B", { configuration: environment("#{First.NONE}") }))] }));
        bench.done("Checkout");
        bench.done("A", { outputVariables: { RESULT: "x" } });
        assert.equal(bench.status(id), "Failed");
        assert.match(bench.state("Two").actionStates[0]?.latestExecution?.errorDetails?.message ?? "", /#\{First\.NONE\}/);
        assert.deepEqual(bench.jobs(), []);
    });

    it("belong to their run", () => {
        const bench = new Bench();
        bench.create(pipeline({ stages: [stage("Source", source()), stage("One", build("A", { configuration: environment("#{SourceVariables.CommitId}") }))] }));
        bench.done("Checkout", { outputVariables: { CommitId: "first" } });
        const second = bench.start();
        bench.done("Checkout", { outputVariables: { CommitId: "second" } });
        assert.match(bench.job("A").configuration.EnvironmentVariables ?? "", /first/);
        bench.done("A");
        assert.match(bench.job("A", second).configuration.EnvironmentVariables ?? "", /second/);
    });

    it("text that only looks like one stays as it is", () => {
        for (const text of ["#{a}", "#{a.b", "#a.b}", "${a.b}", "#{a.b c}", ""]) {
            assert.deepEqual(parseTemplate(text).join(""), text);
        }
        assert.deepEqual(parseTemplate("x#{a.b}y#{c.d}"), ["x", { namespace: "a", name: "b", text: "#{a.b}" }, "y", { namespace: "c", name: "d", text: "#{c.d}" }]);
    });
});
