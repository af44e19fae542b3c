import * as fs from "node:fs";
import * as path from "node:path";

import { buildEngine, type EngineSources, engineVersion } from "./pulumiBuild";
import { downloadEngine } from "./pulumiDownload";
import { findExecutable } from "./files";
import { isAtLeast } from "./go";
import { tryOutput } from "./run";
import { type Step } from "./steps";

/** A Pulumi command-line tool that can be used. */
export interface PulumiEngine {
    readonly program: string;
    readonly origin: "installed" | "downloaded" | "built";
    readonly version: string;
    /** Whether a language host for Node.js lies beside it. */
    readonly hasLanguageHost: boolean;
}

/** The installed engine if it is new enough; else the official download; else one built from Go modules. */
export async function pulumiEngine(sources: EngineSources, step: Step): Promise<PulumiEngine> {
    const installed = await installedEngine(process.env["PATH"] ?? "");
    if (installed !== undefined) {
        step.reused(`${installed.version}, ${installed.program}`);
        return installed;
    }
    const found = (await downloadEngine(sources.root, sources.cache, step)) ?? (await buildEngine(sources, step));
    step.detail(`${found.version}, ${found.origin}`);
    return { ...found, hasLanguageHost: hasLanguageHost(found.program) };
}

/** The first `pulumi` on PATH, unless it is too old or a checkout's own. */
export async function installedEngine(searchPath: string): Promise<PulumiEngine | undefined> {
    const folders = searchPath.split(path.delimiter).filter((folder) => !isCheckoutBin(folder));
    const program = findExecutable("pulumi", folders.join(path.delimiter));
    if (program === undefined) {
        return undefined;
    }
    const answer = await tryOutput(program, ["version"], { timeout: 20_000, env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" } });
    const version = /v?(\d+\.\d+\.\d+\S*)/.exec(answer ?? "")?.[1];
    return version !== undefined && isAtLeast(version, engineVersion) ? { program, origin: "installed", version, hasLanguageHost: hasLanguageHost(program) } : undefined;
}

/** Official installations carry the host beside the command; package managers link the command from elsewhere. */
function hasLanguageHost(program: string): boolean {
    const folders = [path.dirname(program), path.dirname(fs.realpathSync(program))];
    return folders.some((folder) => fs.existsSync(path.join(folder, "pulumi-language-nodejs")));
}

/** Whether the folder is the `bin` that we put on PATH for some checkout. */
function isCheckoutBin(folder: string): boolean {
    return folder.endsWith(path.join(".local", "bin")) && fs.existsSync(path.join(folder, "..", "state.json"));
}
