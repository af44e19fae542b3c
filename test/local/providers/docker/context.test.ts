import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { extract } from "tar-stream";
import { contextArchive, contextDigest, listContext } from "../../../../local/providers/docker/context";

describe("a build context", () => {
    let folder: string;
    let context: string;
    let dockerfile: string;

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "context-"));
        context = path.join(folder, "app");
        dockerfile = path.join(context, "Dockerfile");
        write("Dockerfile", "FROM scratch\nCOPY . /\n");
        write("a.txt", "one");
        write("sub/b.txt", "two");
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    function write(name: string, content: string, mode = 0o644): void {
        const file = path.join(context, name);
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, content);
        fs.chmodSync(file, mode);
    }

    const digest = (): Promise<string> => contextDigest(context, dockerfile);
    const names = (): string[] => listContext(context, dockerfile).map(({ name }) => name);

    it("is hashed over Dockerfile, names, modes and contents, in the real provider's form", async () => {
        const sha256 = (text: string): Buffer => createHash("sha256").update(text).digest();
        const expected = createHash("sha256");
        for (const [name, mode, content] of [
            ["Dockerfile", "----------", "FROM scratch\nCOPY . /\n"],
            ["Dockerfile", "-rw-r--r--", "FROM scratch\nCOPY . /\n"],
            ["a.txt", "-rw-r--r--", "one"],
            ["sub/b.txt", "-rwxr-xr-x", "two"],
        ] as const) {
            expected.update(name).update(mode).update(sha256(content)).update("\0");
        }
        fs.chmodSync(path.join(context, "sub/b.txt"), 0o755);
        assert.equal(await digest(), expected.digest("hex"));
    });

    it("has the same digest whatever its times, its owner's folder and the Dockerfile's name outside of it", async () => {
        const before = await digest();
        fs.utimesSync(path.join(context, "a.txt"), new Date(0), new Date(0));
        assert.equal(await digest(), before);
        const copy = path.join(folder, "elsewhere");
        fs.cpSync(context, copy, { recursive: true });
        assert.equal(await contextDigest(copy, path.join(copy, "Dockerfile")), before);
        fs.writeFileSync(path.join(folder, "One"), "FROM scratch\n");
        fs.writeFileSync(path.join(folder, "Two"), "FROM scratch\n");
        assert.equal(await contextDigest(context, path.join(folder, "One")), await contextDigest(context, path.join(folder, "Two")));
    });

    it("has another digest when a content, a name, a mode or the Dockerfile changes", async () => {
        const seen = new Set([await digest()]);
        const changes: (() => void)[] = [
            () => write("a.txt", "other"),
            () => fs.renameSync(path.join(context, "a.txt"), path.join(context, "c.txt")),
            () => fs.chmodSync(path.join(context, "c.txt"), 0o664),
            () => write("Dockerfile", "FROM scratch\n"),
            () => write("new.txt", ""),
        ];
        for (const change of changes) {
            change();
            seen.add(await digest());
        }
        assert.equal(seen.size, changes.length + 1);
    });

    it("leaves out what is ignored, takes in what a later rule excepts, and skips no file below an ignored directory for it", async () => {
        write(".dockerignore", "sub\n*.log\n# comment\n!sub/keep.txt\n");
        const before = await digest();
        write("x.log", "noise");
        write("sub/noise.txt", "noise");
        assert.equal(await digest(), before);
        write("sub/keep.txt", "kept");
        assert.notEqual(await digest(), before);
        assert.deepEqual(names(), [".dockerignore", "Dockerfile", "a.txt", "sub/keep.txt"]);
    });

    it("reads the ignore file of the Dockerfile instead of the context's", () => {
        write(".dockerignore", "a.txt\n");
        write("Dockerfile.dockerignore", "sub\n");
        assert.deepEqual(names(), [".dockerignore", "Dockerfile", "Dockerfile.dockerignore", "a.txt"]);
    });

    it("counts a symbolic link by what it resolves to and refuses one that leads nowhere, by name", async () => {
        fs.symlinkSync("a.txt", path.join(context, "link"));
        const first = await digest();
        fs.unlinkSync(path.join(context, "link"));
        fs.symlinkSync("sub/b.txt", path.join(context, "link"));
        assert.notEqual(await digest(), first);
        fs.unlinkSync(path.join(context, "sub/b.txt"));
        await assert.rejects(digest(), /"[^"]*link" leads nowhere .*: correct it, or name it in \.dockerignore/);
    });

    it("is sent with owner 0:0, modes, links, and the Dockerfile even where it is ignored", async () => {
        write(".dockerignore", "Dockerfile\n.dockerignore\n");
        write("sub/run.sh", "#!/bin/sh\n", 0o755);
        fs.symlinkSync("a.txt", path.join(context, "link"));
        const entries = await untar(context, dockerfile);
        assert.equal(entries.dockerfile, "Dockerfile");
        assert.deepEqual(entries.list, [
            "a.txt file 644 0:0 one",
            "link symlink 777 0:0 -> a.txt",
            "sub/ directory 755 0:0",
            "sub/b.txt file 644 0:0 two",
            "sub/run.sh file 755 0:0 #!/bin/sh\n",
            "Dockerfile file 644 0:0 FROM scratch\nCOPY . /\n",
            ".dockerignore file 644 0:0 Dockerfile\n.dockerignore\n",
        ]);
    });

    it("is sent with a Dockerfile from outside under one constant name", async () => {
        const outside = path.join(folder, "Other.Dockerfile");
        fs.writeFileSync(outside, "FROM outside\n");
        const entries = await untar(context, outside);
        assert.equal(entries.dockerfile, ".dockerfile.outside-of-context");
        assert.equal(entries.list.at(-1), ".dockerfile.outside-of-context file 600 0:0 FROM outside\n");
    });
});

async function untar(context: string, dockerfile: string): Promise<{ dockerfile: string; list: string[] }> {
    const sent = contextArchive(context, dockerfile);
    const list: string[] = [];
    const reader = extract();
    sent.archive.pipe(reader);
    for await (const entry of reader) {
        const { name, type, mode = 0, uid, gid, linkname } = entry.header;
        const chunks: Buffer[] = [];
        for await (const chunk of entry as AsyncIterable<Buffer>) {
            chunks.push(chunk);
        }
        const content = type === "file" ? ` ${Buffer.concat(chunks).toString()}` : type === "symlink" ? ` -> ${linkname}` : "";
        list.push(`${name} ${type} ${mode.toString(8)} ${uid}:${gid}${content}`);
    }
    return { dockerfile: sent.dockerfile, list };
}
