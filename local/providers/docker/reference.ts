/** Names of images, in the grammar of github.com/distribution/reference. */

const PATH = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const REFERENCE = new RegExp(
    `^(?<host>[A-Za-z0-9.-]+(?::[0-9]+)?|\\[[0-9a-fA-F:]+\\](?::[0-9]+)?)/(?<path>${PATH}(?:/${PATH})*)` +
        "(?::(?<tag>\\w[\\w.-]{0,127}))?(?:@(?<digest>[a-z0-9+._-]+:[0-9a-fA-F]{32,}))?$",
);

export interface Reference {
    /** Host and port of the registry. */
    readonly host: string;
    /** Host and path, without tag and digest. */
    readonly repository: string;
    /** @default latest, when neither a tag nor a digest is given */
    readonly tag: string;
}

/** Docker Hub has several names; credentials are kept under this one. */
export const DOCKER_HUB = "https://index.docker.io/v1/";
const HUB_NAMES: ReadonlySet<string> = new Set(["docker.io", "index.docker.io", "registry-1.docker.io"]);

/** Undefined when the name does not begin with a registry's host, or is not valid. */
export function parseReference(name: string): Reference | undefined {
    const groups = REFERENCE.exec(name)?.groups;
    const host = groups?.["host"];
    const path = groups?.["path"];
    // The rule by which Docker tells a host from the first part of a path.
    if (host === undefined || path === undefined || !(host.includes(".") || host.includes(":") || host === "localhost")) {
        return undefined;
    }
    return { host, repository: `${host}/${path}`, tag: groups?.["tag"] ?? "latest" };
}

export function registryHost(name: string): string | undefined {
    return parseReference(name)?.host;
}

/** Where credentials for a registry are kept: its host, without scheme and path, or the one name of Docker Hub. */
export function authServer(server: string): string {
    const host = server.replace(/^https?:\/\//, "").split("/")[0] ?? server;
    return HUB_NAMES.has(host) ? DOCKER_HUB : host;
}
