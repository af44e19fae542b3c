import { ExitCode } from "../automation/exitCodes";
import { CommandFailure } from "../automation/failure";
import { placeOf } from "../components/images/imagePlace";
import type { PreparedImage } from "../components/images/prepareImages";
import type { ReleasedImage } from "../components/images/releaseManifest";
import type { Settings } from "../components/settings/definitions";
import type { RegistryPort } from "./registry";

type ImageSettings = Pick<Settings, "project" | "stack" | "repositories">;

/** An image of this checkout, and what the registry has of it. */
export interface KnownImage {
    readonly image: PreparedImage;
    /** Absent where the registry lacks its key. */
    readonly digest?: string;
    readonly repositoryUrl: string;
    /** Its key's tag in that repository. */
    readonly tag: string;
}

/**
 * Asks the registry for the key of every image, all at once.
 * @throws CommandFailure when a repository is missing: nobody could push to it.
 */
export async function lookUpImages(images: readonly PreparedImage[], settings: ImageSettings, registry: RegistryPort): Promise<readonly KnownImage[]> {
    const prefix = `${settings.project}-${settings.stack}`;
    const found = await Promise.all(
        images.map(async (image) => {
            const place = placeOf(prefix, settings.repositories, image);
            const [repositoryUrl, digest] = await Promise.all([registry.urlOf(place.repositoryName), registry.digestOf(place)]);
            return { image, digest, repositoryUrl, ...place };
        }),
    );
    const missing = found.filter(({ repositoryUrl }) => repositoryUrl === undefined).map(({ repositoryName }) => repositoryName);
    if (missing.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The registry has no repository ${[...new Set(missing)].sort().join(", ")}.`,
            allowed: "Repositories are made by SelfUpdate, from the names of the directories.",
            next: "start the run again; if the repository is still missing, see what SelfUpdate says.",
        });
    }
    return found.map(({ image, digest, repositoryUrl = "", tag }) => ({ image, digest, repositoryUrl, tag }));
}

/**
 * What a release manifest says of the images of this checkout.
 * @throws CommandFailure when the registry lacks one: what is not there was not tested.
 */
export function releasedImages(known: readonly KnownImage[]): Record<string, ReleasedImage> {
    const missing = known.filter(({ digest }) => digest === undefined).map(({ image }) => `${image.name} (key ${image.key})`);
    if (missing.length > 0) {
        throw new CommandFailure(ExitCode.failed, {
            given: `The registry has no image of ${missing.join(", ")}.`,
            next: "start the run again; Build makes what is missing.",
        });
    }
    return Object.fromEntries(known.map(({ image, digest = "", repositoryUrl }) => [image.name, { key: image.key, digest, repositoryUrl }]));
}
