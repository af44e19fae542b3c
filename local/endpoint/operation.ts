import type { IncomingHttpHeaders } from "node:http";

/** What a request asks for, in the names IAM uses. */
export interface Operation {
    /** Signing name, `s3`, `lambda`, `ecr` …; `unknown` for an unsigned request that no rule places. */
    readonly service: string;
    readonly action: string;
}

export interface RequestLine {
    readonly method: string;
    /** Path and query, as on the request line. */
    readonly url: string;
    readonly headers: IncomingHttpHeaders;
}

/**
 * Names the operation of a request. Used for counting and for finding the few operations that the endpoint completes; authorisation
 * stays MiniStack's, so a wrong name here can miscount but not allow anything.
 *
 * @param form Body of a form request, which carries its action there (query protocol: IAM, STS, SNS, CloudWatch).
 */
export function identify(request: RequestLine, form = ""): Operation {
    const url = new URL(request.url, "http://endpoint");
    const signed = signingName(request.headers, url);
    const target = single(request.headers["x-amz-target"]);
    if (target !== undefined) {
        const [prefix = "", action = ""] = target.split(/\.(?=[^.]*$)/);
        return { service: signed ?? prefix.toLowerCase(), action };
    }
    // Smithy RPC v2: the operation is part of the path.
    const rpc = /^\/service\/([^/]+)\/operation\/([^/]+)$/.exec(url.pathname);
    if (rpc !== null) {
        return { service: signed ?? rpc[1] ?? "unknown", action: rpc[2] ?? "" };
    }
    const action = url.searchParams.get("Action") ?? new URLSearchParams(form).get("Action");
    if (action !== null) {
        return { service: signed ?? "unknown", action };
    }
    if (signed === "lambda" || /^\/20\d\d-\d\d-\d\d\/(functions|event-source-mappings|tags|layers)\b/.test(url.pathname)) {
        return { service: "lambda", action: lambdaAction(request.method, url) };
    }
    if (signed === undefined || signed === "s3") {
        return { service: signed ?? "unknown", action: s3Action(request.method, url) };
    }
    // Its paths are the operations: `/createNotificationRule`.
    if (signed === "codestar-notifications") {
        const name = url.pathname.split("/")[1] ?? "";
        return { service: signed, action: name.charAt(0).toUpperCase() + name.slice(1) };
    }
    return { service: signed, action: `${request.method} ${url.pathname.split("/").slice(0, 3).join("/")}` };
}

/** The service in the scope of the signature: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`. */
function signingName(headers: IncomingHttpHeaders, url: URL): string | undefined {
    const scope = /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1] ?? url.searchParams.get("X-Amz-Credential");
    const parts = scope?.split("/") ?? [];
    return parts.length >= 4 ? parts.at(-2) : undefined;
}

function single(value: string | string[] | undefined): string | undefined {
    return Array.isArray(value) ? value[0] : value;
}

/** Method and path pattern of each operation of the Lambda API that the project uses; source: its REST API reference. */
const LAMBDA_ROUTES: readonly (readonly [string, RegExp, string])[] = [
    ["POST", /^\/functions$/, "CreateFunction"],
    ["GET", /^\/functions$/, "ListFunctions"],
    ["POST", /^\/functions\/[^/]+\/(invocations|invoke-async|response-streaming-invocations)$/, "Invoke"],
    ["PUT", /^\/functions\/[^/]+\/code$/, "UpdateFunctionCode"],
    ["GET", /^\/functions\/[^/]+\/configuration$/, "GetFunctionConfiguration"],
    ["PUT", /^\/functions\/[^/]+\/configuration$/, "UpdateFunctionConfiguration"],
    ["POST", /^\/functions\/[^/]+\/versions$/, "PublishVersion"],
    ["GET", /^\/functions\/[^/]+\/versions$/, "ListVersionsByFunction"],
    ["POST", /^\/functions\/[^/]+\/aliases$/, "CreateAlias"],
    ["GET", /^\/functions\/[^/]+\/aliases$/, "ListAliases"],
    ["GET", /^\/functions\/[^/]+\/aliases\/[^/]+$/, "GetAlias"],
    ["PUT", /^\/functions\/[^/]+\/aliases\/[^/]+$/, "UpdateAlias"],
    ["DELETE", /^\/functions\/[^/]+\/aliases\/[^/]+$/, "DeleteAlias"],
    ["POST", /^\/functions\/[^/]+\/policy$/, "AddPermission"],
    ["GET", /^\/functions\/[^/]+\/policy$/, "GetPolicy"],
    ["DELETE", /^\/functions\/[^/]+\/policy\/[^/]+$/, "RemovePermission"],
    ["PUT", /^\/functions\/[^/]+\/concurrency$/, "PutFunctionConcurrency"],
    ["GET", /^\/functions\/[^/]+\/concurrency$/, "GetFunctionConcurrency"],
    ["DELETE", /^\/functions\/[^/]+\/concurrency$/, "DeleteFunctionConcurrency"],
    ["PUT", /^\/functions\/[^/]+\/event-invoke-config$/, "PutFunctionEventInvokeConfig"],
    ["POST", /^\/functions\/[^/]+\/event-invoke-config$/, "UpdateFunctionEventInvokeConfig"],
    ["GET", /^\/functions\/[^/]+\/event-invoke-config$/, "GetFunctionEventInvokeConfig"],
    ["DELETE", /^\/functions\/[^/]+\/event-invoke-config$/, "DeleteFunctionEventInvokeConfig"],
    ["POST", /^\/functions\/[^/]+\/url$/, "CreateFunctionUrlConfig"],
    ["GET", /^\/functions\/[^/]+\/url$/, "GetFunctionUrlConfig"],
    ["PUT", /^\/functions\/[^/]+\/url$/, "UpdateFunctionUrlConfig"],
    ["DELETE", /^\/functions\/[^/]+\/url$/, "DeleteFunctionUrlConfig"],
    ["GET", /^\/functions\/[^/]+$/, "GetFunction"],
    ["DELETE", /^\/functions\/[^/]+$/, "DeleteFunction"],
    ["POST", /^\/event-source-mappings$/, "CreateEventSourceMapping"],
    ["GET", /^\/event-source-mappings$/, "ListEventSourceMappings"],
    ["GET", /^\/event-source-mappings\/[^/]+$/, "GetEventSourceMapping"],
    ["PUT", /^\/event-source-mappings\/[^/]+$/, "UpdateEventSourceMapping"],
    ["DELETE", /^\/event-source-mappings\/[^/]+$/, "DeleteEventSourceMapping"],
    ["GET", /^\/tags\//, "ListTags"],
    ["POST", /^\/tags\//, "TagResource"],
    ["DELETE", /^\/tags\//, "UntagResource"],
];

function lambdaAction(method: string, url: URL): string {
    const path = url.pathname.replace(/^\/20\d\d-\d\d-\d\d/, "").replace(/\/$/, "");
    return LAMBDA_ROUTES.find(([verb, pattern]) => verb === method && pattern.test(path))?.[2] ?? `${method} ${path}`;
}

/** Sub-resources of S3 that name the operation by themselves; the rest is told by method and depth. */
const S3_SUBRESOURCES: Readonly<Record<string, string>> = {
    acl: "Acl", cors: "BucketCors", encryption: "EncryptionConfiguration", lifecycle: "LifecycleConfiguration", location: "BucketLocation",
    logging: "BucketLogging", notification: "BucketNotification", ownershipControls: "BucketOwnershipControls", policy: "BucketPolicy",
    publicAccessBlock: "PublicAccessBlock", replication: "ReplicationConfiguration", tagging: "Tagging", versioning: "BucketVersioning", website: "BucketWebsite",
};

function s3Action(method: string, url: URL): string {
    const depth = Math.min(url.pathname.split("/").filter((part) => part !== "").length, 2);
    const verb = { GET: "Get", HEAD: "Head", PUT: "Put", POST: "Post", DELETE: "Delete" }[method] ?? method;
    const subresource = Object.keys(S3_SUBRESOURCES).find((name) => url.searchParams.has(name));
    if (subresource !== undefined) {
        return `${verb}${S3_SUBRESOURCES[subresource]}`;
    }
    if (depth === 0) {
        return method === "GET" ? "ListBuckets" : `${verb}Root`;
    }
    if (depth === 1) {
        if (method === "POST" && url.searchParams.has("delete")) {
            return "DeleteObjects";
        }
        if (method === "GET") {
            return url.searchParams.has("versions") ? "ListObjectVersions" : url.searchParams.has("uploads") ? "ListMultipartUploads" : "ListObjects";
        }
        return method === "PUT" ? "CreateBucket" : `${verb}Bucket`;
    }
    if (url.searchParams.has("uploads")) {
        return "CreateMultipartUpload";
    }
    if (url.searchParams.has("uploadId")) {
        return { PUT: "UploadPart", POST: "CompleteMultipartUpload", DELETE: "AbortMultipartUpload" }[method] ?? "ListParts";
    }
    return `${verb}Object`;
}
