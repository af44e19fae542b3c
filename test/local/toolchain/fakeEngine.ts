import * as http from "node:http";
import * as path from "node:path";

import { temporaryFolder } from "./temporary";

export interface FakeEngine {
    readonly dockerHost: string;
    /** `METHOD PATH` of every request, in order. */
    readonly requests: readonly string[];
    close(): Promise<void>;
}

/** Something that answers like a Docker engine on a socket of its own. */
export async function fakeEngine(answer: (method: string, path: string) => { status: number; body?: unknown }): Promise<FakeEngine> {
    const requests: string[] = [];
    const server = http.createServer((request, response) => {
        const [method, url] = [request.method ?? "", request.url ?? ""];
        requests.push(`${method} ${url}`);
        request.resume();
        const { status, body } = answer(method, url);
        response.writeHead(status, { "Content-Type": "application/json" }).end(body === undefined ? undefined : JSON.stringify(body));
    });
    const socket = path.join(temporaryFolder(), "engine.sock");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    return {
        dockerHost: `unix://${socket}`,
        requests,
        close: () => new Promise((resolve) => server.close(() => resolve())),
    };
}
