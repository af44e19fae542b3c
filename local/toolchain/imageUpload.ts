import * as fs from "node:fs";
import * as path from "node:path";

const manifestType = "application/vnd.docker.distribution.manifest.v2+json";

interface Descriptor {
    readonly digest: string;
    readonly size: number;
}

/**
 * Uploads a prepared image (`manifest.json` and `blobs/sha256/…`) by the registry's HTTP interface; what is there is not
 * sent again.
 * @returns the digest of its manifest
 */
export async function uploadImage(folder: string, registry: string, repository: string): Promise<string> {
    const base = `http://${registry}/v2/${repository}`;
    const manifestText = fs.readFileSync(path.join(folder, "manifest.json"), "utf8");
    const manifest = JSON.parse(manifestText) as { config: Descriptor; layers: readonly Descriptor[] };
    await Promise.all([manifest.config, ...manifest.layers].map((blob) => uploadBlob(base, folder, blob)));
    const answer = await fetch(`${base}/manifests/local`, { method: "PUT", headers: { "Content-Type": manifestType }, body: manifestText });
    const digest = answer.headers.get("docker-content-digest");
    if (!answer.ok || digest === null) {
        throw new Error(`the registry refused the manifest of ${repository}: ${answer.status} ${await answer.text()}`);
    }
    return digest;
}

async function uploadBlob(base: string, folder: string, blob: Descriptor): Promise<void> {
    if ((await fetch(`${base}/blobs/${blob.digest}`, { method: "HEAD" })).ok) {
        return;
    }
    const begin = await fetch(`${base}/blobs/uploads/`, { method: "POST" });
    const location = begin.headers.get("location");
    if (begin.status !== 202 || location === null) {
        throw new Error(`the registry refused an upload to ${base}: ${begin.status} ${await begin.text()}`);
    }
    const target = new URL(location, base);
    target.searchParams.set("digest", blob.digest);
    // Held in memory: a base image is below 100 MB, and a stream's length would have to be announced by other means.
    const content = await fs.promises.readFile(path.join(folder, "blobs", "sha256", blob.digest.slice("sha256:".length)));
    const answer = await fetch(target, { method: "PUT", headers: { "Content-Type": "application/octet-stream" }, body: new Uint8Array(content) });
    if (answer.status !== 201) {
        throw new Error(`the registry refused blob ${blob.digest}: ${answer.status} ${await answer.text()}`);
    }
}
