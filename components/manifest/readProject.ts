import { contextProblems } from "./context";
import { directoryFault, discoverFunctions, FunctionDirectory } from "./discover";
import { parseDockerfile } from "./dockerfile";
import { dockerfileProblems } from "./dockerfileRules";
import { readRequiredFile, writtenPathFault } from "./files";
import { deepFreeze } from "./freeze";
import { functionProblems, functionsOf, WrittenFunction } from "./functions";
import { readManifest } from "./manifestFile";
import { Architecture, ImageModel, ProjectModel, ResourceDeclarations } from "./model";
import { nameProblems } from "./nameRules";
import { Problem, sortProblems } from "./problem";
import { projectProblems } from "./projectRules";
import { ManifestInput } from "./schema";
import { sectionProblems } from "./sections";
import { YamlDocument } from "./yamlDocument";

export interface ReadProjectOptions {
    /** Absolute path of the project. */
    readonly root: string;
    /** Project-relative, like `app/functions`. */
    readonly functionsDirectory: string;
    /** Project-relative, like `app/common-layer`. */
    readonly layerDirectory: string;
    /** What manifests may refer to. */
    readonly resources: ResourceDeclarations;
    readonly project: string;
    readonly stack: string;
    /** Of functions that name none, and of the common layer. */
    readonly defaultArchitecture: Architecture;
    /** Names of the base images; undefined when their file could not be read: they are not compared then. */
    readonly baseImages?: readonly string[] | undefined;
    /** For schedules in the past. @default the clock */
    readonly now?: Date;
}

export interface ReadProject {
    /** Frozen; complete only when there are no problems. */
    readonly model: ProjectModel;
    /** Of all files, sorted. */
    readonly problems: readonly Problem[];
}

interface ReadImage {
    readonly image: ImageModel;
    readonly functions: readonly WrittenFunction[];
    readonly problems: readonly Problem[];
}

/**
 * Finds every function directory, reads its manifest and Dockerfile, and checks each by itself and all together. Calls nothing and
 * changes nothing. Never throws for bad input: everything that is wrong is in `problems`.
 */
export function readProject(options: ReadProjectOptions): ReadProject {
    const discovery = discoverFunctions(options.root, options.functionsDirectory);
    const images = discovery.directories.map((directory) => readImage(directory, options));
    const functions = images.flatMap((read) => read.functions);
    const model: ProjectModel = {
        images: images.map(({ image }) => image).sort(byName),
        functions: functions.map((written) => written.model).sort(byName),
    };
    const usesLayer = model.images.some(({ layer }) => layer);
    const problems = [
        ...discovery.problems,
        ...images.flatMap((read) => read.problems),
        ...nameProblems(model.images, functions, options),
        ...projectProblems(functions),
        ...layerProblems(options, usesLayer),
    ];
    return deepFreeze({ model, problems: sortProblems(unique(problems)) });
}

function readImage({ name, directory, manifest, dockerfile }: FunctionDirectory, options: ReadProjectOptions): ReadImage {
    const read = manifest === undefined ? { input: {}, problems: [] } : readManifest(`${directory}/function.yaml`, manifest);
    const { input, document } = read;
    const image: ImageModel = {
        name,
        directory,
        layer: input.layer ?? true,
        architecture: input.architecture ?? options.defaultArchitecture,
    };
    const functions = document === undefined ? [] : functionsOf({ name, architecture: image.architecture, input, document });
    return {
        image,
        functions,
        problems: [
            ...read.problems,
            ...(document === undefined ? [] : manifestProblems(image, input, document, options)),
            ...functions.flatMap((written) => functionProblems(written, options.resources)),
            ...(dockerfile === undefined ? [] : functionDockerfileProblems(image, dockerfile, document, options)),
            ...contextProblems(options.root, directory),
        ],
    };
}

function manifestProblems(
    { name, layer, architecture }: ImageModel,
    input: ManifestInput,
    document: YamlDocument,
    options: ReadProjectOptions,
): Problem[] {
    const context = { document, resources: options.resources, now: options.now ?? new Date() };
    const problems = [
        ...sectionProblems(input, [], context),
        ...Object.entries(input.handlers ?? {}).flatMap(([handler, section]) => sectionProblems(section, ["handlers", handler], context)),
    ];
    if (layer && !isLost("layer", input, document) && architecture !== options.defaultArchitecture) {
        const rule = `differs from the common layer's: ${name} (${architecture}) is made of ${layerName(options)} (${options.defaultArchitecture})`;
        problems.push(document.problem(["architecture"], rule, "use the stack's architecture, or `layer: false`"));
    }
    return problems;
}

function functionDockerfileProblems(
    image: ImageModel,
    bytes: Uint8Array,
    document: YamlDocument | undefined,
    options: ReadProjectOptions,
): Problem[] {
    const { dockerfile, problems } = parseDockerfile(`${image.directory}/Dockerfile`, bytes);
    if (dockerfile === undefined) {
        return [...problems];
    }
    const input = isMap(document?.value) ? document.value : undefined;
    // Where the manifest does not tell, the Dockerfile is checked as if it agreed.
    const layerTold = input !== undefined && (input["layer"] === undefined || typeof input["layer"] === "boolean");
    const found = dockerfileProblems(dockerfile, {
        kind: "function",
        layer: layerTold ? image.layer : dockerfile.globalArguments.has("LAYER"),
        baseImages: options.baseImages,
        architecture: image.architecture,
        commandGiven: input === undefined || input["handlers"] !== undefined,
    });
    return [...problems, ...found];
}

/** Whether a key is given but was left out because something is wrong with it. */
function isLost(key: keyof ManifestInput, input: ManifestInput, document: YamlDocument): boolean {
    return input[key] === undefined && isMap(document.value) && Object.hasOwn(document.value, key);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function layerProblems(options: ReadProjectOptions, used: boolean): Problem[] {
    const { root, layerDirectory: directory } = options;
    const fault = writtenPathFault(directory) ?? directoryFault(root, directory);
    if (fault !== undefined) {
        return used ? [{ file: directory, ...fault }] : [];
    }
    const { bytes, problems } = readRequiredFile(
        root,
        `${directory}/Dockerfile`,
        directory,
        "write the layer's Dockerfile, which ends with FROM scratch and /opt",
    );
    if (bytes === undefined) {
        return [...problems];
    }
    const parsed = parseDockerfile(`${directory}/Dockerfile`, bytes);
    const found =
        parsed.dockerfile === undefined
            ? []
            : dockerfileProblems(parsed.dockerfile, {
                  kind: "layer",
                  layer: false,
                  baseImages: options.baseImages,
                  architecture: options.defaultArchitecture,
                  commandGiven: false,
              });
    return [...problems, ...parsed.problems, ...found, ...contextProblems(root, directory)];
}

/** The name of the layer's image: its directory's. */
export function layerName({ layerDirectory }: Pick<ReadProjectOptions, "layerDirectory">): string {
    return layerDirectory.slice(layerDirectory.lastIndexOf("/") + 1);
}

/** Two handlers that take the same key from the top of the file have the same problem with it. */
function unique(problems: readonly Problem[]): Problem[] {
    return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
