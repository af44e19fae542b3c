import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import type { ReleaseManifest } from "../../components/images/releaseManifest";
import { documentsOf, gitOf, logOf, registryOf, settingsOf } from "../edge/wire";
import type { GitPort, Log } from "../ports";
import type { RegistryPort } from "../registry";
import { fetchRelease } from "../release";
import type { StepProgram } from "../step";

export interface ResolveRequest {
    readonly commit: string;
    /** Only what has been merged into it is released. */
    readonly protectedBranch: string;
}

export interface ResolvePorts {
    readonly git: Pick<GitPort, "head" | "isAncestor">;
    readonly registry: Pick<RegistryPort, "has">;
    readonly log: Log;
    /** The manifest of the commit, which is also put where the program reads it. */
    fetch(): Promise<ReleaseManifest>;
}

export const resolveStep: StepProgram<"stack" | "commit" | "recordsBucket"> = {
    name: "resolve",
    summary: "Check that this commit was built, deployed and tested before, and take its images by digest.",
    needs: ["stack", "commit", "recordsBucket"],
    run: async (context) => {
        const { root, environment } = context;
        const { stack, commit, releasesFrom } = environment;
        const settings = settingsOf(root, stack);
        const from = releasesFrom ?? settings.releasesFrom;
        const protectedBranch = from === undefined ? settings.branch : settingsOf(root, from).branch;
        await resolve(
            { commit, protectedBranch },
            {
                git: gitOf(context),
                registry: registryOf(environment),
                log: logOf(context),
                fetch: () => fetchRelease({ root, settings, documents: documentsOf(environment), commit, releasesFrom }),
            },
        );
        return {};
    },
};

/** @throws CommandFailure for a commit that may not be released. */
export async function resolve({ commit, protectedBranch }: ResolveRequest, { git, registry, log, fetch }: ResolvePorts): Promise<ReleaseManifest> {
    const manifest = await fetch();
    if (manifest.formatVersion !== 2 || !manifest.tests.passed) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The release of ${commit} ${manifest.formatVersion === 2 ? "did not pass its tests" : "says nothing of its tests"}.`,
            allowed: "Only what was tested after it was deployed is released.",
            next: "mend the commit, let it be delivered and tested, and tag that one.",
        });
    }
    const head = await git.head(protectedBranch);
    if (!(await git.isAncestor(commit, head))) {
        throw new CommandFailure(ExitCode.refused, {
            given: `${commit} is not in the history of the branch ${protectedBranch}, which is at ${head}.`,
            allowed: "Only what was merged into the protected branch is released.",
            next: "merge it, let it be delivered and tested, and tag the commit of the branch.",
        });
    }
    const images = Object.entries(manifest.images).sort(([a], [b]) => (a < b ? -1 : 1));
    const present = await Promise.all(images.map(([, { repositoryUrl, digest }]) => registry.has(repositoryUrl, digest)));
    const missing = images.filter((_, index) => !present[index]);
    if (missing.length > 0) {
        throw new CommandFailure(ExitCode.refused, {
            given: `The registry does not have ${missing.map(([name, { repositoryUrl, digest }]) => `${name} (${repositoryUrl}@${digest})`).join(", ")}.`,
            allowed: "A release runs the very digests that were tested.",
            next: "deliver the commit again where it is built, or release a newer one.",
        });
    }
    images.forEach(([name, { digest }]) => log.say(`  ${name}  ${digest}`));
    log.say(`Release ${manifest.sequence} of ${commit}: ${images.length} images, ${manifest.tests.count} tests passed ${manifest.tests.at}.`);
    return manifest;
}
