import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { removeOthers, SOURCE_DATE_EPOCH, stageContext, StagedContext } from "../../../components/images/staging";

describe("a staged context", () => {
    let root: string;

    beforeEach(() => {
        root = fs.mkdtempSync(path.join(os.tmpdir(), "staging-"));
        write("source/Dockerfile", "FROM scratch\n");
        write("source/src/app.py", "print()\n");
    });
    afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

    function write(file: string, text: string, mode = 0o644): void {
        fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
        fs.writeFileSync(path.join(root, file), text, { mode });
    }

    function stage(): StagedContext {
        const staged = stageContext(root, "source", "target");
        assert.ok(!Array.isArray(staged), JSON.stringify(staged));
        return staged as StagedContext;
    }

    const paths = (context: StagedContext): string[] => context.entries.map((entry) => entry.path);

    it("leaves out what is ignored, and the ignore file itself", () => {
        write("source/.dockerignore", "tests\n*.md\n");
        write("source/tests/test_app.py", "");
        write("source/README.md", "");
        assert.deepEqual(paths(stage()), ["Dockerfile", "src/app.py"]);
        assert.deepEqual(fs.readdirSync(path.join(root, "target")).sort(), ["Dockerfile", "src"]);
    });

    it("prefers Dockerfile.dockerignore, as the builder does", () => {
        write("source/.dockerignore", "src\n");
        write("source/Dockerfile.dockerignore", "nothing\n");
        assert.deepEqual(paths(stage()), ["Dockerfile", "src/app.py"]);
    });

    it("keeps the Dockerfile although it is ignored", () => {
        write("source/.dockerignore", "Dockerfile\n");
        assert.ok(paths(stage()).includes("Dockerfile"));
    });

    it("has fixed times and modes, whatever the source has", () => {
        write("source/run.sh", "#!/bin/sh\n", 0o700);
        fs.chmodSync(path.join(root, "source/src/app.py"), 0o600);
        stage();
        const status = (file: string): fs.Stats => fs.statSync(path.join(root, "target", file));
        assert.equal(status("run.sh").mode & 0o777, 0o755);
        assert.equal(status("src/app.py").mode & 0o777, 0o644);
        assert.equal(status("src").mode & 0o777, 0o755);
        for (const file of [".", "run.sh", "src", "src/app.py"]) {
            assert.equal(status(file).mtimeMs, SOURCE_DATE_EPOCH * 1000, file);
        }
    });

    it("is the same for other times, owners' modes and umasks of the source", () => {
        const before = stage();
        fs.chmodSync(path.join(root, "source/src/app.py"), 0o664);
        fs.utimesSync(path.join(root, "source/src/app.py"), 1, 1);
        assert.deepEqual(stage().entries, before.entries);
    });

    it("loses files that the source lost, and replaces directories by files", () => {
        write("source/old/deep/file.txt", "x");
        stage();
        fs.rmSync(path.join(root, "source/old"), { recursive: true });
        write("source/old", "now a file");
        assert.deepEqual(paths(stage()), ["Dockerfile", "old", "src/app.py"]);
        assert.equal(fs.readFileSync(path.join(root, "target/old"), "utf8"), "now a file");
        fs.rmSync(path.join(root, "source/old"));
        write("source/old/again.txt", "x");
        assert.deepEqual(paths(stage()), ["Dockerfile", "old/again.txt", "src/app.py"]);
    });

    it("keeps links that stay inside and refuses those that leave or lead nowhere", () => {
        fs.symlinkSync("src/app.py", path.join(root, "source/link"));
        assert.deepEqual(stage().entries.find((entry) => entry.path === "link"), { path: "link", type: "link", content: "src/app.py" });
        fs.symlinkSync("../secret", path.join(root, "source/out"));
        fs.symlinkSync("/etc/passwd", path.join(root, "source/absolute"));
        fs.symlinkSync("nowhere", path.join(root, "source/dangling"));
        const problems = stageContext(root, "source", "target");
        assert.ok(Array.isArray(problems));
        assert.deepEqual(
            problems.map(({ file, rule }) => `${file}: ${rule}`),
            [
                "source/absolute: a symbolic link must stay inside its build context",
                "source/dangling: a symbolic link must lead to something that exists",
                "source/out: a symbolic link must stay inside its build context",
            ],
        );
    });

    it("is removed when its image is gone", () => {
        write("staged/kept/Dockerfile", "");
        write("staged/gone/src/app.py", "");
        removeOthers(root, "staged", ["kept", "not staged yet"]);
        assert.deepEqual(fs.readdirSync(path.join(root, "staged")), ["kept"]);
        removeOthers(root, "nothing was ever staged", []);
    });
});
