import { InvalidInputError } from "../manifest/problem";
import { PreviousOutputs } from "../previousOutputs";
import { placeOf, RepositoryLayout } from "./imagePlace";
import { chooseSources, ImageMode, ImageSource, imagesToLookUp } from "./imageSource";
import { PreparedImage } from "./prepareImages";
import { previousImages } from "./previousImages";
import { lookUpImages } from "./registryLookup";
import { readReleaseManifest, ReleasedImage } from "./releaseManifest";

export interface ChooseOptions {
    readonly images: ImageMode;
    /** Project-relative file; needed in the mode `release`. */
    readonly releaseManifest?: string;
    readonly repositories: RepositoryLayout;
    readonly prefix: string;
    readonly root: string;
    readonly previous: PreviousOutputs;
}

/**
 * Decides where every image comes from, before a resource is declared: from this stack's own last outputs, from the
 * registry, or from a release manifest.
 * @throws MissingImageError in the mode `adopt`; InvalidInputError for a manifest that does not fit this checkout.
 */
export async function chooseImages(wanted: readonly PreparedImage[], options: ChooseOptions): Promise<Record<string, ImageSource>> {
    const released = options.images === "release" ? releasedImages(wanted, options) : {};
    const previous = options.images === "build" ? await previousImages(options.previous) : {};
    const unknown = imagesToLookUp(options.images, wanted, previous);
    const found = await lookUpImages(unknown, (image) => placeOf(options.prefix, options.repositories, image));
    return chooseSources(options.images, wanted, previous, found, released);
}

function releasedImages(wanted: readonly PreparedImage[], options: ChooseOptions): Readonly<Record<string, ReleasedImage>> {
    const { manifest, problems } = readReleaseManifest(options.root, options.releaseManifest ?? "", wanted);
    if (manifest === undefined) {
        throw new InvalidInputError(problems);
    }
    return manifest.images;
}
