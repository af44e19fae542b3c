import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Repository } from "../../../automation/pipeline/repository";

describe("the repository that is pushed", () => {
    let root: string;
    const git = (...args: string[]): string =>
        execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
    const repository = (folder = root): Repository =>
        new Repository(folder, async (command, args) => {
            const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() } });
            return { status: status ?? 1, output: stdout + stderr };
        });
    let first: string;
    let second: string;
    before(() => {
        root = mkdtempSync(join(tmpdir(), "repository-"));
        git("init", "--quiet", "--initial-branch", "main");
        mkdirSync(join(root, "app"));
        writeFileSync(join(root, "app/kept.ts"), "1");
        writeFileSync(join(root, "app/moved.ts"), "a file that is moved as it is\n".repeat(9));
        git("add", "--all");
        git("commit", "--quiet", "--message", "First\n\nbody");
        first = git("rev-parse", "HEAD");
        git("tag", "--annotate", "--message", "t", "v1.0.0");
        git("mv", "app/moved.ts", "app/bücher.ts");
        git("commit", "--quiet", "--message", "Second");
        second = git("rev-parse", "HEAD");
    });
    after(() => rmSync(root, { recursive: true }));

    it("resolves branches, annotated tags, short ids and expressions to the full id of a commit", async () => {
        const found = await Promise.all(["HEAD", "main", first.slice(0, 8), "HEAD~1", "v1.0.0"].map((revision) => repository().resolve(revision)));
        assert.deepEqual(found, [second, second, first, first, first]);
        assert.deepEqual([await repository().tagged("v1.0.0"), await repository().tagged("v2")], [first, undefined]);
        assert.equal(await repository().subject(first), "First");
    });

    it("refuses what names no commit with the nearest name and what is allowed, also what looks like an option", async () => {
        await assert.rejects(repository().resolve("mian"), (error: Error & { exitCode?: number }) => {
            assert.equal(error.message, '"mian" names no commit of this repository. Did you mean "main"?\n  Allowed: a branch or a tag (main, v1.0.0), the id of a commit, or an expression like HEAD~1.\n  Next: use one of these, or commit first.');
            return error.exitCode === 2;
        });
        await assert.rejects(repository().resolve("--all"), /"--all" names no commit/);
        await assert.rejects(repository().resolve("HEAD:app/kept.ts"), /names no commit/);
    });

    it("says what to do where there is no repository", async () => {
        const bare = mkdtempSync(join(tmpdir(), "no-repository-"));
        try {
            await assert.rejects(repository(bare).resolve("HEAD"), /is no git repository, and a pipeline runs on a commit\.\n {2}Next: run "git init"/);
        } finally {
            rmSync(bare, { recursive: true });
        }
    });

    it("tells both sides of a move as changed, and all files when it was never pushed or the last push is unknown", async () => {
        assert.deepEqual(await repository().changedPaths(first, second), ["app/bücher.ts", "app/moved.ts"]);
        for (const since of [undefined, "f".repeat(40)]) {
            assert.deepEqual(await repository().changedPaths(since, second), ["app/bücher.ts", "app/kept.ts"]);
        }
    });

    it("counts what is not committed, untracked files included", async () => {
        assert.deepEqual(await repository().uncommitted(), []);
        writeFileSync(join(root, "new.txt"), "");
        writeFileSync(join(root, "app/kept.ts"), "2");
        assert.equal((await repository().uncommitted()).length, 2);
    });
});
