import * as fs from "node:fs";
import * as path from "node:path";

import { cachedFolder } from "./cache";
import { type Step } from "./steps";

/** How long the download server may take to answer at all. */
const answerLimit = 3000;
/** How long the whole download may take before the engine is built instead. */
const downloadLimit = 180_000;

/**
 * The official command-line tool of the SDK's own version, through the Automation API, in the user's cache.
 * @returns `undefined` where it cannot be had from here: no error, no noise
 */
export async function downloadEngine(root: string, cache: string, step: Step): Promise<{ program: string; origin: "downloaded"; version: string } | undefined> {
    const manifest: { version: string } = JSON.parse(fs.readFileSync(path.join(root, "node_modules", "@pulumi", "pulumi", "package.json"), "utf8"));
    const version = manifest.version;
    const folder = path.join(cache, `pulumi-${version}-official-${process.platform}-${process.arch}`);
    const found = { program: path.join(folder, "bin", "pulumi"), origin: "downloaded" as const, version };
    if (fs.existsSync(found.program)) {
        return found;
    }
    if (!(await serverAnswers())) {
        return undefined;
    }
    try {
        await cachedFolder(
            folder,
            async (temporary) => {
                step.progress(`downloading Pulumi ${version}`);
                const { PulumiCommand } = await import("@pulumi/pulumi/automation/cmd.js");
                await Promise.race([PulumiCommand.install({ root: temporary, skipVersionCheck: true }), rejectAfter(downloadLimit)]);
            },
            () => step.progress("another process is downloading Pulumi"),
        );
    } catch {
        return undefined;
    }
    return fs.existsSync(found.program) ? found : undefined;
}

async function serverAnswers(): Promise<boolean> {
    try {
        return (await fetch("https://get.pulumi.com/install.sh", { method: "HEAD", signal: AbortSignal.timeout(answerLimit) })).ok;
    } catch {
        return false;
    }
}

function rejectAfter(milliseconds: number): Promise<never> {
    return new Promise((_, reject) => {
        setTimeout(() => reject(new Error(`not done after ${milliseconds / 1000} s`)), milliseconds).unref();
    });
}
