import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { PassThrough } from "node:stream";

import * as grpc from "@grpc/grpc-js";
import { LanguageRuntimeClient } from "@pulumi/pulumi/proto/language_grpc_pb";
import { AboutRequest, GetProgramDependenciesRequest, GetRequiredPackagesRequest, ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { serveLanguageHost } from "../../../local/toolchain/languageHost";
import { removeTemporaryFolders, temporaryFolder, writeTree } from "./temporary";

const showAll = "console.log(JSON.stringify({ args: process.argv.slice(2), env: process.env, cwd: process.cwd() }))";

/** A program folder whose SDK is a script. */
function program(runner: string): string {
    const folder = temporaryFolder();
    writeTree(folder, { "package.json": "{}", "node_modules/@pulumi/pulumi/cmd/run/index.js": runner, "node_modules/@pulumi/pulumi/package.json": '{"name": "@pulumi/pulumi"}' });
    return folder;
}

function request(folder: string): RunRequest {
    const info = new ProgramInfo().setRootDirectory(folder).setProgramDirectory(folder).setEntryPoint(".");
    return new RunRequest().setPwd(folder).setMonitorAddress("127.0.0.1:1").setProject("prog").setStack("local").setParallel(8).setInfo(info);
}

describe("the language host", () => {
    let host: Awaited<ReturnType<typeof serveLanguageHost>>;
    let client: LanguageRuntimeClient;
    let output: string;

    beforeEach(async () => {
        output = "";
        const [out, err] = [new PassThrough(), new PassThrough()];
        for (const stream of [out, err]) {
            stream.setEncoding("utf8").on("data", (text: string) => {
                output += text;
            });
        }
        host = await serveLanguageHost({ engine: "127.0.0.1:2", keep: temporaryFolder(), out, err });
        client = new LanguageRuntimeClient(`127.0.0.1:${host.port}`, grpc.credentials.createInsecure());
    });

    afterEach(() => {
        client.close();
        host.close();
        removeTemporaryFolders();
    });

    const run = (given: RunRequest): Promise<{ error: string; bail: boolean }> =>
        new Promise((resolve, reject) => {
            client.run(given, (error, response) => (error === null ? resolve({ error: response.getError(), bail: response.getBail() }) : reject(error)));
        });

    it("hands the program all that the engine says: names, addresses, dry run, arguments", async () => {
        const folder = program(showAll);
        const given = request(folder).setDryrun(true).setOrganization("team");
        given.setArgsList(["one"]);
        assert.deepEqual(await run(given), { error: "", bail: false });
        const seen = JSON.parse(output) as { args: string[]; cwd: string };
        assert.deepEqual(seen.args, [
            ...["--monitor=127.0.0.1:1", "--engine=127.0.0.1:2", "--organization=team", "--project=prog", `--root-directory=${folder}`, "--stack=local"],
            ...[`--pwd=${folder}`, "--parallel=8", "--dry-run", ".", "one"],
        ]);
        assert.equal(seen.cwd, folder);
    });

    it("hands over configuration and the names of secret keys", async () => {
        const given = request(program(showAll));
        given.getConfigMap().set("prog:size", "3").set("prog:token", "hidden");
        given.setConfigsecretkeysList(["prog:token"]);
        await run(given);
        const { env } = JSON.parse(output) as { env: Record<string, string> };
        assert.deepEqual(JSON.parse(env["PULUMI_CONFIG"] ?? ""), { "prog:size": "3", "prog:token": "hidden" });
        assert.deepEqual(JSON.parse(env["PULUMI_CONFIG_SECRET_KEYS"] ?? ""), ["prog:token"]);
    });

    it("honours tsconfig, typescript and nodeargs of the project's runtime options", async () => {
        const given = request(program(showAll));
        given.getInfo()?.setOptions(Struct.fromJavaScript({ tsconfig: "tsconfig.pulumi.json", nodeargs: "--no-warnings" }));
        await run(given);
        const { env } = JSON.parse(output) as { env: Record<string, string | undefined> };
        assert.deepEqual([env["PULUMI_NODEJS_TSCONFIG_PATH"], env["PULUMI_NODEJS_TYPESCRIPT"]], ["tsconfig.pulumi.json", "true"]);

        output = "";
        given.getInfo()?.setOptions(Struct.fromJavaScript({ typescript: false }));
        await run(given);
        assert.equal((JSON.parse(output) as { env: Record<string, string | undefined> }).env["PULUMI_NODEJS_TYPESCRIPT"], undefined);
    });

    it("shows what the program writes to either stream", async () => {
        await run(request(program("console.log('to stdout'); console.error('to stderr')")));
        assert.match(output, /to stdout/);
        assert.match(output, /to stderr/);
    });

    it("adds nothing to an error that the SDK has shown", async () => {
        assert.deepEqual(await run(request(program("process.exit(32)"))), { error: "", bail: true });
    });

    it("reports any other exit status, and a signal", async () => {
        assert.deepEqual(await run(request(program("process.exit(7)"))), { error: "Program exited with non-zero exit code: 7", bail: false });
        const killed = await run(request(program("process.kill(process.pid, 'SIGKILL')")));
        assert.match(killed.error, /SIGKILL/);
    });

    it("tells what to do when the program's packages are not installed", async () => {
        const result = await run(request(temporaryFolder()));
        assert.match(result.error, /not installed.*npm ci/);
    });

    it("ends the program when the engine cancels", async () => {
        const folder = program("require('fs').writeFileSync('started', ''); setInterval(() => undefined, 1000)");
        const result = run(request(folder));
        while (!fs.existsSync(path.join(folder, "started"))) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        await new Promise((resolve, reject) => client.cancel(new Empty(), (error) => (error === null ? resolve(undefined) : reject(error))));
        assert.match((await result).error, /SIGTERM/);
    });

    it("needs no plugins beforehand, and knows itself and the program's packages", async () => {
        const packages = await new Promise<number>((resolve, reject) => {
            client.getRequiredPackages(new GetRequiredPackagesRequest(), (error, response) => (error === null ? resolve(response.getPackagesList().length) : reject(error)));
        });
        assert.equal(packages, 0);
        const version = await new Promise<string>((resolve, reject) => {
            client.about(new AboutRequest(), (error, response) => (error === null ? resolve(response.getVersion()) : reject(error)));
        });
        assert.equal(version, process.version);

        const folder = temporaryFolder();
        writeTree(folder, {
            "package.json": '{"dependencies": {"b": "^1", "a": "^2"}}',
            "node_modules/.package-lock.json": '{"packages": {"node_modules/b": {"version": "1.2.0"}, "node_modules/a": {"version": "2.0.1"}, "node_modules/deep": {"version": "9.0.0"}}}',
        });
        const ask = (transitive: boolean): Promise<string[]> =>
            new Promise((resolve, reject) => {
                const given = new GetProgramDependenciesRequest().setPwd(folder).setTransitivedependencies(transitive);
                client.getProgramDependencies(given, (error, response) =>
                    error === null ? resolve(response.getDependenciesList().map((entry) => `${entry.getName()} ${entry.getVersion()}`)) : reject(error),
                );
            });
        assert.deepEqual(await ask(false), ["a 2.0.1", "b 1.2.0"]);
        assert.deepEqual(await ask(true), ["a 2.0.1", "b 1.2.0", "deep 9.0.0"]);
    });
});
