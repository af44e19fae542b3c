import type { IncomingMessage, ServerResponse } from "node:http";
import { call, parseJson, relay, type Answer } from "./call";
import type { Counters } from "./counters";
import type { Ecr } from "./ecr/actions";
import { answerJson, forward, readBody, type Upstream } from "./forward";
import { identify, type Operation } from "./operation";
import { mendHeaders } from "./quirks";

export interface GatewayContext {
    readonly ministack: Upstream;
    /** Asked for their health only. */
    readonly registry: Upstream;
    readonly docker: Upstream;
    readonly counters: Counters;
    readonly ecr: Ecr;
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
        if (operation.service === "ecr") {
            const body = await this.read(request, response);
            const payload = parseJson(body);
            const undo = await this.context.ecr.prepare(operation.action, payload);
            const answer = await call(ministack, { method: line.method, path: line.url, headers, body }).finally(undo);
            const completed = await this.context.ecr.complete(operation.action, payload, answer);
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
        request.resume();
        if (request.url === "/_endpoint/counters") {
            return answerJson(response, 200, this.context.counters.snapshot());
        }
        if (request.url === "/_endpoint/health") {
            const { ministack, registry, docker } = this.context;
            const parts = { ministack: await answers(ministack, "/_ministack/health"), registry: await answers(registry, "/v2/"), docker: await answers(docker, "/_ping") };
            const ok = Object.values(parts).every((part) => part);
            return answerJson(response, ok ? 200 : 503, { status: ok ? "ok" : "incomplete", ...parts });
        }
        answerJson(response, 404, { message: `"${request.url}" was given; /_endpoint/health and /_endpoint/counters exist. Ask for one of them.` });
    }
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
