import { baseArgument } from "../manifest/baseImages";
import { Architecture, ImageModel } from "../manifest/model";
import { InvalidInputError, Problem } from "../manifest/problem";
import { WantedImage } from "./imageSource";
import { ImageKind, inputKey, Platform, platformOf } from "./inputKey";
import { removeOthers, stageContext, StagedContext } from "./staging";

/** An image whose context is staged and whose key is known: all that can be said without asking anybody. */
export interface PreparedImage extends WantedImage {
    /** Staged folder, project-relative. */
    readonly context: string;
    readonly platform: Platform;
    /** Build argument → base image by digest; only those that the Dockerfile declares. */
    readonly bases: Readonly<Record<string, string>>;
    /** Name of the layer image whose address is passed as the build argument `LAYER`. */
    readonly layer?: string;
}

export interface PrepareOptions {
    /** The project's folder. */
    readonly root: string;
    /** Prepared only if some image copies it. */
    readonly layer: { readonly name: string; readonly directory: string; readonly architecture: Architecture };
    readonly images: readonly ImageModel[];
    /** Base image's name → reference pinned by digest. */
    readonly baseImages: Readonly<Record<string, string>>;
}

/** Git-ignored, and the same in every checkout: the path reaches the `docker.Image`. */
const STAGING_DIRECTORY = ".build/contexts";

/**
 * Stages every image's context and computes the keys; the layer comes first. Contexts of images that are gone are removed.
 * @throws InvalidInputError with the problems of all contexts.
 */
export function prepareImages({ root, layer, images, baseImages }: PrepareOptions): PreparedImage[] {
    const problems: Problem[] = [];
    const prepare = (kind: ImageKind, { name, directory, architecture }: PrepareOptions["layer"], below?: PreparedImage): PreparedImage[] => {
        const staged = stageContext(root, directory, `${STAGING_DIRECTORY}/${name}`);
        if (isProblems(staged)) {
            problems.push(...staged);
            return [];
        }
        const platform = platformOf(architecture);
        const bases = declaredBases(staged.dockerfile, baseImages);
        const key = inputKey({ kind, platform, buildArguments: {}, baseDigests: digestsOf(bases), layerKey: below?.key, entries: staged.entries });
        return [{ name, kind, key, context: staged.directory, platform, bases, layer: below?.name }];
    };
    const layers = images.some((image) => image.layer) ? prepare("layer", layer) : [];
    const functions = images.flatMap((image) => prepare("function", image, image.layer ? layers[0] : undefined));
    if (problems.length > 0) {
        throw new InvalidInputError(problems);
    }
    removeOthers(root, STAGING_DIRECTORY, [...layers, ...functions].map(({ name }) => name));
    return [...layers, ...functions];
}

/** Base images by build argument, as far as the Dockerfile declares them: the others cannot reach its image. */
function declaredBases(dockerfile: string, baseImages: Readonly<Record<string, string>>): Record<string, string> {
    const declared = new Set([...dockerfile.matchAll(/^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)/gim)].map(([, name]) => name));
    const bases = Object.entries(baseImages).map(([name, reference]): [string, string] => [baseArgument(name), reference]);
    return Object.fromEntries(bases.filter(([argument]) => declared.has(argument)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function digestsOf(bases: Readonly<Record<string, string>>): Record<string, string> {
    return Object.fromEntries(Object.entries(bases).map(([argument, reference]) => [argument, reference.slice(reference.indexOf("@") + 1)]));
}

function isProblems(staged: StagedContext | Problem[]): staged is Problem[] {
    return Array.isArray(staged);
}
