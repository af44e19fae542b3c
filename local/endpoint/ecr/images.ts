import type { JsonObject } from "../call";
import type { PushLog } from "./pushes";
import type { Manifest, RegistryClient } from "./registry";

/** One image of a repository: a manifest with the tags that point at it. */
export interface ImageRecord {
    readonly manifest: Manifest;
    /** Sorted; empty for an untagged image. */
    readonly tags: readonly string[];
    /** Seconds since 1970. */
    readonly pushedAt: number;
}

export interface ImageIdentifier {
    readonly imageDigest?: string;
    readonly imageTag?: string;
}

/** Every image of a repository, tagged or (where its push was seen) untagged; newest push last. */
export async function listImages(registry: RegistryClient, pushes: PushLog, repository: string): Promise<ImageRecord[]> {
    const tags = await registry.tags(repository);
    const tagged = await Promise.all(tags.map(async (tag) => ({ tag, manifest: await registry.manifest(repository, tag) })));
    const found = new Map<string, { manifest: Manifest; tags: string[] }>();
    for (const { tag, manifest } of tagged) {
        if (manifest !== undefined) {
            const entry = found.get(manifest.digest) ?? { manifest, tags: [] };
            entry.tags.push(tag);
            found.set(manifest.digest, entry);
        }
    }
    for (const digest of pushes.digests(repository)) {
        const manifest = found.has(digest) ? undefined : await registry.manifest(repository, digest);
        if (manifest !== undefined) {
            found.set(digest, { manifest, tags: [] });
        }
    }
    const images = await Promise.all(
        [...found.values()].map(async (entry) => ({ ...entry, pushedAt: pushes.pushedAt(repository, entry.manifest.digest) ?? (await builtAt(registry, repository, entry.manifest)) })),
    );
    return images.sort((a, b) => a.pushedAt - b.pushedAt || (a.manifest.digest < b.manifest.digest ? -1 : 1));
}

/** When the image was built, for one whose push was not seen; 0 if it does not tell. */
async function builtAt(registry: RegistryClient, repository: string, manifest: Manifest): Promise<number> {
    const config = (parse(manifest).config as JsonObject | undefined)?.digest;
    const created = typeof config === "string" ? Date.parse(String((await registry.json(repository, config)).created)) : NaN;
    return Number.isNaN(created) ? 0 : Math.floor(created / 1000);
}

/** The image that an identifier names; both members given must agree, as on ECR. */
export function findImage(images: readonly ImageRecord[], id: ImageIdentifier): ImageRecord | undefined {
    if (id.imageDigest === undefined && id.imageTag === undefined) {
        return undefined;
    }
    return images.find(
        ({ manifest, tags }) =>
            (id.imageDigest === undefined || manifest.digest === id.imageDigest) && (id.imageTag === undefined || tags.includes(id.imageTag)),
    );
}

/** An entry of `DescribeImages`. The size is that of the compressed layers, as ECR reports it; an index has none. */
export function imageDetail(image: ImageRecord, repository: string, registryId: string): JsonObject {
    const manifest = parse(image.manifest);
    const layers = manifest.layers as readonly { readonly size?: number }[] | undefined;
    const config = manifest.config as { readonly size?: number; readonly mediaType?: string } | undefined;
    return {
        registryId,
        repositoryName: repository,
        imageDigest: image.manifest.digest,
        ...(image.tags.length > 0 ? { imageTags: image.tags } : {}),
        ...(layers === undefined ? {} : { imageSizeInBytes: layers.reduce((sum, layer) => sum + (layer.size ?? 0), config?.size ?? 0) }),
        imagePushedAt: image.pushedAt,
        imageManifestMediaType: image.manifest.mediaType,
        ...(config?.mediaType === undefined ? {} : { artifactMediaType: config.mediaType }),
        imageStatus: "ACTIVE",
    };
}

/** The entries of `ListImages`: one for each tag, one for each untagged image. */
export function imageIds(images: readonly ImageRecord[]): ImageIdentifier[] {
    return images.flatMap(({ manifest, tags }) =>
        tags.length === 0 ? [{ imageDigest: manifest.digest }] : tags.map((imageTag) => ({ imageDigest: manifest.digest, imageTag })),
    );
}

/** @param status `TAGGED`, `UNTAGGED`, `ANY` or absent. */
export function filterByTags(images: readonly ImageRecord[], status: unknown): ImageRecord[] {
    return images.filter(({ tags }) => (status === "TAGGED" ? tags.length > 0 : status === "UNTAGGED" ? tags.length === 0 : true));
}

/**
 * One page of a list.
 *
 * @param maxResults 1 to 1000, @default 100 as ECR's.
 * @param token What the page before answered.
 */
export function page<T>(items: readonly T[], maxResults: unknown, token: unknown): { readonly items: T[]; readonly nextToken?: string } {
    const size = typeof maxResults === "number" && maxResults >= 1 && maxResults <= 1000 ? maxResults : 100;
    const start = typeof token === "string" ? Number(Buffer.from(token, "base64").toString("utf8")) || 0 : 0;
    const end = start + size;
    return { items: items.slice(start, end), ...(end < items.length ? { nextToken: Buffer.from(String(end)).toString("base64") } : {}) };
}

function parse(manifest: Manifest): JsonObject {
    return JSON.parse(manifest.text) as JsonObject;
}
