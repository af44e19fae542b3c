import type { IncomingMessage, ServerResponse } from "node:http";
import { answerJson } from "../forward";
import { AwsError } from "../own/error";
import type { Rights } from "../own/rights";
import type { RegistryTokens } from "./tokens";

/** What ECR asks for an operation of the registry's API; several where the request does several things. */
export function actionsOf(operation: string, bytes: number): readonly string[] {
    switch (operation) {
        case "GetManifest":
        case "HeadManifest":
            return ["ecr:BatchGetImage"];
        case "GetBlob":
            return ["ecr:GetDownloadUrlForLayer"];
        case "HeadBlob":
            return ["ecr:BatchCheckLayerAvailability"];
        case "StartUpload":
            return ["ecr:InitiateLayerUpload"];
        case "PatchUpload":
            return ["ecr:UploadLayerPart"];
        case "PutBlob":
            return bytes > 0 ? ["ecr:UploadLayerPart", "ecr:CompleteLayerUpload"] : ["ecr:CompleteLayerUpload"];
        case "PutManifest":
            return ["ecr:PutImage"];
        case "GetTags":
            return ["ecr:ListImages"];
        case "DeleteManifest":
            return ["ecr:BatchDeleteImage"];
        default:
            return [];
    }
}

/**
 * Who may use the registry. A login that ECR gave to somebody is judged by his rights. Whoever logs in with anything else or not at all is
 * let through, so that the machine's own user needs no login.
 */
export class RegistryAccess {
    constructor(private readonly context: { readonly tokens: RegistryTokens; readonly rights: Pick<Rights, "authorise">; readonly account: string; readonly region: string; readonly rootKey: string }) {}

    /** Answers what belongs to logging in; false for all else. */
    login(request: IncomingMessage, response: ServerResponse): boolean {
        const path = (request.url ?? "/").replace(/\?.*$/, "");
        const known = request.headers.authorization !== undefined;
        if (path === TOKENS) {
            request.resume();
            // Clients that try OAuth first take this for "not here" and ask by GET.
            if (request.method !== "GET") {
                answerJson(response, 405, { errors: [{ code: "UNSUPPORTED", message: `"${request.method ?? ""}" was given; GET is answered. Use GET.` }] });
                return true;
            }
            this.giveToken(request, response);
            return true;
        }
        if (!known && (path === "/v2/" || path === "/v2" || asksOnlyWhenChallenged(request))) {
            request.resume();
            response.setHeader("WWW-Authenticate", `Bearer realm="http://${request.headers.host ?? ""}${TOKENS}",service="ecr"${scope(path, request.method)}`);
            response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
            answerJson(response, 401, { errors: [{ code: "UNAUTHORIZED", message: "authentication required" }] });
            return true;
        }
        return false;
    }

    /** @returns why the request is refused, in ECR's words; undefined where it is not */
    async refusal(request: IncomingMessage, operation: string, repository: string): Promise<string | undefined> {
        const { tokens, rights, account, region, rootKey } = this.context;
        const holder = tokens.holder(request.headers.authorization);
        if (holder === "expired") {
            return "Your authorization token has expired. Reauthenticate and try again.";
        }
        if (holder === "anonymous" || holder.accessKeyId === rootKey || repository === "") {
            return undefined;
        }
        try {
            for (const action of actionsOf(operation, Number(request.headers["content-length"] ?? 0))) {
                await rights.authorise(holder.accessKeyId, action, `arn:aws:ecr:${region}:${account}:repository/${repository}`);
            }
            return undefined;
        } catch (error) {
            if (error instanceof AwsError && error.code === "AccessDeniedException") {
                return error.message;
            }
            throw error;
        }
    }

    private giveToken(request: IncomingMessage, response: ServerResponse): void {
        const { authorization } = request.headers;
        const issued = this.context.tokens.holder(authorization) === "anonymous" ? undefined : Buffer.from(authorization?.split(" ")[1] ?? "", "base64").toString("utf8").replace(/^[^:]*:/, "");
        const token = issued ?? "anonymous";
        answerJson(response, 200, { token, access_token: token, expires_in: 3600, issued_at: new Date().toISOString() });
    }
}

const TOKENS = "/_endpoint/token";

/** BuildKit and containerd do not look first whether a registry wants a login, as Docker does; others that send none are let through. */
function asksOnlyWhenChallenged({ headers }: IncomingMessage): boolean {
    return /^(containerd|buildkit)\//.test(headers["user-agent"] ?? "");
}

function scope(path: string, method = "GET"): string {
    const [, repository] = /^\/v2\/(.+)\/(?:manifests|blobs|tags)\//.exec(path) ?? [];
    return repository === undefined ? "" : `,scope="repository:${repository}:${["GET", "HEAD"].includes(method) ? "pull" : "pull,push"}"`;
}
