"use strict";
// Program of a process that loads a Pulumi program as the language host does (@pulumi/pulumi/cmd/run), and prints what
// that took since the process began. Plain JavaScript: a loader of our own would be measured with it.
const { join } = require("node:path");
const { performance } = require("node:perf_hooks");

const [tsconfig, mode] = process.argv.slice(2);
const { loadTypeScriptCompilerOptions, typeScriptRequireStrings } = require("@pulumi/pulumi/tsutils");

const compilerOptions = loadTypeScriptCompilerOptions(tsconfig);
const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
require(tsnodeRequire).register({
    compiler: typescriptRequire,
    transpileOnly: mode === "transpile",
    project: tsconfig,
    skipProject: false,
    compilerOptions: { ...compilerOptions, sourceMap: "true" },
});
const program = require(join(process.cwd(), "index.ts"));
if (typeof program !== "function") {
    throw new Error("index.ts exports no program");
}
console.log(JSON.stringify({ milliseconds: performance.now(), peakKilobytes: process.resourceUsage().maxRSS }));
process.exit(0);
