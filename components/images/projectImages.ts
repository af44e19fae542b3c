import type * as pulumi from "@pulumi/pulumi";
import { getAuthorizationTokenOutput } from "@pulumi/aws/ecr/getAuthorizationToken";
import { CommonLayerImage, ContainerImageArgs, FunctionImage } from "./ContainerImage";
import { Gate } from "./gate";
import { RegistryLogin } from "./imageBuild";
import { ImageSource } from "./imageSource";
import { ImageRepository } from "./ImageRepository";
import { placeOf, RepositoryLayout, repositoryKey, repositoryNameOf } from "./imagePlace";
import { PreparedImage } from "./prepareImages";

export interface RepositoriesOptions {
    /** `<project>-<stack>`. */
    readonly prefix: string;
    readonly layout: RepositoryLayout;
    readonly accountId: string;
    readonly region: string;
    readonly keepImages: number;
    /** Whether repositories may be deleted together with their images. */
    readonly forceDelete: boolean;
}

/** The repositories of all images, by image; a shared one is `images`. Their names are all that is looked at. */
export function declareRepositories(images: readonly { readonly name: string }[], options: RepositoriesOptions): Record<string, ImageRepository> {
    const { prefix, layout, accountId, region, keepImages, forceDelete } = options;
    const names = new Map(images.map((image) => [repositoryKey(layout, image), repositoryNameOf(prefix, layout, image.name)]));
    return Object.fromEntries(
        [...names].sort().map(([name, repositoryName]) => [name, new ImageRepository(name, { repositoryName, accountId, region, keepImages, forceDelete })]),
    );
}

export interface ImagesOptions {
    readonly prefix: string;
    readonly layout: RepositoryLayout;
    readonly sources: Readonly<Record<string, ImageSource>>;
    /** As `declareRepositories` gives them, or those of another stack by `repositoryKey`; empty where a release manifest names the images. */
    readonly repositories: Readonly<Record<string, { readonly repositoryUrl: pulumi.Input<string> }>>;
    /** 1 to 200 builds at once. */
    readonly maxParallelBuilds: number;
    /** Asked once, and only when something is built. @default the provider's token */
    readonly login?: () => RegistryLogin;
}

/** All images by name, the layers first, since functions take their digests. */
export function declareImages(images: readonly PreparedImage[], options: ImagesOptions): Record<string, CommonLayerImage | FunctionImage> {
    const gate = new Gate(options.maxParallelBuilds);
    const login = once(options.login ?? registryLogin);
    const argsOf = (image: PreparedImage): ContainerImageArgs => {
        const { tag } = placeOf(options.prefix, options.layout, image);
        const repositoryUrl = options.repositories[repositoryKey(options.layout, image)]?.repositoryUrl ?? "";
        return { image, source: options.sources[image.name], repositoryUrl, tag, login, gate };
    };
    const layers = Object.fromEntries(
        images.filter(({ kind }) => kind === "layer").map((image) => [image.name, new CommonLayerImage(image.name, argsOf(image))]),
    );
    const functions = images
        .filter(({ kind }) => kind === "function")
        .map((image): [string, FunctionImage] => [
            image.name,
            new FunctionImage(image.name, { ...argsOf(image), layer: image.layer === undefined ? undefined : layers[image.layer] }),
        ]);
    return { ...layers, ...Object.fromEntries(functions) };
}

/** One token for the whole program; it is valid for twelve hours, and a change of it never causes a build. */
function registryLogin(): RegistryLogin {
    const token = getAuthorizationTokenOutput();
    return { server: token.proxyEndpoint, username: token.userName, password: token.password };
}

function once<T>(make: () => T): () => T {
    let made: { value: T } | undefined;
    return () => (made ??= { value: make() }).value;
}
