import assert from "node:assert/strict";
import * as http from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo, Socket } from "node:net";
import { Duplex } from "node:stream";
import { BinaryReader, BinaryWriter } from "google-protobuf";
import { DockerEngine } from "../../../../local/providers/docker/engine";
import { answerFor, openSession } from "../../../../local/providers/docker/session";

const CREDENTIALS = { server: "127.0.0.1:5000", username: "AWS", password: "hunter2" };

describe("a BuildKit session", () => {
    it("gives the credentials to their own registry and nothing to another", () => {
        assert.deepEqual(answerFor("127.0.0.1:5000", CREDENTIALS), { username: "AWS", secret: "hunter2" });
        assert.deepEqual(answerFor("127.0.0.1:5001", CREDENTIALS), { username: "", secret: "" });
        assert.deepEqual(answerFor("registry-1.docker.io", CREDENTIALS), { username: "", secret: "" });
        const hub = { server: "https://index.docker.io/v1/", username: "me", password: "pw" };
        assert.deepEqual(answerFor("registry-1.docker.io", hub), { username: "me", secret: "pw" });
    });

    it("answers BuildKit over the connection, also when its first bytes come with the engine's answer", async () => {
        const exposed: http.IncomingHttpHeaders[] = [];
        const asked: Promise<string[]>[] = [];
        const server = http.createServer();
        server.on("upgrade", (request, socket: Socket) => {
            exposed.push(request.headers);
            asked.push(ask(socket, "127.0.0.1:5000"));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const engine = new DockerEngine({ text: "test", host: "127.0.0.1", port: (server.address() as AddressInfo).port });
        const session = await openSession(engine, CREDENTIALS, new AbortController().signal);
        try {
            assert.equal(exposed[0]?.["x-docker-expose-session-uuid"], session.id);
            assert.deepEqual(await asked[0], ["AWS", "hunter2"]);
        } finally {
            session.close();
            server.close();
        }
    });
});

/** BuildKit's side: a gRPC client over the upgraded connection. */
async function ask(socket: Socket, host: string): Promise<string[]> {
    let waiting: Buffer | undefined = Buffer.from("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
    const connection = new Duplex({
        read: () => undefined,
        write: (chunk: Buffer, _encoding, done) => {
            socket.write(waiting === undefined ? chunk : Buffer.concat([waiting, chunk]), done);
            waiting = undefined;
        },
    });
    socket.on("data", (chunk) => connection.push(chunk));
    const client = http2.connect("http://session", { createConnection: () => connection });
    const call = client.request({
        ":method": "POST",
        ":path": "/moby.filesync.v1.Auth/Credentials",
        "content-type": "application/grpc",
        te: "trailers",
    });
    const request = new BinaryWriter();
    request.writeString(1, host);
    call.end(framed(request.getResultBuffer()));
    const chunks: Buffer[] = [];
    for await (const chunk of call as AsyncIterable<Buffer>) {
        chunks.push(chunk);
    }
    client.destroy();
    socket.destroy();
    const reader = new BinaryReader(Buffer.concat(chunks).subarray(5));
    const values: string[] = [];
    while (reader.nextField() && !reader.isEndGroup()) {
        values.push(reader.readString());
    }
    return values;
}

/** gRPC's frame: not compressed, then the length. */
function framed(message: Uint8Array): Buffer {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    return Buffer.concat([head, message]);
}
