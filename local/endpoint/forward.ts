import * as http from "node:http";
import { pipeline } from "node:stream";

/** A server that requests are passed on to. */
export interface Upstream {
    /** How an error names it. */
    readonly name: string;
    readonly connection: { readonly host: string; readonly port: number } | { readonly socketPath: string };
    readonly agent: http.Agent;
}

export type RawHeaders = readonly string[];

export interface ForwardOptions {
    /** Headers to send instead of the request's, flat name and value pairs. */
    readonly headers?: RawHeaders;
    /** Body that was already read from the request; absent: the request is streamed. */
    readonly body?: Buffer;
    /** Told the status and headers of the answer before any of its body. */
    readonly onAnswer?: (answer: http.IncomingMessage) => void;
}

/**
 * Idle sockets are given up after 30 s: MiniStack closes its own after 75 s, and the one who closes last loses a request to a reset.
 */
export function upstream(name: string, connection: Upstream["connection"]): Upstream {
    return { name, connection, agent: new http.Agent({ keepAlive: true, timeout: 30_000, maxFreeSockets: 64 }) };
}

/** Headers that belong to one connection and are never passed on (RFC 9110, 7.6.1). Transfer coding is decided anew on each side. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]);

/** Flat pairs without those of `names` (lower case). */
export function without(headers: RawHeaders, names: ReadonlySet<string>): string[] {
    return headers.filter((_, index) => !names.has((headers[index - (index % 2)] ?? "").toLowerCase()));
}

/**
 * Passes a request on and its answer back, both streamed. Nothing that a signature covers is changed: the `Host` header, path, query and
 * header values go out byte for byte as they came. Settles when the answer was sent, or the caller or the upstream is gone.
 */
export function forward(request: http.IncomingMessage, response: http.ServerResponse, to: Upstream, options: ForwardOptions = {}): Promise<void> {
    return new Promise((resolve) => {
        const outgoing = http.request({
            ...to.connection,
            agent: to.agent,
            method: request.method,
            path: request.url,
            headers: outgoingHeaders(request, options),
        });
        let answered = false;
        outgoing.on("continue", () => response.writeContinue());
        outgoing.on("response", (answer) => {
            answered = true;
            options.onAnswer?.(answer);
            response.writeHead(answer.statusCode ?? 502, answer.statusMessage, without(answer.rawHeaders, HOP_BY_HOP));
            // An answer may come before the whole request was read (a refusal): what is still coming is read and dropped, so that
            // the caller, which may only read once it has written all, gets the answer and not a reset.
            answer.on("end", () => request.unpipe(outgoing).resume());
            pipeline(answer, response, () => resolve());
        });
        outgoing.on("error", (error) => {
            request.unpipe(outgoing).resume();
            // Once there is an answer, its own stream tells how it ends.
            if (!answered) {
                fail(response, to, error);
                resolve();
            }
        });
        response.on("close", () => {
            if (!response.writableFinished) {
                outgoing.destroy();
                resolve();
            }
        });
        if (options.body === undefined) {
            request.pipe(outgoing);
        } else {
            outgoing.end(options.body);
        }
    });
}

function outgoingHeaders(request: http.IncomingMessage, options: ForwardOptions): string[] {
    const headers = without(options.headers ?? request.rawHeaders, HOP_BY_HOP);
    if (options.body !== undefined) {
        return [...without(headers, new Set(["content-length", "expect"])), "Content-Length", String(options.body.length)];
    }
    if (request.headers["transfer-encoding"] !== undefined) {
        return [...without(headers, new Set(["content-length"])), "Transfer-Encoding", "chunked"];
    }
    // Without it Node would announce a chunked body for an empty POST.
    return request.headers["content-length"] === undefined && !["GET", "HEAD"].includes(request.method ?? "") ? [...headers, "Content-Length", "0"] : headers;
}

function fail(response: http.ServerResponse, to: Upstream, error: Error): void {
    if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
    }
    const place = "socketPath" in to.connection ? to.connection.socketPath : `${to.connection.host}:${to.connection.port}`;
    answerJson(response, 503, {
        __type: "ServiceUnavailableException",
        message: `${to.name} at ${place} did not answer (${error.message}). It is started together with this endpoint. Run \`npm run local\` again.`,
    });
}

/** Sends a JSON answer of its own. */
export function answerJson(response: http.ServerResponse, status: number, body: unknown, contentType = "application/json"): void {
    const text = Buffer.from(JSON.stringify(body));
    response.writeHead(status, { "Content-Type": contentType, "Content-Length": text.length }).end(text);
}

/**
 * Reads a request's body whole.
 *
 * @throws RangeError beyond `limit` bytes.
 */
export async function readBody(stream: http.IncomingMessage, limit: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > limit) {
            throw new RangeError(`The body is longer than the ${limit} bytes allowed here. Send less.`);
        }
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}
