import type { Clients } from "./clients";

export interface Tagged {
    readonly tag: string;
    readonly digest: string;
}

const MANIFESTS = "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/** Tags and digests of every repository of the stacks, as the registry itself tells; without the base images. */
export async function registryContent({ registry }: Clients): Promise<Record<string, Tagged[]>> {
    const { repositories } = await get<{ repositories: string[] }>(registry, "_catalog?n=1000");
    const content: Record<string, Tagged[]> = {};
    for (const name of repositories.filter((one) => !one.startsWith("base/")).sort()) {
        // The registry keeps the names of repositories that have no tag any more; some versions answer null, others 404.
        const tags = (await get<{ tags?: string[] | null }>(registry, `${name}/tags/list`).catch(() => ({ tags: null }))).tags ?? [];
        if (tags.length > 0) {
            content[name] = await Promise.all(tags.sort().map(async (tag) => ({ tag, digest: await digestOf(registry, name, tag) })));
        }
    }
    return content;
}

async function get<T>(registry: string, path: string): Promise<T> {
    const answer = await fetch(`http://${registry}/v2/${path}`);
    if (!answer.ok) {
        throw new Error(`GET /v2/${path}: ${answer.status} ${await answer.text()}`);
    }
    return (await answer.json()) as T;
}

async function digestOf(registry: string, name: string, tag: string): Promise<string> {
    const answer = await fetch(`http://${registry}/v2/${name}/manifests/${tag}`, { method: "HEAD", headers: { Accept: MANIFESTS } });
    return answer.headers.get("docker-content-digest") ?? `status ${answer.status}`;
}
