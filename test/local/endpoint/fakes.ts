import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EndpointOptions } from "../../../local/endpoint/options";

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

export interface FakeServer {
    readonly address: string;
    readonly port: number;
    close(): Promise<void>;
}

export async function serve(handler: Handler): Promise<FakeServer> {
    const server = http.createServer(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const port = (server.address() as AddressInfo).port;
    return {
        address: `127.0.0.1:${port}`,
        port,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
}

export function collect(stream: NodeJS.ReadableStream): Promise<string> {
    return new Promise((resolve, reject) => {
        const chunks: Buffer[] = [];
        stream.on("data", (chunk: Buffer) => chunks.push(chunk));
        stream.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
        stream.on("error", reject);
    });
}

export interface Reply {
    readonly status: number;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: string;
}

export function send(url: string, options: http.RequestOptions = {}, body?: string | Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
        const request = http.request(url, { ...options, agent: false }, (response) => {
            collect(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }), reject);
        });
        request.on("error", reject);
        request.end(body);
    });
}

/** An ECR call as an SDK sends it. `key` `denied` is refused by the fake MiniStack. */
export async function ecr(endpoint: string, action: string, payload: object, key = "root"): Promise<{ status: number; body: Record<string, unknown> }> {
    const reply = await send(
        endpoint,
        {
            method: "POST",
            headers: {
                "Content-Type": "application/x-amz-json-1.1",
                "X-Amz-Target": `AmazonEC2ContainerRegistry_V20150921.${action}`,
                Authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/ecr/aws4_request, SignedHeaders=host, Signature=0`,
            },
        },
        JSON.stringify(payload),
    );
    return { status: reply.status, body: JSON.parse(reply.body) as Record<string, unknown> };
}

interface Repository {
    imageTagMutability: string;
    images: Map<string, string>;
}

/** MiniStack's ECR as far as the endpoint relies on it: repositories, own images, and a refusal for the key `denied`. */
export class FakeEmulator {
    readonly repositories = new Map<string, Repository>();
    readonly calls: string[] = [];
    /** Rights that were asked for in the name of others, `KEY ACTION RESOURCE`. */
    readonly asked: string[] = [];
    /** Actions that nobody has the right to. */
    readonly refused = new Set<string>();

    handle: Handler = (request, response) => {
        void collect(request).then((body) => {
            if (request.url === "/_container-lambdas/authorise") {
                const { accessKeyId, action, resource } = JSON.parse(body) as Record<string, string>;
                this.asked.push(`${accessKeyId} ${action} ${resource}`);
                const allowed = !this.refused.has(action ?? "");
                response.end(JSON.stringify(allowed ? { allowed } : { allowed, message: `User: ${accessKeyId} is not authorized to perform: ${action}` }));
                return;
            }
            const action = String(request.headers["x-amz-target"] ?? "").split(".").at(-1) ?? "";
            const denied = request.headers.authorization?.includes("Credential=denied/") === true;
            this.calls.push(action === "" ? `${request.method} ${request.url}` : action);
            const [status, answer] = denied
                ? [400, { __type: "AccessDeniedException", message: `not authorized to perform: ecr:${action}` }]
                : this.answer(action, body === "" ? {} : (JSON.parse(body) as Record<string, unknown>));
            response.writeHead(status, { "Content-Type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
        });
    };

    private answer(action: string, data: Record<string, unknown>): [number, object] {
        const name = String(data.repositoryName ?? (data.repositoryNames as string[] | undefined)?.[0] ?? "");
        if (action === "CreateRepository") {
            this.repositories.set(name, { imageTagMutability: String(data.imageTagMutability ?? "MUTABLE"), images: new Map() });
            return [200, { repository: this.shape(name) }];
        }
        if (action === "GetAuthorizationToken") {
            return [200, { authorizationData: [{ authorizationToken: "dDp0", proxyEndpoint: "https://000000000000.dkr.ecr.us-east-1.amazonaws.com" }] }];
        }
        const repository = this.repositories.get(name);
        if (repository === undefined) {
            return [400, { __type: "RepositoryNotFoundException", message: `The repository with name '${name}' does not exist` }];
        }
        const ids = (data.imageIds ?? []) as { imageTag?: string }[];
        switch (action) {
            case "DescribeRepositories":
                return [200, { repositories: [this.shape(name)] }];
            case "DeleteRepository":
                if (data.force !== true && repository.images.size > 0) {
                    return [400, { __type: "RepositoryNotEmptyException", message: "is not empty" }];
                }
                this.repositories.delete(name);
                return [200, { repository: { ...this.shape(name), imageTagMutability: repository.imageTagMutability } }];
            case "PutImage":
                repository.images.set(String(data.imageTag), String(data.imageManifest));
                return [200, {}];
            case "ListImages":
                return [200, { imageIds: [...repository.images.keys()].map((imageTag) => ({ imageTag })) }];
            case "BatchDeleteImage":
                ids.forEach(({ imageTag }) => repository.images.delete(imageTag ?? ""));
                return [200, { imageIds: [], failures: [] }];
            default:
                return [200, {}];
        }
    }

    private shape(name: string): object {
        return { repositoryName: name, repositoryUri: `000000000000.dkr.ecr.us-east-1.amazonaws.com/${name}`, imageTagMutability: this.repositories.get(name)?.imageTagMutability };
    }
}

export const MANIFEST_TYPE = "application/vnd.docker.distribution.manifest.v2+json";

export function manifest(seed: string): { text: string; digest: string } {
    const text = JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST_TYPE,
        config: { mediaType: "application/vnd.docker.container.image.v1+json", size: 10, digest: `sha256:${"c".repeat(64)}` },
        layers: [{ size: 100, digest: `sha256:${"a".repeat(64)}` }, { size: 200, digest: `sha256:${"b".repeat(64)}` }],
        annotations: { seed },
    });
    return { text, digest: `sha256:${createHash("sha256").update(text).digest("hex")}` };
}

/** A registry in memory: manifests and tags, blobs all present. Deleting a manifest removes its tags, as the real one does. */
export class FakeRegistry {
    readonly manifests = new Map<string, string>();
    readonly tags = new Map<string, string>();
    readonly calls: string[] = [];

    handle: Handler = (request, response) => {
        const path = request.url?.replace(/\?.*/, "") ?? "";
        this.calls.push(`${request.method} ${path}`);
        const [, repository = "", reference = ""] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(path) ?? [];
        const list = /^\/v2\/(.+)\/tags\/list$/.exec(path);
        void collect(request).then((body) => {
            if (list !== null) {
                const tags = [...this.tags.keys()].filter((key) => key.startsWith(`${list[1]}:`)).map((key) => key.slice(key.lastIndexOf(":") + 1));
                return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ tags }));
            }
            if (repository === "") {
                const created = JSON.stringify({ created: "2026-01-02T03:04:05Z" });
                return request.method === "POST" ? response.writeHead(202, { Location: "/v2/upload" }).end() : response.writeHead(200, { "Content-Length": created.length }).end(request.method === "HEAD" ? undefined : created);
            }
            return this.manifest(request.method ?? "", repository, reference, body, response);
        });
    };

    private manifest(method: string, repository: string, reference: string, body: string, response: http.ServerResponse): void {
        if (method === "PUT") {
            const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
            this.manifests.set(`${repository}@${digest}`, body);
            if (!reference.startsWith("sha256:")) {
                this.tags.set(`${repository}:${reference}`, digest);
            }
            response.writeHead(201, { "Docker-Content-Digest": digest }).end();
            return;
        }
        const digest = reference.startsWith("sha256:") ? reference : this.tags.get(`${repository}:${reference}`);
        const text = this.manifests.get(`${repository}@${digest}`);
        if (text === undefined || digest === undefined) {
            response.writeHead(404).end();
        } else if (method === "DELETE") {
            this.manifests.delete(`${repository}@${digest}`);
            [...this.tags].filter(([, value]) => value === digest).forEach(([key]) => this.tags.delete(key));
            response.writeHead(202).end();
        } else {
            response.writeHead(200, { "Content-Type": MANIFEST_TYPE, "Docker-Content-Digest": digest, "Content-Length": text.length });
            response.end(method === "HEAD" ? undefined : text);
        }
    }
}

export function endpointOptions(ministack: FakeServer, registry: FakeServer, more: Partial<EndpointOptions> = {}): EndpointOptions {
    return {
        port: 0,
        ministack: new URL(`http://${ministack.address}`),
        registry: registry.address,
        dockerHost: "tcp://127.0.0.1:1",
        account: "000000000000",
        region: "us-east-1",
        root: mkdtempSync(join(tmpdir(), "endpoint-")),
        ...more,
    };
}
