import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckoutRepository } from "../../../../local/endpoint/codepipeline/git";

const WHO = { GIT_AUTHOR_NAME: "Ann", GIT_AUTHOR_EMAIL: "ann@example.com", GIT_COMMITTER_NAME: "Bob", GIT_COMMITTER_EMAIL: "bob@example.com" };

describe("emulated CodePipeline: the checkout's repository", () => {
    const folder = fs.mkdtempSync(join(tmpdir(), "codepipeline-git-"));
    after(() => fs.rmSync(folder, { recursive: true, force: true }));
    const git = (...args: readonly string[]): string => {
        const env = { ...process.env, ...WHO, GIT_AUTHOR_DATE: "2026-01-02T03:04:05+02:00", GIT_COMMITTER_DATE: "2026-02-03T04:05:06Z" };
        return execFileSync("git", ["-C", folder, ...args], { env, encoding: "utf8" }).trim();
    };
    const repository = new CheckoutRepository(folder);
    let first = "";
    let second = "";

    before(() => {
        git("init", "--quiet", "--initial-branch", "main");
        git("commit", "--quiet", "--allow-empty", "--message", "First\n\nwith a \"body\"");
        first = git("rev-parse", "HEAD");
        git("tag", "--annotate", "v1", "--message", "one");
        git("checkout", "--quiet", "-b", "feature/a");
        git("commit", "--quiet", "--allow-empty", "--message", "Second");
        second = git("rev-parse", "HEAD");
    });

    it("gives the head of a branch, whatever is checked out, with its author and message", async () => {
        assert.deepEqual(await repository.head("main"), {
            id: first,
            authorDate: "2026-01-02T01:04:05Z",
            committerDate: "2026-02-03T04:05:06Z",
            authorName: "Ann",
            authorEmail: "ann@example.com",
            message: 'First\n\nwith a "body"',
        });
        assert.equal((await repository.head("feature/a"))?.id, second);
    });

    it("knows no branch by the name of a tag, a commit or an option", async () => {
        for (const name of ["v1", first, "HEAD", "--all", "none", ""]) {
            assert.equal(await repository.head(name), undefined, name);
        }
    });

    it("gives a commit by its id and by a tag that points at it", async () => {
        assert.equal((await repository.commit(second))?.id, second);
        assert.equal((await repository.commit("v1"))?.id, first);
        assert.equal(await repository.commit("0".repeat(40)), undefined);
        assert.equal(await repository.commit("--help"), undefined);
    });

    it("is not misled by what an outer git left in the environment", async () => {
        process.env.GIT_DIR = join(folder, "elsewhere");
        try {
            assert.equal((await repository.head("main"))?.id, first);
        } finally {
            delete process.env.GIT_DIR;
        }
    });
});
