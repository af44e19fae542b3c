/** Where an image's key is looked for. */
export interface ImagePlace {
    readonly repositoryName: string;
    readonly tag: string;
}

/** `perImage`: a repository for each image; `shared`: one for all of a stack. */
export type RepositoryLayout = "perImage" | "shared";

/** Where an image's key stands, before any repository exists. */
export function placeOf(prefix: string, layout: RepositoryLayout, image: { readonly name: string; readonly key: string }): ImagePlace {
    const repositoryName = repositoryNameOf(prefix, layout, image.name);
    // Two functions with equal sources have one key, and would race for one immutable tag.
    return { repositoryName, tag: layout === "shared" ? `${image.name}-${image.key}` : image.key };
}

export function repositoryNameOf(prefix: string, layout: RepositoryLayout, name: string): string {
    return layout === "shared" ? prefix : `${prefix}/${name}`;
}

/** Which entry of the repositories an image is pushed to. */
export function repositoryKey(layout: RepositoryLayout, image: { readonly name: string }): string {
    return layout === "shared" ? "images" : image.name;
}
