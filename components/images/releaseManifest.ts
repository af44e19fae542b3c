import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { Problem } from "../manifest/problem";
import { WantedImage } from "./imageSource";

const released = z.strictObject({
    key: z.string().regex(/^[0-9a-f]{32}$/, "32 hex digits"),
    digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "sha256: and 64 hex digits"),
    repositoryUrl: z.string().min(1),
});

const commit = z.string().regex(/^[0-9a-f]{40}$/, "40 hex digits");
const images = z.record(z.string(), released);

/** Written by hand or by other tools: says which images, and nothing of how they were tested. */
const first = z.strictObject({ formatVersion: z.literal(1), commit, images });

const tests = z.strictObject({
    passed: z.boolean(),
    /** Tests that ran. */
    count: z.number().int().min(0),
    /** The run of the pipeline that ran them. */
    executionId: z.string(),
    /** ISO 8601. */
    at: z.string(),
});

const second = z.strictObject({
    formatVersion: z.literal(2),
    commit,
    /** Number of commits in the history: grows along every history. */
    sequence: z.number().int().min(1),
    /** Of the common layer, and of functions that name none. */
    architecture: z.enum(["x86_64", "arm64"]),
    images,
    tests,
});

const schema = z.discriminatedUnion("formatVersion", [first, second]);

/** An image that an earlier environment built and tested. */
export type ReleasedImage = z.infer<typeof released>;

/** What was built and tested, by digest: the only thing production takes images from. */
export type ReleaseManifest = z.infer<typeof schema>;

/** What the pipeline of the environment that builds writes of a commit, once. */
export type TestedRelease = z.infer<typeof second>;

export type ReleaseTests = z.infer<typeof tests>;

/**
 * Reads a release manifest and holds it against the images of this checkout: each must be there with the same key, for
 * another key means that the sources are not those which were tested.
 */
export function readReleaseManifest(
    root: string,
    file: string,
    wanted: readonly WantedImage[],
): { manifest?: ReleaseManifest; problems: Problem[] } {
    let text: string;
    try {
        text = fs.readFileSync(path.resolve(root, file), "utf8");
    } catch (error) {
        return { problems: [unreadable(file, error)] };
    }
    const { manifest, problems } = parseReleaseManifest(file, text);
    if (manifest === undefined) {
        return { problems };
    }
    const misfits = wanted.flatMap((image) => imageProblem(file, image, manifest.images[image.name]));
    return misfits.length > 0 ? { problems: misfits } : { manifest, problems: [] };
}

/** Checks the text of a release manifest by itself. */
export function parseReleaseManifest(file: string, text: string): { manifest?: ReleaseManifest; problems: Problem[] } {
    let content: unknown;
    try {
        content = JSON.parse(text);
    } catch (error) {
        return { problems: [unreadable(file, error)] };
    }
    const parsed = schema.safeParse(content);
    if (!parsed.success) {
        return {
            problems: parsed.error.issues.map((issue) => ({
                file,
                key: issue.path.join("."),
                rule: issue.message,
                fix: "do not edit release manifests; take the one that the delivery of the tested commit wrote.",
            })),
        };
    }
    return { manifest: parsed.data, problems: [] };
}

function unreadable(file: string, error: unknown): Problem {
    const rule = `cannot be read as JSON (${error instanceof Error ? error.message : String(error)})`;
    return { file, rule, fix: "write the release manifest of a tested commit there, or set container-lambdas:releaseManifest." };
}

function imageProblem(file: string, image: WantedImage, released: ReleasedImage | undefined): Problem[] {
    const key = `images.${image.name}`;
    const fix = "check out the commit of the release, or deploy a release of this commit.";
    if (released === undefined) {
        return [{ file, key, rule: `has no image "${image.name}" (key ${image.key})`, fix }];
    }
    if (released.key !== image.key) {
        return [{ file, key, value: released.key, rule: `the sources of this checkout have the key ${image.key}`, fix }];
    }
    return [];
}
