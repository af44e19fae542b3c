/**
 * The few calls of the Docker Engine API that building and pushing need, over `node:http`. A general client brings an SSH
 * library with native code along, which would double the start-up time of every engine run.
 */
import * as http from "node:http";
import * as https from "node:https";
import { Duplex } from "node:stream";

/** Where the Docker engine answers. */
export interface EngineAddress {
    /** As it was given, for messages. */
    readonly text: string;
    readonly socketPath?: string;
    readonly host?: string;
    readonly port?: number;
    readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** One message of a build or push: only the members that are read here. */
export interface StreamMessage {
    readonly id?: string;
    readonly stream?: string;
    readonly status?: string;
    readonly error?: string;
    readonly errorDetail?: { readonly message?: string };
    readonly aux?: unknown;
}

export interface ImageDetails {
    readonly Id: string;
    readonly RepoDigests?: readonly string[] | null;
}

/** The Docker engine refused a request; `message` is its own text. */
export class EngineError extends Error {
    constructor(
        readonly status: number,
        message: string,
    ) {
        super(message);
        this.name = "EngineError";
    }
}

/** A readable stream of any library. */
export interface RequestBody {
    on(event: "error", listener: (error: Error) => void): unknown;
    pipe(destination: http.ClientRequest): unknown;
}

interface RequestOptions {
    readonly method: string;
    /** Path and query. No version is written into it, so that the engine's own newest one is used. */
    readonly path: string;
    readonly headers?: http.OutgoingHttpHeaders;
    readonly body?: RequestBody;
    /** Closes the connection, upon which the Docker engine ends the build or push. */
    readonly signal?: AbortSignal;
    /** Milliseconds of silence after which the request fails. @default none */
    readonly timeout?: number;
}

export class DockerEngine {
    constructor(readonly address: EngineAddress) {}

    /** Throws when the engine does not answer within ten seconds. */
    async ping(signal?: AbortSignal): Promise<void> {
        const response = await this.request({ method: "GET", path: "/_ping", signal, timeout: 10_000 });
        response.resume();
    }

    /** Undefined when the engine has no such image. */
    async inspect(image: string, signal: AbortSignal): Promise<ImageDetails | undefined> {
        try {
            const response = await this.request({ method: "GET", path: `/images/${image}/json`, signal });
            return JSON.parse(await readText(response)) as ImageDetails;
        } catch (error) {
            if (error instanceof EngineError && error.status === 404) {
                return undefined;
            }
            throw error;
        }
    }

    /** Messages of a long-running call in the order in which they arrive. */
    async *stream(options: RequestOptions): AsyncGenerator<StreamMessage> {
        const response = await this.request(options);
        let rest = "";
        response.setEncoding("utf8");
        for await (const chunk of response as AsyncIterable<string>) {
            const lines = (rest + chunk).split("\n");
            rest = lines.pop() ?? "";
            for (const line of lines) {
                if (line.trim() !== "") {
                    yield JSON.parse(line) as StreamMessage;
                }
            }
        }
        if (rest.trim() !== "") {
            yield JSON.parse(rest) as StreamMessage;
        }
    }

    /** Turns a request into a two-way connection, as the Docker engine does for build sessions. */
    upgrade(path: string, headers: http.OutgoingHttpHeaders, signal: AbortSignal): Promise<Duplex> {
        return new Promise((resolve, reject) => {
            const request = this.open({ method: "POST", path, headers: { Connection: "Upgrade", Upgrade: "h2c", ...headers }, signal });
            request.on("upgrade", (_response, socket, head) => resolve(withHead(socket, head)));
            request.on("response", (response) => {
                readText(response).then((body) => reject(engineError(response, body)), reject);
            });
            request.on("error", reject);
            request.end();
        });
    }

    private request(options: RequestOptions): Promise<http.IncomingMessage> {
        return new Promise((resolve, reject) => {
            const request = this.open(options);
            request.on("response", (response) => {
                if ((response.statusCode ?? 0) < 400) {
                    resolve(response);
                } else {
                    readText(response).then((body) => reject(engineError(response, body)), reject);
                }
            });
            request.on("error", reject);
            request.on("timeout", () => request.destroy(new Error(`no answer within ${options.timeout} ms`)));
            if (options.body === undefined) {
                request.end();
            } else {
                options.body.on("error", (error) => request.destroy(error));
                options.body.pipe(request);
            }
        });
    }

    private open(options: RequestOptions): http.ClientRequest {
        const { address } = this;
        const common: http.RequestOptions = {
            method: options.method,
            path: options.path,
            headers: { Host: "docker", ...options.headers },
            signal: options.signal,
            timeout: options.timeout,
            agent: false, // a connection of its own for every call: closing it must end this call and no other
        };
        if (address.socketPath !== undefined) {
            return http.request({ ...common, socketPath: address.socketPath });
        }
        const target = { ...common, host: address.host, port: address.port };
        return address.tls === undefined ? http.request(target) : https.request({ ...target, ...address.tls });
    }
}

/**
 * The connection with what came in the same packet as the answer. Not by `unshift`: HTTP/2 reads a socket below its
 * buffer, where those bytes are missing, so it must not see that this is one.
 */
function withHead(socket: Duplex, head: Buffer): Duplex {
    const connection = new Duplex({
        read: () => void socket.resume(),
        write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
        final: (done) => void socket.end(done),
        destroy: (error, done) => {
            socket.destroy();
            done(error);
        },
    });
    if (head.length > 0) {
        connection.push(head);
    }
    socket.on("data", (chunk: Buffer) => {
        if (!connection.push(chunk)) {
            socket.pause();
        }
    });
    socket.on("end", () => connection.push(null));
    socket.on("error", (error) => connection.destroy(error));
    socket.on("close", () => connection.destroy());
    return connection;
}

async function readText(response: http.IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) {
        chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString("utf8");
}

function engineError(response: http.IncomingMessage, body: string): EngineError {
    let message = body.trim();
    try {
        const parsed = JSON.parse(body) as { message?: unknown };
        message = typeof parsed.message === "string" ? parsed.message : message;
    } catch {
        // not JSON: the text as it is
    }
    return new EngineError(response.statusCode ?? 0, message === "" ? `status ${response.statusCode}` : message);
}
