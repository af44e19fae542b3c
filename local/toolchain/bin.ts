import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";

import { placeLink } from "./files";
import { buildLanguageHost } from "./languageHostBuild";
import { type CheckoutPaths } from "./paths";
import { type PulumiEngine } from "./pulumi";
import { placeScript } from "./scripts";

/** Packages of Pulumi that have a stand-in provider. */
const standIns = ["aws", "command", "docker"] as const;

/** Fills `.local/bin` with `pulumi`, `aws` and, where the engine has none, the language host. */
export async function placePrograms(paths: CheckoutPaths, engine: PulumiEngine, python: string): Promise<void> {
    fs.mkdirSync(paths.bin, { recursive: true });
    placeScript(path.join(paths.bin, "aws"), [path.join(python, "bin", "python"), path.join(paths.root, "local", "toolchain", "aws.py")]);
    const host = path.join(paths.bin, "pulumi-language-nodejs");
    const pulumi = path.join(paths.bin, "pulumi");
    if (engine.hasLanguageHost) {
        placeLink(pulumi, engine.program);
        fs.rmSync(host, { force: true });
        return;
    }
    await buildLanguageHost(paths.root, paths.bin, path.join(paths.local, "language-host"));
    placeFile(pulumi, engine.program);
}

/**
 * The engine itself and not a link to it: it warns at every run about a language host that it finds on PATH but not in
 * the folder where it lies itself, links followed.
 */
function placeFile(file: string, source: string): void {
    const [there, wanted] = [fs.existsSync(file) ? fs.lstatSync(file) : undefined, fs.statSync(source)];
    if (there?.isFile() === true && (there.ino === wanted.ino || (there.size === wanted.size && there.mtimeMs >= wanted.mtimeMs))) {
        return;
    }
    const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
    try {
        fs.linkSync(source, temporary);
    } catch {
        // Another file system, or one without hard links.
        fs.copyFileSync(source, temporary, fs.constants.COPYFILE_FICLONE);
    }
    fs.renameSync(temporary, file);
}

/**
 * Puts the stand-in providers where the engine keeps plugins, under the versions of the installed packages; or takes
 * them away, so that it uses the official ones. Not on PATH: the engine warns about each plugin that it finds there.
 */
export function placeProviders(paths: CheckoutPaths, folder: string, providers: "standin" | "official"): void {
    for (const name of standIns) {
        const manifest: { version: string } = JSON.parse(fs.readFileSync(path.join(paths.root, "node_modules", "@pulumi", name, "package.json"), "utf8"));
        const plugin = path.join(paths.pulumiHome, "plugins", `resource-${name}-v${manifest.version}`);
        const program = path.join(plugin, `pulumi-resource-${name}`);
        const source = path.join(folder, `pulumi-resource-${name}`);
        if (providers === "standin" && fs.existsSync(source)) {
            fs.mkdirSync(plugin, { recursive: true });
            placeLink(program, source);
        } else if (fs.existsSync(program) && fs.lstatSync(program).isSymbolicLink()) {
            fs.rmSync(plugin, { recursive: true });
        }
    }
}
