import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupts } from "../../automation/interrupts";

const root = join(__dirname, "../..");

interface Packages {
    packagesMatch(lock: string, installed: string | undefined): boolean;
    nodeIsSupported(version: string): boolean;
}

describe("the launcher", () => {
    let packages: Packages;
    before(async () => {
        packages = await import("../../automation/packages.mjs" as string);
    });

    const lock = (entries: object): string => JSON.stringify({ packages: { "": { version: "0" }, ...entries } });
    const one = { version: "1.0.0", integrity: "sha512-a" };

    it("accepts an installation by its content, whatever the file times", () => {
        assert.equal(packages.packagesMatch(lock({ "node_modules/a": one }), lock({ "node_modules/a": one, "node_modules/b": one })), true);
    });

    it("installs when something is missing, other, damaged, or nothing is there", () => {
        const wanted = lock({ "node_modules/a": one });
        for (const installed of [undefined, "", "{}", lock({}), lock({ "node_modules/a": { ...one, version: "1.0.1" } }), lock({ "node_modules/a": { ...one, integrity: "sha512-b" } })]) {
            assert.equal(packages.packagesMatch(wanted, installed), false, installed);
        }
    });

    it("does not miss optional packages of other platforms", () => {
        assert.equal(packages.packagesMatch(lock({ "node_modules/a": { ...one, optional: true } }), lock({})), true);
    });

    it("knows this very installation", () => {
        const text = (file: string): string => readFileSync(join(root, file), "utf8");
        assert.equal(packages.packagesMatch(text("package-lock.json"), text("node_modules/.package-lock.json")), true);
    });

    it("accepts the versions of Node.js on which the packages run", () => {
        const accepted = ["18.20.0", "20.18.3", "20.19.0", "20.20.2", "21.7.0", "22.11.0", "22.12.0", "23.0.0", "24.1.0"].filter((version) => packages.nodeIsSupported(version));
        assert.deepEqual(accepted, ["20.19.0", "20.20.2", "22.12.0", "23.0.0", "24.1.0"]);
    });

    it("passes arguments, streams and the exit status through", async () => {
        const child = spawn(process.execPath, ["automation/start.mjs", "chek", "--json"], { cwd: root });
        let out = "";
        child.stdout.on("data", (data) => (out += data));
        const [status] = await once(child, "close");
        assert.deepEqual([status, JSON.parse(out).exitCode], [2, 2]);
        assert.match(out, /Did you mean \\"check\\"/);
    });
});

describe("signals", () => {
    it("end the program at once when nothing needs an orderly end", () => {
        let left = 0;
        const interrupts = new Interrupts(() => left++);
        interrupts.receive();
        assert.deepEqual([left, interrupts.signal.aborted], [1, true]);
    });

    it("let shielded work end in order at the first one, and not at the second", async () => {
        let left = 0;
        const interrupts = new Interrupts(() => left++);
        await interrupts.shield(async () => {
            interrupts.receive();
            assert.deepEqual([left, interrupts.signal.aborted, interrupts.busy], [0, true, true]);
            await sleep(1);
            interrupts.receive();
            assert.equal(left, 1);
        });
        assert.equal(interrupts.busy, false);
    });

    it("stay shielded no longer than the work, also when it fails", async () => {
        const interrupts = new Interrupts(() => undefined);
        await assert.rejects(interrupts.shield(async () => assert.fail("x")));
        assert.equal(interrupts.busy, false);
    });
});
