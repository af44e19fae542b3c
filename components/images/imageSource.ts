import { ImageKind } from "./inputKey";
import { ReleasedImage } from "./releaseManifest";

/** Where images come from: see the setting `images`. */
export type ImageMode = "build" | "adopt" | "release";

/** An image as the program wants it, before anything was asked. */
export interface WantedImage {
    readonly name: string;
    readonly kind: ImageKind;
    readonly key: string;
}

/** What this stack said of an image in the outputs of its last update. */
export interface PreviousImage {
    readonly key: string;
    readonly digest: string;
    /** Whether a `docker.Image` of that key stands in the state. */
    readonly registered: boolean;
}

/**
 * - `registered`: a `docker.Image` is declared; it builds if the state does not hold it yet.
 * - `adopted`: the registry has the key; no Docker resource is declared.
 * - `released`: a release manifest names the image.
 */
export type ImageSource =
    | { readonly from: "registered" }
    | { readonly from: "adopted"; readonly digest: string }
    | { readonly from: "released"; readonly digest: string; readonly repositoryUrl: string };

export class MissingImageError extends Error {
    constructor(missing: readonly WantedImage[]) {
        const list = missing.map(({ name, key }) => `"${name}" (key ${key})`).join(", ");
        super(
            `The registry has no image for ${list}. In the mode "adopt" images are only taken from the registry, never built. ` +
                `Run the Build step for this commit first, or set container-lambdas:images to "build".`,
        );
        this.name = "MissingImageError";
    }
}

/** Images that the registry must be asked for: all that no earlier answer settles. */
export function imagesToLookUp(
    mode: ImageMode,
    wanted: readonly WantedImage[],
    previous: Readonly<Record<string, PreviousImage>>,
): WantedImage[] {
    switch (mode) {
        case "release":
            return [];
        case "adopt":
            return [...wanted];
        case "build":
            return wanted.filter((image) => !staysRegistered(image, previous));
    }
}

/**
 * Decides for every image where it comes from.
 * @param found digests by image name, of those that were looked up and exist.
 * @throws MissingImageError in the mode `adopt`, naming every image that the registry lacks.
 */
export function chooseSources(
    mode: ImageMode,
    wanted: readonly WantedImage[],
    previous: Readonly<Record<string, PreviousImage>>,
    found: Readonly<Record<string, string>>,
    released: Readonly<Record<string, ReleasedImage>>,
): Record<string, ImageSource> {
    if (mode === "adopt") {
        const missing = wanted.filter(({ name }) => found[name] === undefined);
        if (missing.length > 0) {
            throw new MissingImageError(missing);
        }
    }
    return Object.fromEntries(wanted.map((image) => [image.name, chooseSource(mode, image, previous, found, released)]));
}

function chooseSource(
    mode: ImageMode,
    image: WantedImage,
    previous: Readonly<Record<string, PreviousImage>>,
    found: Readonly<Record<string, string>>,
    released: Readonly<Record<string, ReleasedImage>>,
): ImageSource {
    if (mode === "release") {
        const { digest, repositoryUrl } = released[image.name];
        return { from: "released", digest, repositoryUrl };
    }
    if (mode === "build" && staysRegistered(image, previous)) {
        return { from: "registered" };
    }
    const digest = found[image.name];
    return digest === undefined ? { from: "registered" } : { from: "adopted", digest };
}

function staysRegistered(image: WantedImage, previous: Readonly<Record<string, PreviousImage>>): boolean {
    const last = previous[image.name];
    return last !== undefined && last.registered && last.key === image.key;
}
