import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { buildProviders } from "../../../../local/providers/build";

describe("building the stand-in providers", () => {
    let folder: string;
    let bin: string;

    before(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "providers-"));
        bin = path.join(folder, "bin");
    });
    after(() => fs.rmSync(folder, { recursive: true }));

    it("bundles once and reuses the bundles of unchanged sources", async () => {
        const first = await buildProviders(process.cwd(), bin);
        assert.ok(first.built.includes("docker") && first.built.includes("command"));
        assert.deepEqual(first.reused, []);
        const before = fs.statSync(path.join(bin, "pulumi-resource-docker")).mtimeMs;
        const second = await buildProviders(process.cwd(), bin);
        assert.deepEqual(second, { built: [], reused: first.built });
        assert.equal(fs.statSync(path.join(bin, "pulumi-resource-docker")).mtimeMs, before);
        assert.deepEqual(
            fs.readdirSync(bin).filter((file) => !file.startsWith("pulumi-resource-")),
            [],
        );
    });

    it("writes executables that start as the engine starts them", async () => {
        for (const name of ["command", "docker"]) {
            const child = spawn(path.join(bin, `pulumi-resource-${name}`), ["127.0.0.1:1"], { stdio: ["pipe", "pipe", "inherit"] });
            const [first] = (await once(child.stdout, "data")) as [Buffer];
            assert.match(first.toString(), /^\d+\n$/);
            child.kill("SIGINT");
            await once(child, "exit");
        }
    });
});
