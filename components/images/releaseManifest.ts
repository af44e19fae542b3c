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

const schema = z.strictObject({
    formatVersion: z.literal(1),
    commit: z.string().regex(/^[0-9a-f]{40}$/, "40 hex digits"),
    images: z.record(z.string(), released),
});

/** An image that an earlier environment built and tested. */
export type ReleasedImage = z.infer<typeof released>;

/** What was built and tested, by digest: the only thing production takes images from. */
export type ReleaseManifest = z.infer<typeof schema>;

/**
 * Reads a release manifest and holds it against the images of this checkout: each must be there with the same key, for
 * another key means that the sources are not those which were tested.
 */
export function readReleaseManifest(
    root: string,
    file: string,
    wanted: readonly WantedImage[],
): { manifest?: ReleaseManifest; problems: Problem[] } {
    let content: unknown;
    try {
        content = JSON.parse(fs.readFileSync(path.resolve(root, file), "utf8"));
    } catch (error) {
        const rule = `cannot be read as JSON (${error instanceof Error ? error.message : String(error)})`;
        return { problems: [{ file, rule, fix: "write the release manifest of a tested commit there, or set container-lambdas:releaseManifest." }] };
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
    const problems = wanted.flatMap((image) => imageProblem(file, image, parsed.data.images[image.name]));
    return problems.length > 0 ? { problems } : { manifest: parsed.data, problems };
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
