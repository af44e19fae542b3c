import * as fs from "node:fs";
import * as path from "node:path";

import { hashOf, readIfPresent, writeAtomically } from "./files";
import { placeScript } from "./scripts";

const sources = ["languageHost.ts", "languageHostBuild.ts", "languageHostMain.ts", "languageHostRequest.ts"] as const;

/**
 * Writes the executable `pulumi-language-nodejs` into `bin`: a bundle, because loading the host from its sources and
 * packages would take half a second of every engine run. Does nothing when the sources are unchanged.
 */
export async function buildLanguageHost(root: string, bin: string, folder: string): Promise<void> {
    const here = path.join(root, "local", "toolchain");
    const key = hashOf([...sources.map((name) => fs.readFileSync(path.join(here, name), "utf8")), readIfPresent(path.join(root, "package-lock.json")) ?? ""]);
    const bundle = path.join(folder, `language-host-${key}.js`);
    if (!fs.existsSync(bundle)) {
        const { build } = await import("esbuild");
        const result = await build({
            entryPoints: [path.join(here, "languageHostMain.ts")],
            bundle: true,
            minify: true,
            platform: "node",
            target: "node20",
            format: "cjs",
            write: false,
            // Node 22.8 and later keep the compiled code beside the bundle.
            banner: { js: 'require("node:module").enableCompileCache?.(__dirname + "/compiled");' },
            logLevel: "silent",
        });
        const output = result.outputFiles[0];
        if (output === undefined) {
            throw new Error("esbuild made no bundle of the language host");
        }
        writeAtomically(bundle, output.contents);
    }
    placeScript(path.join(bin, "pulumi-language-nodejs"), ["node", bundle]);
}
