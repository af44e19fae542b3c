import assert from "node:assert/strict";
import * as http from "node:http";
import * as net from "node:net";
import { startEndpoint, type RunningEndpoint } from "../../../local/endpoint/server";
import { collect, endpointOptions, send, serve, type FakeServer, type Handler } from "./fakes";

describe("endpoint: passing calls on", () => {
    let behind: FakeServer;
    let endpoint: RunningEndpoint;
    let answer: Handler;

    beforeEach(async () => {
        answer = (request, response) => void collect(request).then((body) => response.end(body));
        behind = await serve((request, response) => answer(request, response));
        endpoint = await startEndpoint(endpointOptions(behind, behind), "root");
    });

    afterEach(async () => {
        await endpoint.close();
        await behind.close();
    });

    it("sends method, path, query and every header as they came, Host included", async () => {
        let seen: http.IncomingMessage | undefined;
        answer = (request, response) => {
            seen = request;
            response.end();
        };
        const path = "/bucket/a%20b%2Bc?X-Amz-Signature=abc&list-type=2&prefix=%C3%BC";
        await send(`${endpoint.url}${path}`, { method: "GET", headers: { Host: "bucket.example:1", "X-Amz-Date": "20260101T000000Z", "x-odd": ["1", "2"] } });
        assert.equal(seen?.url, path);
        assert.equal(seen.headers.host, "bucket.example:1");
        const pairs = seen.rawHeaders.flatMap((name, index, all) => (index % 2 === 0 ? [`${name}: ${all[index + 1]}`] : []));
        for (const pair of ["X-Amz-Date: 20260101T000000Z", "x-odd: 1", "x-odd: 2"]) {
            assert.ok(pairs.includes(pair), pair);
        }
    });

    it("streams both ways: the answer's first bytes arrive while the request is still being sent", async () => {
        answer = (request, response) => request.pipe(response);
        const request = http.request(endpoint.url, { method: "PUT", agent: false });
        request.write("first");
        const response = await new Promise<http.IncomingMessage>((resolve) => request.on("response", resolve));
        const first = await new Promise<Buffer>((resolve) => response.once("data", resolve));
        assert.equal(first.toString(), "first");
        request.end();
        await collect(response);
    });

    it("holds a fast sender back to the pace of a slow reader instead of gathering the body", async () => {
        let upstreamRequest: http.IncomingMessage | undefined;
        answer = (request) => {
            upstreamRequest = request;
        };
        const request = http.request(endpoint.url, { method: "PUT", headers: { "Content-Length": 64 * 1024 * 1024 }, agent: false });
        request.on("error", () => undefined);
        const chunk = Buffer.alloc(1024 * 1024);
        let accepted = 0;
        await new Promise<void>((resolve) => {
            const write = (): void => {
                if (accepted === 64) {
                    resolve();
                    return;
                }
                const timer = setTimeout(resolve, 500);
                request.write(chunk, () => {
                    clearTimeout(timer);
                    accepted += 1;
                    write();
                });
            };
            write();
        });
        assert.ok(accepted < 64, `${accepted} of 64 MiB were taken though nobody read them`);
        assert.ok(upstreamRequest !== undefined);
        request.destroy();
    });

    it("passes a chunked body, an empty POST, a HEAD answer and a 204 on unchanged", async () => {
        const seen: (string | undefined)[] = [];
        answer = (request, response) => {
            seen.push(request.headers["content-length"], request.headers["transfer-encoding"]);
            void collect(request).then((body) => {
                if (request.method === "HEAD") {
                    response.writeHead(200, { "Content-Length": 12345, ETag: '"e"' }).end();
                } else if (request.method === "DELETE") {
                    response.writeHead(204).end();
                } else {
                    response.end(body);
                }
            });
        };
        assert.equal((await send(endpoint.url, { method: "PUT", headers: { "Transfer-Encoding": "chunked" } }, "chunks")).body, "chunks");
        assert.equal((await send(endpoint.url, { method: "POST", headers: { "Content-Length": 0 } })).body, "");
        const head = await send(endpoint.url, { method: "HEAD" });
        assert.deepEqual([head.headers["content-length"], head.headers.etag, head.body], ["12345", '"e"', ""]);
        assert.equal((await send(endpoint.url, { method: "DELETE" })).status, 204);
        assert.deepEqual(seen.slice(0, 4), [undefined, "chunked", "0", undefined]);
    });

    it("asks for the body of an Expect: 100-continue only when MiniStack does", async () => {
        const request = http.request(endpoint.url, { method: "PUT", headers: { Expect: "100-continue", "Content-Length": 4 }, agent: false });
        request.flushHeaders();
        await new Promise<void>((resolve) => request.on("continue", resolve));
        request.end("body");
        const response = await new Promise<http.IncomingMessage>((resolve) => request.on("response", resolve));
        assert.equal(await collect(response), "body");
    });

    it("answers 503 with the reason when MiniStack is gone", async () => {
        await behind.close();
        const gone = await send(endpoint.url);
        assert.equal(gone.status, 503);
        assert.match(gone.body, /MiniStack at 127\.0\.0\.1:\d+ did not answer.*npm run local/);
    });

    it("breaks the caller's connection when MiniStack's breaks in the middle of an answer", async () => {
        answer = (_request, response) => {
            response.writeHead(200, { "Content-Length": 100 });
            response.write("half");
            setImmediate(() => response.destroy());
        };
        await assert.rejects(send(endpoint.url), /aborted|hang up|ECONNRESET/);
    });

    it("gives up the call to MiniStack when the caller goes away", async () => {
        const closed = new Promise<void>((resolve) => {
            answer = (request) => {
                request.on("close", resolve);
                request.socket.on("close", resolve);
            };
        });
        const request = http.request(endpoint.url, { agent: false });
        request.on("error", () => undefined);
        request.end();
        setTimeout(() => request.destroy(), 50);
        await closed;
    });

    it("drops the header that is no checksum, and no other", async () => {
        let seen: http.IncomingHttpHeaders = {};
        answer = (request, response) => {
            seen = request.headers;
            request.resume();
            response.end();
        };
        await send(endpoint.url, { method: "PUT", headers: { "X-Amz-Checksum-Sha256": "UNSIGNED-PAYLOAD", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }, "x");
        assert.equal(seen["x-amz-checksum-sha256"], undefined);
        assert.equal(seen["x-amz-content-sha256"], "UNSIGNED-PAYLOAD");
        await send(endpoint.url, { method: "PUT", headers: { "x-amz-checksum-sha256": "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=" } }, "x");
        assert.equal(seen["x-amz-checksum-sha256"], "LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=");
    });

    it("counts calls by service and action, so that a test can assert none", async () => {
        const signed = (service: string): http.RequestOptions["headers"] => ({ Authorization: `AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0` });
        await send(`${endpoint.url}/bucket/key`, { method: "PUT", headers: signed("s3") }, "x");
        await send(endpoint.url, { method: "POST", headers: { ...signed("iam"), "Content-Type": "application/x-www-form-urlencoded" } }, "Action=CreateRole&Version=2010-05-08");
        const counters = JSON.parse((await send(`${endpoint.url}/_endpoint/counters`)).body) as Record<string, number>;
        assert.deepEqual(counters, { "iam:CreateRole": 1, "s3:PutObject": 1 });
    });

    it("says which part is missing when asked for its health", async () => {
        const health = await send(`${endpoint.url}/_endpoint/health`);
        assert.equal(health.status, 503);
        assert.deepEqual(JSON.parse(health.body), { status: "incomplete", ministack: true, registry: true, docker: false });
    });

    it("stops listening and ends open connections when closed", async () => {
        const socket = net.connect(Number(new URL(endpoint.url).port), "127.0.0.1");
        await new Promise<void>((resolve) => socket.on("connect", resolve));
        const ended = new Promise<void>((resolve) => socket.on("close", () => resolve()));
        socket.resume();
        await endpoint.close();
        await ended;
        await assert.rejects(send(endpoint.url), /ECONNREFUSED/);
    });
});
