import * as http from "node:http";

/** An answer of the Docker Engine API. */
export interface EngineAnswer {
    readonly status: number;
    readonly text: string;
}

/** How to reach an engine: a Unix socket, or TCP on this machine. */
export function engineAddress(dockerHost: string): http.RequestOptions | undefined {
    if (dockerHost.startsWith("unix://")) {
        return { socketPath: dockerHost.slice("unix://".length) };
    }
    const tcp = /^(?:tcp|http):\/\/(127\.0\.0\.1|localhost|\[::1\]):(\d+)\/?$/.exec(dockerHost);
    return tcp === null ? undefined : { host: (tcp[1] ?? "").replace(/[[\]]/g, ""), port: Number(tcp[2]) };
}

/**
 * One call of the Engine API without a client library, because this runs at every start.
 * @param limit milliseconds without any data after which it fails @default 10000
 */
export function callEngine(dockerHost: string, method: string, path: string, options: { body?: unknown; limit?: number; onChunk?: (text: string) => void } = {}): Promise<EngineAnswer> {
    const address = engineAddress(dockerHost);
    if (address === undefined) {
        return Promise.reject(new Error(`"${dockerHost}" is not an address on this machine`));
    }
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    return new Promise((resolve, reject) => {
        const request = http.request(
            { ...address, method, path, agent: false, headers: body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) } },
            (response) => {
                let text = "";
                response.setEncoding("utf8");
                response.on("data", (chunk: string) => {
                    text += chunk;
                    options.onChunk?.(chunk);
                });
                response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
                response.on("error", reject);
            },
        );
        const limit = options.limit ?? 10_000;
        request.setTimeout(limit, () => request.destroy(new Error(`the Docker engine at ${dockerHost} was silent for ${limit / 1000} s`)));
        request.on("error", reject);
        request.end(body);
    });
}

/** Like {@link callEngine}, the answer parsed; a status of 400 or more is an error with the engine's own message. */
export async function askEngine(dockerHost: string, method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await callEngine(dockerHost, method, path, { body });
    if (answer.status >= 400) {
        throw new Error(`Docker engine: ${method} ${path}: ${answer.status} ${answer.text.trim()}`);
    }
    return answer.text === "" ? undefined : JSON.parse(answer.text);
}

/** Whether an engine answers there. */
export async function engineAnswers(dockerHost: string, limit = 2000): Promise<boolean> {
    try {
        return (await callEngine(dockerHost, "GET", "/_ping", { limit })).status === 200;
    } catch {
        return false;
    }
}
