import { call, header, parseJson, type Answer } from "../call";
import type { Upstream } from "../forward";

/** A manifest as the registry holds it. */
export interface Manifest {
    /** `sha256:` and 64 hex digits. */
    readonly digest: string;
    readonly mediaType: string;
    readonly text: string;
}

const MANIFEST_TYPES = [
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.index.v1+json",
].join(", ");

/** The part of the registry's HTTP API that image data is read from and deleted by. Absence is `undefined` or empty, all else throws. */
export class RegistryClient {
    constructor(private readonly to: Upstream) {}

    /** Sorted; empty for a repository that nothing was pushed to. */
    async tags(repository: string): Promise<string[]> {
        const answer = await this.get(`/v2/${repository}/tags/list?n=10000`, [200, 404]);
        const tags = answer.status === 404 ? [] : parseJson(answer.body).tags;
        return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === "string").sort() : [];
    }

    /** @param reference Tag or digest. */
    async manifest(repository: string, reference: string): Promise<Manifest | undefined> {
        const answer = await this.get(`/v2/${repository}/manifests/${reference}`, [200, 404]);
        const digest = header(answer.headers, "docker-content-digest");
        if (answer.status === 404 || digest === undefined) {
            return undefined;
        }
        return { digest, mediaType: header(answer.headers, "content-type") ?? "", text: answer.body.toString("utf8") };
    }

    async hasTag(repository: string, tag: string): Promise<boolean> {
        return (await this.send("HEAD", `/v2/${repository}/manifests/${tag}`, [200, 404])).status === 200;
    }

    async hasBlob(repository: string, digest: string): Promise<number | undefined> {
        const answer = await this.send("HEAD", `/v2/${repository}/blobs/${digest}`, [200, 404, 400]);
        return answer.status === 200 ? Number(header(answer.headers, "content-length")) : undefined;
    }

    /** The content of a blob that is JSON (an image's configuration). */
    async json(repository: string, digest: string): Promise<Readonly<Record<string, unknown>>> {
        return parseJson((await this.get(`/v2/${repository}/blobs/${digest}`, [200, 404])).body);
    }

    async put(repository: string, reference: string, manifest: Pick<Manifest, "mediaType" | "text">): Promise<Answer> {
        return this.send("PUT", `/v2/${repository}/manifests/${reference}`, [201, 400, 404], manifest);
    }

    /** Deletes the manifest and every tag that points at it. */
    async delete(repository: string, digest: string): Promise<void> {
        await this.send("DELETE", `/v2/${repository}/manifests/${digest}`, [202, 404]);
    }

    private get(path: string, allowed: readonly number[]): Promise<Answer> {
        return this.send("GET", path, allowed);
    }

    private async send(method: string, path: string, allowed: readonly number[], manifest?: Pick<Manifest, "mediaType" | "text">): Promise<Answer> {
        const answer = await call(this.to, {
            method,
            path,
            headers: ["Host", "registry", "Accept", MANIFEST_TYPES, ...(manifest === undefined ? [] : ["Content-Type", manifest.mediaType])],
            ...(manifest === undefined ? {} : { body: Buffer.from(manifest.text) }),
        });
        if (!allowed.includes(answer.status)) {
            const hint = answer.status === 405 ? "Start the registry with REGISTRY_STORAGE_DELETE_ENABLED=true." : "See the registry's log.";
            throw new Error(`The registry answered ${method} ${path} with ${answer.status} (expected ${allowed.join(" or ")}). ${hint}`);
        }
        return answer;
    }
}
