import type { IncomingMessage, ServerResponse } from "node:http";
import type { Counters } from "../counters";
import { errorCode, type Emulator } from "../emulator";
import { answerJson, forward, type Upstream } from "../forward";
import type { RegistryAccess } from "./access";
import { ECR_TARGET, immutableTag, isImmutable, unknownRepository } from "./actions";
import type { PushLog } from "./pushes";
import type { RegistryClient } from "./registry";

/**
 * Repositories under this prefix are not ECR's: here the toolchain keeps the base images that it made, as `public.ecr.aws` keeps the real ones.
 */
export const SHARED_PREFIX = "base/";

export interface FrontContext {
    readonly to: Upstream;
    readonly registry: RegistryClient;
    readonly pushes: PushLog;
    readonly emulator: Emulator;
    readonly counters: Counters;
    readonly access: RegistryAccess;
    readonly account: string;
}

/**
 * The registry's public address. Everything is streamed through; a login that ECR gave is judged by its owner's rights; a push is let in only
 * where ECR would let it in, and is written down.
 * A plain registry knows neither of the rules: it creates repositories on the fly and moves any tag.
 */
export class RegistryFront {
    /** Pushes to one tag wait for each other, so that of two at once the second finds the first's tag. */
    private readonly turns = new Map<string, Promise<void>>();

    constructor(private readonly context: FrontContext) {}

    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { access, counters, to } = this.context;
        if (access.login(request, response)) {
            return;
        }
        const place = locate(request.method ?? "GET", (request.url ?? "/").replace(/\?.*$/, ""));
        counters.add(`registry:${place.operation}`);
        const denied = place.repository.startsWith(SHARED_PREFIX) ? undefined : await access.refusal(request, place.operation, place.repository);
        if (denied !== undefined) {
            return refuse(request, response, { status: 403, code: "DENIED", message: denied });
        }
        if (place.operation === "StartUpload") {
            return this.push(request, response, place);
        }
        if (place.operation !== "PutManifest") {
            return forward(request, response, to);
        }
        const turn = `${place.repository}:${place.reference}`;
        const before = this.turns.get(turn) ?? Promise.resolve();
        const work = before.then(() => this.push(request, response, place));
        const settled = work.catch(() => undefined);
        this.turns.set(turn, settled);
        try {
            await work;
        } finally {
            if (this.turns.get(turn) === settled) {
                this.turns.delete(turn);
            }
        }
    }

    private async push(request: IncomingMessage, response: ServerResponse, { operation, repository, reference }: Place): Promise<void> {
        const refused = repository.startsWith(SHARED_PREFIX) ? undefined : await this.refusal(operation, repository, reference);
        if (refused !== undefined) {
            return refuse(request, response, refused);
        }
        await forward(request, response, this.context.to, {
            onAnswer: (answer) => {
                const digest = answer.headers["docker-content-digest"];
                if (operation === "PutManifest" && answer.statusCode === 201 && typeof digest === "string") {
                    this.context.pushes.record(repository, digest, Math.floor(Date.now() / 1000));
                }
            },
        });
    }

    private async refusal(operation: string, repository: string, reference: string): Promise<Refusal | undefined> {
        const { emulator, registry, account } = this.context;
        const answer = await emulator.json("ecr", `${ECR_TARGET}.DescribeRepositories`, { repositoryNames: [repository] });
        const code = errorCode(answer);
        if (code === "RepositoryNotFoundException") {
            return { status: 404, code: "NAME_UNKNOWN", message: unknownRepository(repository, account) };
        }
        if (code !== undefined) {
            throw new Error(`ECR answered ${code} when asked for the repository '${repository}'. A push needs its answer. See MiniStack's log.`);
        }
        const toTag = operation === "PutManifest" && !reference.startsWith("sha256:");
        // ECR refuses the very same image too (aws/containers-roadmap issue 2179).
        if (toTag && isImmutable(answer) && (await registry.hasTag(repository, reference))) {
            return { status: 400, code: "TAG_INVALID", message: immutableTag(repository, reference) };
        }
        return undefined;
    }
}

interface Refusal {
    readonly status: number;
    /** Of the registry's API. */
    readonly code: string;
    readonly message: string;
}

function refuse(request: IncomingMessage, response: ServerResponse, { status, code, message }: Refusal): void {
    request.resume();
    answerJson(response, status, { errors: [{ code, message }] });
}

interface Place {
    /** `PutManifest`, `GetManifest`, `StartUpload`, `PutBlob`, `GetBlob` …, for counting. */
    readonly operation: string;
    readonly repository: string;
    readonly reference: string;
}

function locate(method: string, path: string): Place {
    const [, repository = "", kind = "", reference = ""] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/(.*)$/.exec(path) ?? [];
    const upload = /^(.+)\/blobs\/uploads(?:\/|$)(.*)$/.exec(path.replace(/^\/v2\//, ""));
    if (upload !== null) {
        return { operation: method === "POST" ? "StartUpload" : method === "PUT" ? "PutBlob" : `${verb(method)}Upload`, repository: upload[1] ?? "", reference: upload[2] ?? "" };
    }
    const noun = { manifests: "Manifest", blobs: "Blob", tags: "Tags" }[kind];
    return { operation: noun === undefined ? `${verb(method)}Base` : `${verb(method)}${noun}`, repository, reference };
}

function verb(method: string): string {
    return method.charAt(0) + method.slice(1).toLowerCase();
}
