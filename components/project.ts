import { PreparedImage, prepareImages } from "./images/prepareImages";
import { readBaseImages } from "./manifest/baseImages";
import { FunctionModel, ResourceDeclarations } from "./manifest/model";
import { InvalidInputError } from "./manifest/problem";
import { layerName, readProject } from "./manifest/readProject";
import type { Settings } from "./settings/definitions";

/** Every directory below it is a function. */
export const FUNCTIONS_DIRECTORY = "app/functions";
export const LAYER_DIRECTORY = "app/common-layer";

/** What a checkout declares: its images, the layer first, and its functions, sorted by name. */
export interface Project {
    readonly images: readonly PreparedImage[];
    readonly functions: readonly FunctionModel[];
}

/**
 * Reads and checks the whole checkout, and stages the contexts of its images.
 * @throws InvalidInputError with the problems of all files at once; nothing was called then.
 */
export function loadProject(root: string, settings: Settings, resources: ResourceDeclarations): Project {
    const { images: baseImages, problems } = readBaseImages(root, settings.baseImages);
    const project = readProject({
        root,
        functionsDirectory: FUNCTIONS_DIRECTORY,
        layerDirectory: LAYER_DIRECTORY,
        resources,
        project: settings.project,
        stack: settings.stack,
        defaultArchitecture: settings.architecture,
        baseImages: baseImages && Object.keys(baseImages),
    });
    const all = [...problems, ...project.problems];
    if (all.length > 0 || baseImages === undefined) {
        throw new InvalidInputError(all);
    }
    const layer = { name: layerName({ layerDirectory: LAYER_DIRECTORY }), directory: LAYER_DIRECTORY, architecture: settings.architecture };
    return { images: prepareImages({ root, layer, images: project.model.images, baseImages }), functions: project.model.functions };
}
