import assert from "node:assert/strict";
import { parseBuildspec } from "../../../../local/endpoint/codebuild/buildspec";

describe("emulated CodeBuild: buildspec", () => {
    it("reads what version 0.2 says of variables, phases, reports and cache", () => {
        const text = `version: 0.2
env:
  variables: {A: 1, B: "two"}
  exported-variables: [RESULT]
phases:
  build: {commands: ["one", 2], finally: [three]}
  post_build: {commands: [four]}
reports:
  group: {files: ["*.xml"], file-format: JUNITXML, base-directory: out}
cache: {paths: ["node_modules/**/*"]}
`;
        assert.deepEqual(parseBuildspec(text), {
            variables: { A: "1", B: "two" },
            exportedVariables: ["RESULT"],
            phases: { build: { commands: ["one", "2"], finally: ["three"] }, post_build: { commands: ["four"], finally: [] } },
            reports: { group: { files: ["*.xml"], baseDirectory: "out", discardPaths: false } },
            cachePaths: ["node_modules/**/*"],
        });
    });

    it("refuses what is not emulated, all of it at once", () => {
        const text = `version: 0.1
env: {parameter-store: {A: /a}}
phases: {build: {commands: [x], on-failure: CONTINUE}}
cache: {paths: ["../outside", "/absolute"]}
`;
        assert.throws(() => parseBuildspec(text), (error: Error) => ["version", "parameter-store", "on-failure", "cache.paths.0", "cache.paths.1"].every((part) => error.message.includes(part)));
    });
});
