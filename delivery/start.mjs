// The launcher behind every build of the pipeline. Plain JavaScript, because a fresh checkout has no package to run anything else.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeIsSupported, packagesMatch } from "../automation/packages.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (!nodeIsSupported(process.versions.node)) {
    stop(
        2,
        `Node.js ${process.versions.node} is running this.\n  20.19 or later, 22.12 or later, or 23 and later is needed.\n  Next: choose a build image that has one of these.`,
    );
}
if (!packagesMatch(readFileSync(join(root, "package-lock.json"), "utf8"), readIfPresent(join(root, "node_modules/.package-lock.json")))) {
    const begun = Date.now();
    process.stdout.write("… node packages: npm ci\n");
    const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: root, stdio: "inherit" });
    if (status !== 0) {
        stop(1, `npm ci failed${error === undefined ? "" : `: ${error.message}`}.\n  Next: mend what npm says above and start the run again.`);
    }
    process.stdout.write(`✓ node packages  ${((Date.now() - begun) / 1000).toFixed(1)} s\n`);
}
// Bundled, which takes a tenth of the time that compiling two hundred files one by one does: what a loader keeps is of no
// use to the next build, whose checkout lies elsewhere. In this very process: a stop would have to find a second one.
const load = createRequire(join(root, "package.json"));
const program = join(root, ".delivery/program.cjs");
load("esbuild").buildSync({
    absWorkingDir: root,
    entryPoints: [join(root, "delivery/main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    sourcemap: "linked",
    outfile: program,
    logLevel: "warning",
});
process.chdir(root);
process.setSourceMapsEnabled(true);
load(program).main(root, process.argv.slice(2));

function stop(status, text) {
    process.stderr.write(`${text}\n`);
    process.exit(status);
}

function readIfPresent(file) {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if (error.code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}
