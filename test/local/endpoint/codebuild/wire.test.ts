import assert from "node:assert/strict";
import type { ReportGroup } from "../../../../local/endpoint/codebuild/types";
import { emulatorPython, modelProblems, type Exchange } from "../own/model";
import { BuildYard } from "./checkout";

describe("emulated CodeBuild: its answers", () => {
    let yard: BuildYard;
    let python: string;

    before(async function () {
        this.timeout(300_000);
        python = await emulatorPython();
    });
    beforeEach(() => (yard = new BuildYard()));
    afterEach(() => yard.close());

    it("have the shapes of the service's model, operation by operation", async () => {
        const exchanges: Exchange[] = [];
        const call = async <T>(operation: string, input: object): Promise<T> => {
            const output = await yard.call<T & object>(operation, input);
            exchanges.push({ service: "codebuild", operation, input, output });
            return output;
        };
        const { reportGroup } = await call<{ reportGroup: ReportGroup }>("CreateReportGroup", { name: "demo-tests", type: "TEST", exportConfig: { exportConfigType: "NO_EXPORT" }, tags: [{ key: "a", value: "b" }] });
        const spec = `version: 0.2
env: {exported-variables: [OUT]}
phases: {build: {commands: ["mkdir out; echo '<testsuite name=\\"s\\"><testcase name=\\"t\\"><failure/></testcase></testsuite>' > out/r.xml", "export OUT=x", "false"]}}
reports: {${JSON.stringify(reportGroup.arn)}: {files: ["out/*.xml"]}}
cache: {paths: ["out/**/*"]}
`;
        await call("CreateProject", yard.project(spec, { cache: { type: "LOCAL", modes: ["LOCAL_CUSTOM_CACHE"] }, description: "d", tags: [{ key: "a", value: "b" }], concurrentBuildLimit: 3, timeoutInMinutes: 5 }));
        await call("UpdateProject", { name: "demo", sourceVersion: "HEAD" });
        await call("BatchGetProjects", { names: ["demo", "other"] });
        await call("ListProjects", { sortOrder: "DESCENDING" });
        const { build } = await call<{ build: { id: string } }>("StartBuild", { projectName: "demo", environmentVariablesOverride: [{ name: "A", value: "b", type: "PLAINTEXT" }] });
        await call("StopBuild", { id: build.id });
        const { build: finished } = await yard.build();
        const { builds } = await call<{ builds: { reportArns: string[]; exportedEnvironmentVariables: object[] }[] }>("BatchGetBuilds", { ids: [finished.id, build.id, "demo:none"] });
        assert.deepEqual(builds[0]?.exportedEnvironmentVariables, [{ name: "OUT", value: "x" }]);
        const reportArn = builds[0]?.reportArns[0] ?? "";
        await call("ListBuilds", {});
        await call("ListBuildsForProject", { projectName: "demo", sortOrder: "ASCENDING" });
        await call("UpdateReportGroup", { arn: reportGroup.arn, tags: [] });
        await call("BatchGetReportGroups", { reportGroupArns: [reportGroup.arn] });
        await call("ListReportGroups", { maxResults: 5 });
        await call("ListReportsForReportGroup", { reportGroupArn: reportGroup.arn });
        await call("BatchGetReports", { reportArns: [reportArn] });
        await call("DescribeTestCases", { reportArn });
        await call("DeleteReportGroup", { arn: reportGroup.arn, deleteReports: true });
        await call("DeleteProject", { name: "demo" });
        assert.equal(modelProblems(python, exchanges), "");
        assert.equal(new Set(exchanges.map((exchange) => exchange.operation)).size, 18);
    });

    it("are refused where an operation is not emulated, by name", async () => {
        await assert.rejects(async () => yard.call("StartBuildBatch", {}), { name: "UnknownOperationException", message: /codebuild:StartBuildBatch is not emulated here/ });
    });
});
