import * as fs from "node:fs";
import * as path from "node:path";
import { gitIn, HostedRepository } from "../hostedRepository";

/**
 * The commit that a revision names, in what was pushed or else in the checkout.
 *
 * @throws Error when there is none
 */
export async function resolveRevision(root: string, revision: string): Promise<string> {
    const commit = await new HostedRepository(root).commit(revision);
    if (commit === undefined) {
        throw new Error(`"${revision}" is no commit, branch or tag of the checkout's repository. Builds take what is committed there: commit it, or name another revision.`);
    }
    return commit;
}

/** A fresh clone of what was pushed, whole history included, at one commit, and the machine's base images with it. */
export async function checkOut(root: string, commit: string, folder: string): Promise<void> {
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    await gitIn(path.dirname(folder), ["clone", "--quiet", "--no-checkout", new HostedRepository(root).folder, folder]);
    await gitIn(folder, ["-c", "advice.detachedHead=false", "checkout", "--quiet", "--detach", commit]);
    const bases = path.join(root, ".local", "base-images.json");
    if (fs.existsSync(bases)) {
        fs.mkdirSync(path.join(folder, ".local"), { recursive: true });
        fs.copyFileSync(bases, path.join(folder, ".local", "base-images.json"));
    }
}
