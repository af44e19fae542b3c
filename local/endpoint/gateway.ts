import type { IncomingMessage, ServerResponse } from "node:http";
import { call, parseJson, relay, type Answer, type JsonObject } from "./call";
import type { Counters } from "./counters";
import type { Ecr } from "./ecr/actions";
import { answerJson, forward, readBody, type Upstream } from "./forward";
import { identify, type Operation } from "./operation";
import { fromLoopback, type OwnServices } from "./own/dispatch";
import { AwsError } from "./own/error";
import type { Rights } from "./own/rights";
import { mendHeaders } from "./quirks";

export interface GatewayContext {
    readonly ministack: Upstream;
    /** Asked for their health only. */
    readonly registry: Upstream;
    readonly docker: Upstream;
    readonly counters: Counters;
    readonly ecr: Ecr;
    readonly rights: Rights;
    /** The services that are played here and not by MiniStack. */
    readonly own: OwnServices;
    /** Answers `POST /_endpoint/push`. */
    readonly push: (body: JsonObject) => Promise<unknown>;
}

/** Longest body that is read whole: an ECR call carries a manifest of at most 4 MiB. Everything else is streamed. */
const SMALL = 8 * 1024 * 1024;

/** The AWS address: passes calls to MiniStack and completes the few that it cannot answer alone. */
export class Gateway {
    constructor(private readonly context: GatewayContext) {}

    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        if (request.url?.startsWith("/_endpoint/") === true) {
            return this.own(request, response);
        }
        // Asked by this endpoint alone; MiniStack believes whoever names its root's key.
        if (isInternal(request.url ?? "")) {
            request.resume();
            return answerJson(response, 404, { message: `"${request.url}" was given; it is not for callers from outside. Use the AWS API.` });
        }
        const { ministack, counters } = this.context;
        const line = { method: request.method ?? "GET", url: request.url ?? "/", headers: request.headers };
        const headers = mendHeaders(request.rawHeaders);
        // Form calls name their action in the body; they are small, and SNS and SQS limit them to 256 KiB.
        if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true) {
            const body = await this.read(request, response);
            counters.add(name(identify(line, body.toString("utf8"))));
            return forward(request, response, ministack, { headers, body });
        }
        const operation = identify(line);
        counters.add(name(operation));
        if (this.context.own.has(operation.service)) {
            const body = await this.read(request, response);
            return this.context.own.answer(operation.service, operation.action, { method: line.method, path: line.url, headers, body }, response);
        }
        if (operation.service === "ecr") {
            const body = await this.read(request, response);
            const payload = parseJson(body);
            const undo = await this.context.ecr.prepare(operation.action, payload);
            const answer = await call(ministack, { method: line.method, path: line.url, headers, body }).finally(undo);
            const completed = await this.context.ecr.complete(operation.action, payload, answer, accessKeyOf(request));
            return this.answer(response, answer, completed);
        }
        return forward(request, response, ministack, { headers });
    }

    private answer(response: ServerResponse, answer: Answer, completed: { readonly status: number; readonly body: unknown } | undefined): void {
        if (completed === undefined) {
            relay(response, answer);
        } else {
            relay(response, answer, Buffer.from(JSON.stringify(completed.body)), completed.status);
        }
    }

    private read(request: IncomingMessage, response: ServerResponse): Promise<Buffer> {
        if (request.headers.expect !== undefined) {
            response.writeContinue();
        }
        return readBody(request, SMALL);
    }

    private async own(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { counters, push, rights } = this.context;
        const question = `${request.method ?? "GET"} ${request.url ?? ""}`;
        if (question === "POST /_endpoint/push" || question === "POST /_endpoint/fire") {
            const payload = parseJson(await this.read(request, response));
            // It asks for no signature, so not everyone may: a function in a container must not deploy.
            if (!fromLoopback(request)) {
                return answerJson(response, 403, { message: `"${question}" is taken from this machine only. Send it to 127.0.0.1.` });
            }
            const answered = question === "POST /_endpoint/push" ? push(payload) : rights.fire(String(payload.function));
            return answered.then(
                (result) => answerJson(response, 200, result),
                (error: Error) => answerJson(response, error instanceof AwsError ? error.status : 500, { __type: error.name, message: error.message }),
            );
        }
        request.resume();
        switch (question) {
            case "GET /_endpoint/counters":
                return answerJson(response, 200, counters.snapshot());
            case "GET /_endpoint/calls":
                return answerJson(response, 200, await rights.calls());
            case "POST /_endpoint/calls/reset":
                await rights.forgetCalls();
                return answerJson(response, 200, {});
            case "GET /_endpoint/health":
                return this.health(response);
            default:
                answerJson(response, 404, { message: `"${question}" was given; ${QUESTIONS.join(", ")} exist. Ask one of them.` });
        }
    }

    private async health(response: ServerResponse): Promise<void> {
        const { ministack, registry, docker } = this.context;
        const parts = { ministack: await answers(ministack, "/_ministack/health"), registry: await answers(registry, "/v2/"), docker: await answers(docker, "/_ping") };
        const ok = Object.values(parts).every((part) => part);
        return answerJson(response, ok ? 200 : 503, { status: ok ? "ok" : "incomplete", ...parts });
    }
}

const QUESTIONS = ["GET /_endpoint/health", "GET /_endpoint/counters", "GET /_endpoint/calls", "POST /_endpoint/calls/reset", "POST /_endpoint/fire", "POST /_endpoint/push"];

/** Also where the path is spelt otherwise: MiniStack decodes it before it looks. */
function isInternal(url: string): boolean {
    const written = url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
    return /^\/+_container-lambdas(\/|$)/i.test(written);
}

/** Of a signed call. */
function accessKeyOf({ headers }: IncomingMessage): string {
    return /Credential=([^/,\s]+)\//.exec(headers.authorization ?? "")?.[1] ?? "";
}

function name(operation: Operation): string {
    return `${operation.service}:${operation.action}`;
}

async function answers(part: Upstream, path: string): Promise<boolean> {
    return call(part, { method: "GET", path, headers: ["Host", "127.0.0.1"] }).then(
        (answer) => answer.status === 200,
        () => false,
    );
}
