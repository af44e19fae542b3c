import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkedOut, gitPort, isClean, listTree } from "../../../delivery/edge/git";
import { UnknownCommitError } from "../../../delivery/ports";

describe("git, as a delivery asks it", function () {
    this.timeout(60_000);

    let folder: string;
    beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "git-port-"))));
    afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

    const git = (cwd: string, ...args: readonly string[]): string => {
        const identity = { GIT_AUTHOR_NAME: "t", GIT_AUTHOR_EMAIL: "t@t", GIT_COMMITTER_NAME: "t", GIT_COMMITTER_EMAIL: "t@t" };
        return execFileSync("git", args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...identity } }).trim();
    };

    function commit(root: string, name: string, date = "2026-01-01T00:00:00Z"): string {
        fs.writeFileSync(path.join(root, name), name);
        git(root, "add", name);
        execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", name], { cwd: root, env: { ...process.env, GIT_COMMITTER_DATE: date, GIT_AUTHOR_DATE: date } });
        return git(root, "rev-parse", "HEAD");
    }

    /** A repository with commits a and b on main, and c beside b. */
    function origin(): { root: string; a: string; b: string; c: string } {
        const root = path.join(folder, "origin");
        fs.mkdirSync(root);
        git(root, "init", "-q", "-b", "main");
        const a = commit(root, "a");
        git(root, "checkout", "-q", "-b", "side");
        const c = commit(root, "c");
        git(root, "checkout", "-q", "main");
        return { root, a, b: commit(root, "b"), c };
    }

    function clone(...args: readonly string[]): string {
        const root = path.join(folder, "clone");
        git(folder, "clone", "-q", ...args, `file://${path.join(folder, "origin")}`, root);
        return root;
    }

    it("counts histories and compares them", async () => {
        const { root, a, b, c } = origin();
        const port = gitPort(root);
        assert.deepEqual(await Promise.all([a, b, c].map((one) => port.sequence(one))), [1, 2, 2]);
        assert.deepEqual([await port.isAncestor(a, b), await port.isAncestor(b, a), await port.isAncestor(c, b), await port.isAncestor(b, b)], [true, false, false, true]);
    });

    it("fetches what a shallow clone does not have", async () => {
        const { a, b } = origin();
        const root = clone("--depth", "1");
        assert.equal(git(root, "rev-list", "--count", "HEAD"), "1");
        const port = gitPort(root);
        assert.equal(await port.sequence(b), 2);
        assert.equal(await port.isAncestor(a, b), true);
    });

    it("fetches what was pushed after the clone was made", async () => {
        const { root: remote } = origin();
        const port = gitPort(clone());
        const later = commit(remote, "later");
        assert.equal(await port.sequence(later), 3);
        assert.equal(await port.head("main"), later);
    });

    it("tells an unknown commit from everything else", async () => {
        const { root, a } = origin();
        await assert.rejects(gitPort(root).sequence("1".repeat(40)), UnknownCommitError);
        await assert.rejects(gitPort(root).isAncestor("1".repeat(40), a), UnknownCommitError);
        await assert.rejects(gitPort(root).head("nowhere"), /nowhere/);
    });

    it("lists tags by pattern, newest first, whether they are annotated or not", async () => {
        const { root, a } = origin();
        git(root, "tag", "v1", a);
        const second = commit(root, "second", "2026-02-01T00:00:00Z");
        git(root, "tag", "-a", "-m", "two", "v2");
        git(root, "tag", "other");
        assert.deepEqual(await gitPort(clone()).tagged("v*"), [second, a]);
    });

    it("tells a checkout from one that was changed, and what is in a commit", async () => {
        const { root, b } = origin();
        assert.deepEqual([await isClean(root), await checkedOut(root)], [true, b]);
        assert.deepEqual((await listTree(root, b)).map((line) => line.split("\t")[1]), ["a", "b"]);
        fs.writeFileSync(path.join(root, "new"), "");
        assert.equal(await isClean(root), false);
    });
});
