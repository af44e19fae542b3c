import { ExitCode } from "../../automation/exitCodes";
import { CommandFailure } from "../../automation/failure";
import { isDeepStrictEqual } from "node:util";
import { parseReleaseManifest, type TestedRelease } from "../../components/images/releaseManifest";
import type { Architecture } from "../../components/manifest/model";
import { type Documents, toRecord } from "../documents";
import { clockOf, documentsOf, gitOf, logOf, projectOf, registryOf, settingsOf } from "../edge/wire";
import { lookUpImages, releasedImages } from "../images";
import { deployedReleaseKey, recordKeys, releaseKey } from "../keys";
import { type Clock, type GitPort, type Log, RevisionError } from "../ports";
import type { StepProgram } from "../step";
import { readTestRecord } from "../testResults";

export interface RecordRequest {
    readonly stack: string;
    readonly commit: string;
    readonly executionId: string;
    readonly architecture: Architecture;
}

export interface RecordPorts {
    readonly documents: Documents;
    readonly git: Pick<GitPort, "sequence">;
    readonly log: Log;
    readonly clock: Pick<Clock, "now">;
    /** What the registry has for the images of this checkout. */
    images(): Promise<TestedRelease["images"]>;
}

export const recordStep: StepProgram<"stack" | "commit" | "executionId" | "recordsBucket"> = {
    name: "record",
    summary: "Write down what was delivered: the release manifest of a tested commit, or that a release was deployed.",
    needs: ["stack", "commit", "executionId", "recordsBucket"],
    run: async (context) => {
        const { root, environment } = context;
        const { stack, commit, executionId } = environment;
        const settings = settingsOf(root, stack);
        const ports: RecordPorts = {
            documents: documentsOf(environment),
            git: gitOf(context),
            log: logOf(context),
            clock: clockOf(context),
            images: async () => releasedImages(await lookUpImages(projectOf(root, settings).images, settings, registryOf(environment))),
        };
        const request = { stack, commit, executionId, architecture: settings.architecture };
        await (settings.delivery === "tag" ? recordDeployment(request, ports) : recordRelease(request, ports));
        return {};
    },
};

/**
 * Writes the release manifest of a commit, once. A second run of the same commit must come to the same images; its manifest is the first one's.
 * @throws CommandFailure when the commit's tests did not pass, or other images were released under its name.
 */
export async function recordRelease({ stack, commit, executionId, architecture }: RecordRequest, ports: RecordPorts): Promise<void> {
    const { documents, git, log } = ports;
    const tested = await readTestRecord(documents, recordKeys(stack), commit);
    if (tested?.passed !== true) {
        throw new CommandFailure(ExitCode.refused, {
            given: tested === undefined ? `No test results of ${commit} were recorded.` : `The tests of ${commit} failed.`,
            allowed: "Only a commit whose integration tests passed becomes a release.",
            next: "see the action Test of this run, and push a correction.",
        });
    }
    const [sequence, images] = await Promise.all([git.sequence(commit), ports.images()]);
    const tests = { passed: true, count: tested.results.length, executionId, at: tested.at };
    const manifest: TestedRelease = { formatVersion: 2, commit, sequence, architecture, images, tests };
    const key = releaseKey(stack, commit);
    try {
        await documents.write(key, toRecord(manifest), "absent");
        log.say(`Release ${sequence}: ${key}`);
    } catch (error) {
        if (!(error instanceof RevisionError)) {
            throw error;
        }
        await requireSame(manifest, key, documents);
        log.say(`Release ${sequence} was written before: ${key}`);
    }
}

async function requireSame(manifest: TestedRelease, key: string, documents: Documents): Promise<void> {
    const { manifest: first } = parseReleaseManifest(key, (await documents.read(key))?.text ?? "");
    if (first === undefined || !isDeepStrictEqual(first.images, manifest.images)) {
        throw new CommandFailure(ExitCode.refused, {
            given: `${key} exists and names other images than those of this run.`,
            allowed: "A manifest is written once, and one commit is one set of images.",
            next: "find out who removed images from the registry or wrote the manifest by hand, then deliver a new commit.",
        });
    }
}

/** Marks a release as deployed, by its first run. */
export async function recordDeployment({ stack, commit, executionId }: RecordRequest, { documents, clock, log }: RecordPorts): Promise<void> {
    const key = deployedReleaseKey(stack, commit);
    try {
        await documents.write(key, toRecord({ commit, executionId, at: new Date(clock.now()).toISOString() }), "absent");
        log.say(`Deployed: ${key}`);
    } catch (error) {
        if (!(error instanceof RevisionError)) {
            throw error;
        }
        log.say(`Was deployed before: ${key}`);
    }
}
