import * as http from "node:http";
import { without, type RawHeaders, type Upstream } from "./forward";

/** An answer that was read whole. */
export interface Answer {
    readonly status: number;
    /** Flat name and value pairs. */
    readonly headers: RawHeaders;
    readonly body: Buffer;
}

export interface Call {
    readonly method: string;
    readonly path: string;
    readonly headers: RawHeaders;
    readonly body?: Buffer;
}

/** Sends a small request and reads its answer whole. */
export function call(to: Upstream, request: Call): Promise<Answer> {
    return new Promise((resolve, reject) => {
        const framing = new Set(["connection", "keep-alive", "transfer-encoding", "content-length", "expect"]);
        const body = request.body ?? Buffer.alloc(0);
        const length = body.length > 0 || request.method === "POST" || request.method === "PUT" ? ["Content-Length", String(body.length)] : [];
        const outgoing = http.request({
            ...to.connection,
            agent: to.agent,
            method: request.method,
            path: request.path,
            headers: [...without(request.headers, framing), ...length],
        });
        outgoing.on("response", (answer) => {
            const chunks: Buffer[] = [];
            answer.on("data", (chunk: Buffer) => chunks.push(chunk));
            answer.on("end", () => resolve({ status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: Buffer.concat(chunks) }));
            answer.on("error", reject);
        });
        outgoing.on("error", (error) => reject(new Error(`${to.name} did not answer ${request.method} ${request.path}: ${error.message}`)));
        outgoing.end(body);
    });
}

/** Value of a header, found without regard to case. */
export function header(headers: RawHeaders, name: string): string | undefined {
    const index = headers.findIndex((entry, position) => position % 2 === 0 && entry.toLowerCase() === name);
    return index < 0 ? undefined : headers[index + 1];
}

/** Sends an answer on, with another body where one is given. */
export function relay(response: http.ServerResponse, answer: Answer, body: Buffer = answer.body, status = answer.status): void {
    const framing = new Set(["connection", "keep-alive", "transfer-encoding", "content-length"]);
    response.writeHead(status, [...without(answer.headers, framing), "Content-Length", String(body.length)]).end(body);
}

export type JsonObject = { readonly [name: string]: unknown };

/** The JSON object in a body; `{}` for anything else, which the service itself refuses. */
export function parseJson(body: Buffer): JsonObject {
    try {
        const value: unknown = JSON.parse(body.toString("utf8"));
        return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
    } catch {
        return {};
    }
}
