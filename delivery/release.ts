import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ExitCode } from "../automation/exitCodes";
import { badInput, CommandFailure } from "../automation/failure";
import { parseReleaseManifest, type ReleaseManifest } from "../components/images/releaseManifest";
import { formatProblems } from "../components/manifest/problem";
import type { Settings } from "../components/settings/definitions";
import type { Documents } from "./documents";
import { releaseKey } from "./keys";

export interface ReleaseRequest {
    readonly root: string;
    readonly settings: Pick<Settings, "releaseManifest" | "releasesFrom" | "stack">;
    readonly documents: Documents;
    readonly commit: string;
    /** @default what the stack's settings say */
    readonly releasesFrom?: string;
}

/**
 * Brings the release manifest of a commit into the checkout, where the program looks for it. Each build is a checkout of
 * its own, so each that runs the program fetches it; it is written once and is the same for all.
 * @throws CommandFailure when there is none, or it is not one of this commit.
 */
export async function fetchRelease(request: ReleaseRequest): Promise<ReleaseManifest> {
    const { root, settings, documents, commit } = request;
    const from = request.releasesFrom ?? settings.releasesFrom;
    if (from === undefined || settings.releaseManifest === undefined) {
        throw badInput({
            given: `Stack ${settings.stack} does not say ${from === undefined ? "whose releases it deploys" : "where its release manifest lies"}.`,
            next: `set ${from === undefined ? "releasesFrom" : "releaseManifest"} in Pulumi.${settings.stack}.yaml.`,
        });
    }
    const key = releaseKey(from, commit);
    const found = await documents.read(key);
    if (found === undefined) {
        throw new CommandFailure(ExitCode.refused, {
            given: `There is no release of ${commit}: the bucket has no ${key}.`,
            allowed: `Only a commit that stack ${from} built, deployed and tested has one.`,
            next: `let the pipeline of ${from} deliver that commit, or tag one that it has delivered.`,
        });
    }
    const { manifest, problems } = parseReleaseManifest(key, found.text);
    if (manifest === undefined) {
        throw new CommandFailure(ExitCode.refused, { given: formatProblems(problems), next: `deliver the commit with ${from} once more under a new commit id.` });
    }
    if (manifest.commit !== commit) {
        throw new CommandFailure(ExitCode.refused, {
            given: `${key} is the manifest of ${manifest.commit}.`,
            next: "find out who wrote it: manifests are written once, under the name of their commit.",
        });
    }
    const file = join(root, settings.releaseManifest);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, found.text);
    return manifest;
}
