import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fromEngine, parseSeedSettings } from "../../bootstrap/settings";

const FILE = "bootstrap/Pulumi.account.yaml";
const VALID = {
    runsOn: "account",
    source: "connection",
    provider: "GitHub",
    repository: "example/container-lambdas",
    repositoryUrl: "",
    branch: "main",
    connected: false,
    engineBucket: "",
    keep: true,
    environments: [
        { stack: "prod", delivery: "tag", releasesFrom: "dev" },
        { stack: "dev", delivery: "branch" },
    ],
};

function problemsOf(change: Record<string, unknown>): string[] {
    return parseSeedSettings(FILE, { ...VALID, ...change }).problems.map(({ key, rule }) => `${key}: ${rule}`);
}

describe("the settings of a seed", () => {
    it("are taken as written, in the order of stacks, and only a branch may take things away by itself", () => {
        const { settings, problems } = parseSeedSettings(FILE, VALID);
        assert.deepEqual(problems, []);
        const common = { source: "connection", repository: "example/container-lambdas", s3Cache: false };
        assert.deepEqual(settings?.environments, [
            { ...common, stack: "dev", delivery: "branch", removals: true },
            { ...common, stack: "prod", delivery: "tag", releasesFrom: "dev", removals: false },
        ]);
        assert.equal("engineBucket" in (settings ?? {}), false);
    });

    it("refuse a stack whose name begins with another's: a right on dev-* would reach dev-two", () => {
        const environments = [{ stack: "dev", delivery: "branch" }, { stack: "dev-two", delivery: "branch" }];
        assert.deepEqual(problemsOf({ environments }), ["environments.1: begins with the name of the stack dev, whose roles would reach it"]);
        assert.deepEqual(problemsOf({ environments: [{ stack: "dev", delivery: "branch" }, { stack: "development", delivery: "branch" }] }), []);
    });

    it("refuse stacks that are named twice, are called like the seed's own things, or build and deploy nothing", () => {
        assert.deepEqual(problemsOf({ environments: [{ stack: "a", delivery: "branch" }, { stack: "a", delivery: "branch" }] }), ["environments.1: is named twice"]);
        assert.deepEqual(problemsOf({ environments: [{ stack: "watchdog", delivery: "branch" }] }), ["environments.0: is a name of the seed's own"]);
        assert.deepEqual(problemsOf({ environments: [{ stack: "a", delivery: "tag" }] }), ["environments.0: has `delivery: tag` and no `releasesFrom`"]);
        assert.deepEqual(problemsOf({ environments: [{ stack: "a", delivery: "tag", releasesFrom: "b" }] }), ["environments.0: is no stack of this seed"]);
        assert.deepEqual(problemsOf({ environments: [] }), ["environments: must name at least one stack"]);
    });

    it("refuse unknown keys, and values that are none", () => {
        assert.equal(problemsOf({ colour: "red" }).length, 1);
        assert.equal(problemsOf({ environments: [{ stack: "a", delivery: "branch", right: "all" }] }).length, 1);
        assert.equal(problemsOf({ environments: [{ stack: "A_b", delivery: "branch" }] })[0], "environments.0.stack: must be the name of a stack: lower-case letters, digits and single hyphens");
        assert.equal(problemsOf({ repository: undefined }).length, 1);
        assert.deepEqual(problemsOf({ repository: "only-a-name" }), ["repository: has no owner, while `source` is connection"]);
        assert.deepEqual(problemsOf({ repository: "only-a-name", source: "codecommit" }), []);
        assert.deepEqual(problemsOf({ provider: "GitLabSelfManaged" }), ["repositoryUrl: is missing, while `provider` is GitLabSelfManaged"]);
        assert.equal(problemsOf({ repositoryUrl: "https://user:secret@git.example.com/a/b.git" }).length, 1, "no credentials in an address");
    });

    it("come from the engine as text, and mean the same as in the file", () => {
        const texts = Object.fromEntries(Object.entries(VALID).map(([key, value]) => [`seed:${key}`, typeof value === "string" ? value : JSON.stringify(value)]));
        assert.deepEqual(fromEngine("seed", { ...texts, "aws:region": "eu-central-1" }), VALID);
    });

    it("have a description and the checked default for every key in Pulumi.yaml", () => {
        const { config } = parse(readFileSync(join(__dirname, "../../bootstrap/Pulumi.yaml"), "utf8")) as { config: Record<string, { default?: unknown; description?: string }> };
        assert.deepEqual(Object.keys(config).sort(), Object.keys(VALID).sort());
        const defaults = Object.fromEntries(Object.entries(config).flatMap(([key, { default: value }]) => (value === undefined ? [] : [[key, value]])));
        assert.deepEqual(parseSeedSettings(FILE, { ...defaults, repository: VALID.repository, environments: VALID.environments }).problems, []);
        assert.ok(Object.values(config).every(({ description = "" }) => description.trim() !== ""));
    });
});
