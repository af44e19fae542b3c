import { Clients } from "./clients";

export interface ServingContainer {
    readonly id: string;
    /** The image's id, as the engine knows it. */
    readonly image: string;
}

/** The running containers of one version of a function, as the Docker engine tells. */
export async function servingContainers({ docker }: Clients, root: string, functionName: string, version: string): Promise<ServingContainer[]> {
    const listed = await docker.listContainers({ filters: { label: [`container-lambdas.root=${root}`] } });
    const inspected = await Promise.all(listed.map(({ Id }) => docker.getContainer(Id).inspect()));
    const wanted = [`AWS_LAMBDA_FUNCTION_NAME=${functionName}`, `AWS_LAMBDA_FUNCTION_VERSION=${version}`];
    return inspected.filter(({ Config }) => wanted.every((entry) => Config.Env.includes(entry))).map(({ Id, Image }) => ({ id: Id, image: Image }));
}

/**
 * The ids that an engine may give the image of an address by digest, asked of the registry: that of its configuration, or, where
 * the engine keeps images in containerd's store, the digest itself.
 */
export async function imageIdsOf(imageUri: string): Promise<string[]> {
    const [, registry, name, digest] = /^([^/]+)\/(.+)@(sha256:[0-9a-f]{64})$/.exec(imageUri) ?? [];
    if (registry === undefined || name === undefined || digest === undefined) {
        throw new Error(`${imageUri} is no address by digest`);
    }
    const manifest = await fetch(`http://${registry}/v2/${name}/manifests/${digest}`, {
        headers: { Accept: "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json" },
    });
    if (!manifest.ok) {
        throw new Error(`${imageUri}: the registry answered ${manifest.status} ${await manifest.text()}`);
    }
    const { config } = (await manifest.json()) as { config: { digest: string } };
    return [config.digest, digest];
}
