import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { parseJson, relay, type Call, type JsonObject } from "../call";
import { AwsError } from "./error";
import type { OwnService } from "./handler";
import type { Rights } from "./rights";

const CONTENT_TYPE = "application/x-amz-json-1.1";

/** The services that the endpoint plays itself, by signing name: checks who calls, runs the handler, answers in JSON 1.1. */
export class OwnServices {
    private readonly byName: ReadonlyMap<string, OwnService>;

    constructor(
        services: readonly OwnService[],
        private readonly rights: Rights,
    ) {
        this.byName = new Map(services.flatMap((service) => service.signingNames.map((name) => [name, service] as const)));
    }

    has(signingName: string): boolean {
        return this.byName.has(signingName);
    }

    /** @param request The call as it came, its body included. */
    async answer(signingName: string, action: string, request: Call, response: ServerResponse): Promise<void> {
        const service = this.byName.get(signingName);
        try {
            if (service === undefined) {
                throw new AwsError("UnknownOperationException", `no service here signs as "${signingName}"`);
            }
            const identity = await this.rights.identify(request);
            if ("status" in identity) {
                return relay(response, identity);
            }
            const result = await service.handle(action, inputOf(request), {
                principalArn: identity.principalArn,
                authorise: (wanted, resource, context) => this.rights.authorise(identity.accessKeyId, wanted, resource, context),
            });
            send(response, 200, result ?? {});
        } catch (error) {
            const known = error instanceof AwsError ? error : new AwsError("InternalFailure", error instanceof Error ? (error.stack ?? error.message) : String(error), 500);
            send(response, known.status, { __type: known.code, message: known.message });
        }
    }
}

/** Whether the request comes from this machine and not from a container on the bridge. */
export function fromLoopback(request: IncomingMessage): boolean {
    const address = request.socket.remoteAddress ?? "";
    return address === "::1" || /^(::ffff:)?127\./.test(address);
}

/** The body; one REST operation names its resource in the path and the keys in the query (`/untagResource/ARN?tagKeys=…`). */
function inputOf(request: Call): JsonObject {
    const url = new URL(request.path, "http://endpoint");
    const [, , ...rest] = url.pathname.split("/");
    const fromPath = rest.length === 0 ? {} : { Arn: decodeURIComponent(rest.join("/")), TagKeys: url.searchParams.getAll("tagKeys") };
    return { ...fromPath, ...parseJson(request.body ?? Buffer.alloc(0)) };
}

function send(response: ServerResponse, status: number, value: unknown): void {
    const body = Buffer.from(JSON.stringify(value));
    response.writeHead(status, { "Content-Type": CONTENT_TYPE, "Content-Length": body.length, "x-amzn-RequestId": randomUUID() }).end(body);
}
