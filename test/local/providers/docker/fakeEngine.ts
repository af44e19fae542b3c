/** A Docker engine of a few answers, on loopback. */
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { BinaryWriter } from "google-protobuf";
import type { StreamMessage } from "../../../../local/providers/docker/engine";

export interface FakeRequest {
    readonly method: string;
    readonly url: URL;
    readonly headers: http.IncomingHttpHeaders;
    readonly body: Buffer;
}

export interface FakeAnswer {
    readonly status?: number;
    readonly json?: unknown;
    readonly messages?: readonly StreamMessage[];
    /** Leaves the answer open after the messages. */
    readonly hang?: boolean;
}

export interface FakeEngine {
    readonly host: string;
    readonly requests: readonly FakeRequest[];
    /** Connections that the client closed before the answer had ended. */
    readonly closedEarly: () => number;
    stop(): Promise<void>;
}

export async function fakeEngine(answer: (request: FakeRequest) => FakeAnswer): Promise<FakeEngine> {
    const requests: FakeRequest[] = [];
    let closedEarly = 0;
    const server = http.createServer((incoming, response) => {
        response.on("close", () => (closedEarly += response.writableEnded ? 0 : 1));
        void (async () => {
            const chunks: Buffer[] = [];
            for await (const chunk of incoming as AsyncIterable<Buffer>) {
                chunks.push(chunk);
            }
            const request = {
                method: incoming.method ?? "",
                url: new URL(incoming.url ?? "/", "http://docker"),
                headers: incoming.headers,
                body: Buffer.concat(chunks),
            };
            requests.push(request);
            const { status = 200, json, messages, hang } = answer(request);
            response.writeHead(status, { "Content-Type": "application/json" });
            for (const message of messages ?? []) {
                response.write(`${JSON.stringify(message)}\r\n`);
            }
            if (hang !== true) {
                response.end(json === undefined ? undefined : JSON.stringify(json));
            }
        })();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        host: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
        requests,
        closedEarly: () => closedEarly,
        stop: () =>
            new Promise((resolve) => {
                server.closeAllConnections();
                server.close(() => resolve());
            }),
    };
}

export interface FakeStep {
    readonly digest: string;
    readonly name?: string;
    readonly error?: string;
    readonly output?: string;
}

/** A `moby.buildkit.trace` message as BuildKit writes it. */
export function trace(...steps: readonly FakeStep[]): StreamMessage {
    const writer = new BinaryWriter();
    for (const step of steps) {
        if (step.name !== undefined) {
            const vertex = new BinaryWriter();
            vertex.writeString(1, step.digest);
            vertex.writeRepeatedString(2, ["sha256:input"]);
            vertex.writeString(3, step.name);
            vertex.writeBytes(5, timestamp());
            if (step.error !== undefined) {
                vertex.writeBytes(6, timestamp());
                vertex.writeString(7, step.error);
            }
            writer.writeBytes(1, vertex.getResultBuffer());
        }
        if (step.output !== undefined) {
            const log = new BinaryWriter();
            log.writeString(1, step.digest);
            log.writeBytes(2, timestamp());
            log.writeInt64(3, 1);
            log.writeBytes(4, Buffer.from(step.output));
            writer.writeBytes(3, log.getResultBuffer());
        }
    }
    return { id: "moby.buildkit.trace", aux: Buffer.from(writer.getResultBuffer()).toString("base64") };
}

function timestamp(): Uint8Array {
    const writer = new BinaryWriter();
    writer.writeInt64(1, 1_700_000_000);
    return writer.getResultBuffer();
}
