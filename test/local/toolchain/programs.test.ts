import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { placePrograms, placeProviders } from "../../../local/toolchain/bin";
import { isAtLeast } from "../../../local/toolchain/go";
import { checkoutPaths } from "../../../local/toolchain/paths";
import { installedEngine } from "../../../local/toolchain/pulumi";
import { placeScript } from "../../../local/toolchain/scripts";
import { exportedVariables } from "../../../local/toolchain/variables";
import { removeTemporaryFolders, temporaryFolder, writeTree } from "./temporary";

const pulumi = (version: string): string => `#!/bin/sh\necho v${version}\n`;

describe("the Pulumi engine on PATH", () => {
    afterEach(removeTemporaryFolders);

    it("is taken when it is new enough, with the word whether it has a language host", async () => {
        const folder = temporaryFolder();
        writeTree(folder, { pulumi: pulumi("3.230.0") });
        const found = await installedEngine(folder);
        assert.deepEqual(found, { program: path.join(folder, "pulumi"), origin: "installed", version: "3.230.0", hasLanguageHost: false });
        writeTree(folder, { "pulumi-language-nodejs": "#!/bin/sh\n" });
        assert.equal((await installedEngine(folder))?.hasLanguageHost, true);
    });

    it("is left aside when it is too old, broken, or not there", async () => {
        const [old, broken] = [temporaryFolder(), temporaryFolder()];
        writeTree(old, { pulumi: pulumi("3.229.9") });
        writeTree(broken, { pulumi: "#!/bin/sh\nexit 1\n" });
        assert.deepEqual(await Promise.all([old, broken, temporaryFolder()].map(installedEngine)), [undefined, undefined, undefined]);
    });

    it("is never the one that a checkout put on PATH, its own or another's", async () => {
        const checkout = temporaryFolder();
        writeTree(checkout, { ".local/bin/pulumi": pulumi("3.230.0"), ".local/state.json": "{}" });
        const home = temporaryFolder();
        writeTree(home, { ".local/bin/pulumi": pulumi("3.300.0") });
        assert.equal(await installedEngine(path.join(checkout, ".local", "bin")), undefined);
        assert.equal((await installedEngine([path.join(checkout, ".local", "bin"), path.join(home, ".local", "bin")].join(":")))?.version, "3.300.0");
    });

    it("is compared by numbers", () => {
        assert.deepEqual([isAtLeast("3.1000.0", "3.230.0"), isAtLeast("3.230.0", "3.230.0"), isAtLeast("3.99.9", "3.230.0"), isAtLeast("1.26rc1", "1.25.8")], [true, true, false, true]);
    });
});

describe("the programs of a checkout", () => {
    afterEach(removeTemporaryFolders);

    function checkout(): ReturnType<typeof checkoutPaths> {
        const root = temporaryFolder();
        for (const name of ["aws", "command", "docker"]) {
            writeTree(root, { [`node_modules/@pulumi/${name}/package.json`]: '{"version": "7.8.9"}' });
        }
        return checkoutPaths(root);
    }

    it("are links to an engine that has its own language host, and no host of ours", async () => {
        const paths = checkout();
        const folder = temporaryFolder();
        writeTree(folder, { pulumi: pulumi("3.230.0"), "pulumi-language-nodejs": "#!/bin/sh\n" });
        await placePrograms(paths, { program: path.join(folder, "pulumi"), origin: "installed", version: "3.230.0", hasLanguageHost: true }, folder);
        assert.deepEqual(fs.readdirSync(paths.bin).sort(), ["aws", "pulumi"]);
        assert.equal(fs.readlinkSync(path.join(paths.bin, "pulumi")), path.join(folder, "pulumi"));
    });

    it("hold the engine itself beside our language host where it has none", async () => {
        const paths = checkout();
        const repository = path.resolve(__dirname, "..", "..", "..");
        fs.symlinkSync(path.join(repository, "local"), path.join(paths.root, "local"));
        fs.rmSync(path.join(paths.root, "node_modules"), { recursive: true });
        fs.symlinkSync(path.join(repository, "node_modules"), path.join(paths.root, "node_modules"));
        const folder = temporaryFolder();
        writeTree(folder, { pulumi: pulumi("3.230.0") });
        const engine = { program: path.join(folder, "pulumi"), origin: "built" as const, version: "3.230.0", hasLanguageHost: false };
        await placePrograms(paths, engine, folder);
        await placePrograms(paths, engine, folder);
        assert.deepEqual(fs.readdirSync(paths.bin).sort(), ["aws", "pulumi", "pulumi-language-nodejs"]);
        assert.equal(fs.lstatSync(path.join(paths.bin, "pulumi")).isSymbolicLink(), false);
        assert.equal(fs.readdirSync(path.join(paths.local, "language-host")).length, 1);
    });

    it("include stand-in providers under the versions of the installed packages, until official ones are wanted", () => {
        const paths = checkout();
        const folder = temporaryFolder();
        writeTree(folder, { "pulumi-resource-aws": "#!/bin/sh\n", "pulumi-resource-docker": "#!/bin/sh\n" });
        placeProviders(paths, folder, "standin");
        const plugins = path.join(paths.pulumiHome, "plugins");
        assert.deepEqual(fs.readdirSync(plugins).sort(), ["resource-aws-v7.8.9", "resource-docker-v7.8.9"]);
        assert.equal(fs.realpathSync(path.join(plugins, "resource-aws-v7.8.9", "pulumi-resource-aws")), path.join(folder, "pulumi-resource-aws"));

        writeTree(plugins, { "resource-command-v7.8.9/pulumi-resource-command": "#!/bin/sh\n# downloaded\n" });
        placeProviders(paths, folder, "official");
        assert.deepEqual(fs.readdirSync(plugins), ["resource-command-v7.8.9"], "a real plugin stays");
    });

    it("are found by scripts whatever characters their folders have", () => {
        const folder = path.join(temporaryFolder(), "it's a $HOME");
        fs.mkdirSync(folder);
        writeTree(folder, { tool: '#!/bin/sh\necho "$#:$2"\n' });
        placeScript(path.join(folder, "script"), [path.join(folder, "tool"), "fixed"]);
        assert.equal(execFileSync(path.join(folder, "script"), ["given one"], { encoding: "utf8" }), "2:given one\n");
    });
});

describe("the variables for a shell", () => {
    const paths = checkoutPaths(path.resolve(__dirname));
    const state = { ports: { endpoint: 20_001, ministack: 20_002, registry: 20_003, registryData: 20_004 }, accessKeyId: "AKIATEST", secretAccessKey: "hidden" };
    const engine = { dockerHost: "unix:///docker.sock", ownership: "found" as const, version: "1", sharesLoopback: true };
    const variables = exportedVariables(paths, state, { engine, providers: "standin" }, `/usr/bin:${paths.bin}:/bin`);

    it("are sorted, with the checkout's programs first on PATH and only once", () => {
        assert.deepEqual(Object.keys(variables), Object.keys(variables).sort());
        assert.equal(variables["PATH"], `${paths.bin}:/usr/bin:/bin`);
    });

    it("lead every tool to the endpoint, and MiniStack's own port is in none", () => {
        assert.equal(variables["AWS_ENDPOINT_URL"], "http://127.0.0.1:20001");
        assert.equal(variables["CONTAINER_LAMBDAS_REGISTRY"], "127.0.0.1:20003");
        assert.equal(variables["PULUMI_BACKEND_URL"], "s3://pulumi-state?endpoint=http://127.0.0.1:20001&s3ForcePathStyle=true&region=us-east-1");
        assert.equal(Object.values(variables).some((value) => /2000[24]/.test(value)), false);
    });

    it("let the engine download plugins only where official ones are wanted", () => {
        const name = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION";
        assert.equal(variables[name], "true");
        assert.equal(exportedVariables(paths, state, { engine, providers: "official" })[name], undefined);
    });

    it("keep the person's own Pulumi folder out of it", () => {
        assert.equal(variables["PULUMI_HOME"], path.join(paths.local, "pulumi"));
    });
});
