import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";

describe("the running program", () => {
    /** A fresh process for each: configuration and modules of the engine's runtime are global. */
    const run = (
        config: Readonly<Record<string, string>>,
        environment: Readonly<Record<string, string>> = {},
    ): { readonly status: number | null; readonly output: string } => {
        const program = `
            try {
                process.stdout.write(JSON.stringify(require("./settings").readSettings()));
            } catch (error) {
                process.stdout.write(error.name + "\\n" + error.message);
                process.exitCode = 2;
            }`;
        const { status, stdout } = spawnSync(process.execPath, ["--require", "tsx/cjs", "--eval", program], {
            cwd: join(__dirname, "../../.."),
            encoding: "utf8",
            env: {
                PATH: process.env["PATH"],
                PULUMI_NODEJS_PROJECT: "p",
                PULUMI_NODEJS_STACK: "dev",
                PULUMI_CONFIG: JSON.stringify(config),
                ...environment,
            },
        });
        return { status, output: stdout };
    };

    it("reads what the engine hands over", () => {
        const { status, output } = run({ "aws:region": "eu-west-1", "p:maxParallelBuilds": "7", "p:protectData": "false" });
        assert.equal(status, 0, output);
        const settings = JSON.parse(output) as Record<string, unknown>;
        assert.deepEqual(
            [settings["project"], settings["stack"], settings["region"], settings["maxParallelBuilds"], settings["protectData"]],
            ["p", "dev", "eu-west-1", 7, false],
        );
    }).timeout(60_000);

    it("stops with every problem at once", () => {
        const { status, output } = run({ "p:images": "none", "p:nonsense": "1" });
        assert.equal(status, 2);
        assert.match(
            output,
            /^InvalidInputError\n.*aws:region: is missing.*\n.*images: "none": must be.*\n.*p:nonsense: is an unknown key.*\n3 problems in 1 file; nothing was called or changed\.$/,
        );
    }).timeout(60_000);

    it("stops where the shell leads to an emulator and the stack does not", () => {
        const { status, output } = run({ "aws:region": "eu-west-1" }, { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" });
        assert.equal(status, 2);
        assert.match(output, /environment: AWS_ENDPOINT_URL: .* leads to an emulator, while this stack has `runsOn: account`/);
    }).timeout(60_000);
});
