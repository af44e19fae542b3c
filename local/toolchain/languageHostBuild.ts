import * as fs from "node:fs";
import * as path from "node:path";

import { hashOf, readIfPresent, writeAtomically } from "./files";
import { placeScript } from "./scripts";

const sources = ["files.ts", "languageHost.ts", "languageHostBuild.ts", "languageHostMain.ts", "languageHostPreload.ts", "languageHostRequest.ts", "lazyPackages.ts", "programBundle.ts"] as const;

/**
 * Writes the executable `pulumi-language-nodejs` into `bin`: a bundle, because loading the host from its sources and
 * packages would take half a second of every engine run. Does nothing when the sources are unchanged.
 */
export async function buildLanguageHost(root: string, bin: string, folder: string): Promise<void> {
    const here = path.join(root, "local", "toolchain");
    const key = hashOf([...sources.map((name) => fs.readFileSync(path.join(here, name), "utf8")), readIfPresent(path.join(root, "package-lock.json")) ?? ""]);
    const built = path.join(folder, `language-host-${key}`);
    const host = path.join(built, "languageHostMain.js");
    if (!fs.existsSync(host)) {
        const { build } = await import("esbuild");
        const { outputFiles } = await build({
            entryPoints: [path.join(here, "languageHostMain.ts"), path.join(here, "languageHostPreload.ts")],
            outdir: built,
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
        // The host last, because it tells that all is there.
        [...outputFiles].sort((a, b) => (a.path < b.path ? 1 : -1)).forEach(({ path: file, contents }) => writeAtomically(file, contents));
    }
    placeScript(path.join(bin, "pulumi-language-nodejs"), ["node", host]);
}
