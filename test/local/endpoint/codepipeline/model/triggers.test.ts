import assert from "node:assert/strict";
import type { PushFilter } from "../../../../../local/endpoint/codepipeline/model/declaration";
import { globToRegExp } from "../../../../../local/endpoint/codepipeline/model/globs";
import { Bench, build, NAME, pipeline, REPOSITORY, source, stage } from "../fixtures";

function bench(...push: readonly PushFilter[]): Bench {
    const made = new Bench();
    const gitConfiguration = { sourceActionName: "Checkout", ...(push.length === 0 ? {} : { push }) };
    made.create(pipeline({ triggers: [{ providerType: "CodeStarSourceConnection", gitConfiguration }] }));
    return made;
}

function starts(made: Bench, event: { branch?: string; tag?: string; paths?: readonly string[]; repository?: string }): boolean {
    return made.service.push({ repository: REPOSITORY, commit: "c", paths: ["app/x"], ...event }).length > 0;
}

describe("emulated CodePipeline: triggers", () => {
    it("a push starts a run that fetches exactly the pushed commit", () => {
        const made = bench({ branches: { includes: ["main"] } });
        const [id = ""] = made.service.push({ repository: REPOSITORY, branch: "main", commit: "abc", paths: ["a"] });
        made.done("Checkout");
        assert.deepEqual(made.job("Checkout", id).sourceRevision, { revisionType: "COMMIT_ID", revisionValue: "abc", branch: "main" });
        const { trigger } = made.service.getPipelineExecution({ pipelineName: NAME, pipelineExecutionId: id }).pipelineExecution;
        assert.deepEqual(trigger, { triggerType: "WebhookV2", triggerDetail: "arn:aws:codeconnections:us-east-1:000000000000:connection/c" });
    });

    it("a trigger without a filter watches the branch of its action and fetches its head", () => {
        const made = bench();
        assert.equal(starts(made, { branch: "other" }), false);
        assert.equal(starts(made, { branch: "main" }), true);
        made.done("Checkout");
        assert.equal(made.job("Checkout").sourceRevision, undefined);
    });

    it("branches: included ones without excluded ones", () => {
        const made = bench({ branches: { includes: ["main", "release/**"], excludes: ["release/old*"] } });
        assert.deepEqual(["main", "release/1", "release/a/b", "release/old1", "other"].map((branch) => starts(made, { branch })), [true, true, true, false, false]);
    });

    it("tags start a tag's filter only", () => {
        const made = bench({ tags: { includes: ["v*"], excludes: ["v0.*"] } });
        assert.deepEqual(["v1.0", "v0.1", "x"].map((tag) => starts(made, { tag })), [true, false, false]);
        assert.equal(starts(made, { branch: "v1" }), false);
        assert.equal(starts(bench({ branches: { includes: ["**"] } }), { tag: "v1" }), false);
    });

    it("file paths: one changed path that is taken is enough, together with the branch", () => {
        const made = bench({ branches: { includes: ["main"] }, filePaths: { includes: ["app/**"], excludes: ["app/**/*.md"] } });
        const event = (paths: readonly string[], branch = "main"): boolean => starts(made, { branch, paths });
        assert.deepEqual([event(["app/a.ts"]), event(["docs/a.md", "app/a.ts"]), event(["app/x/a.md"]), event(["docs/a"]), event(["app/a.ts"], "x"), event([])], [true, true, false, false, false, false]);
    });

    it("without an include everything that is not excluded is taken", () => {
        const made = bench({ branches: { includes: ["main"] }, filePaths: { excludes: ["docs/**"] } });
        assert.deepEqual([starts(made, { branch: "main", paths: ["docs/a.md"] }), starts(made, { branch: "main", paths: ["docs/a.md", "x"] })], [false, true]);
    });

    it("of several filters one is enough", () => {
        const made = bench({ tags: { includes: ["v*"] } }, { branches: { includes: ["main"] } });
        assert.deepEqual([starts(made, { tag: "v1" }), starts(made, { branch: "main" }), starts(made, { branch: "x" })], [true, true, false]);
    });

    it("a push to another repository starts nothing", () => {
        assert.equal(starts(bench({ branches: { includes: ["**"] } }), { branch: "main", repository: "you/other" }), false);
    });

    it("without a trigger and with DetectChanges false nothing starts; without that setting AWS adds a trigger that nobody declared", () => {
        const quiet = new Bench();
        quiet.create();
        assert.equal(starts(quiet, { branch: "main" }), false);
        const loud = new Bench();
        const { DetectChanges: _, ...configuration } = source().configuration ?? {};
        loud.create(pipeline({ stages: [stage("Source", { ...source(), configuration }), stage("One", build("First"))] }));
        assert.equal(starts(loud, { branch: "main" }), true);
        assert.deepEqual(loud.service.getPipeline({ name: NAME }).pipeline.triggers, [
            { providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: "Checkout", push: [{ branches: { includes: ["main"] } }] } },
        ]);
    });

    it("a CodeCommit source is started by the event of its branch, and fetches its head", () => {
        const made = new Bench();
        const checkout = { ...source(), actionTypeId: { category: "Source", owner: "AWS", provider: "CodeCommit", version: "1" }, configuration: { RepositoryName: "repo", BranchName: "main", PollForSourceChanges: "false" } };
        made.create(pipeline({ stages: [stage("Source", checkout), stage("One", build("First"))] }));
        assert.deepEqual([starts(made, { repository: "repo", branch: "x" }), starts(made, { repository: "repo", branch: "main" })], [false, true]);
        assert.deepEqual(made.service.repositories(), ["repo"]);
    });

    it("patterns follow CodePipeline's glob syntax", () => {
        const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
            ["*.java", ["a.java", ".java"], ["x/a.java", "a.javac"]],
            ["*.{java,class}", ["a.java", "a.class"], ["a.jav", "a.java,class"]],
            ["foo.?", ["foo.c"], ["foo.", "foo.cc", "foo./"]],
            ["directory/**", ["directory/a", "directory/a/b"], ["directory", "other/a"]],
            ["directory/*", ["directory/a"], ["directory/a/b"]],
            ["[abc]x", ["ax"], ["dx", "abcx"]],
            ["[!a-c]x", ["dx"], ["ax", "/x"]],
            ["[*?\\]", ["*", "?", "\\"], ["a"]],
            ["\\*", ["*"], ["a"]],
            ["**", ["", "a", "a/b"], []],
            ["a.b+(c)", ["a.b+(c)"], ["axb+(c)"]],
            ["[", ["["], [""]],
            ["{a", ["{a"], ["a"]],
        ];
        for (const [pattern, yes, no] of cases) {
            assert.deepEqual([yes.filter((text) => !globToRegExp(pattern).test(text)), no.filter((text) => globToRegExp(pattern).test(text))], [[], []], pattern);
        }
    });
});
