import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { CodeConnections } from "../../../../local/providers/aws/services/codeConnections";
import { CodestarNotifications } from "../../../../local/providers/aws/services/codestarNotifications";
import { SignedJson, type Transport } from "../../../../local/providers/aws/services/signedJson";

const OPTIONS = {
    region: "us-east-1",
    endpoint: "http://127.0.0.1:4566",
    maxAttempts: 3,
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" },
};

interface Sent {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
}

/** A network that answers from a list, and a clock that stands still. */
function transport(...answers: readonly (Response | Error)[]): Transport & { readonly sent: Sent[]; readonly pauses: number[] } {
    const sent: Sent[] = [];
    const pauses: number[] = [];
    const left = [...answers];
    return {
        sent,
        pauses,
        fetch: (url, init) => {
            sent.push({ url, headers: init.headers as Record<string, string>, body: init.body });
            const answer = left.shift();
            return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error("the test has no answer left"));
        },
        sleep: (milliseconds) => {
            pauses.push(milliseconds);
            return Promise.resolve();
        },
        now: () => new Date("2015-08-30T12:36:00Z"),
    };
}

function sha256(text: string): string {
    return createHash("sha256").update(text).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
    return createHmac("sha256", key).update(text).digest();
}

describe("signed JSON requests", () => {
    it("are signed as Signature Version 4 says", async () => {
        const network = transport(new Response("{}"));
        const body = '{"name":"ü"}';
        await new SignedJson("service", OPTIONS, network).send({ path: "/a", query: { b: "c d" }, headers: { "x-amz-target": "T" }, body });
        const signed = "host;x-amz-content-sha256;x-amz-date;x-amz-target";
        const canonical = ["POST", "/a", "b=c%20d", "host:127.0.0.1:4566", `x-amz-content-sha256:${sha256(body)}`, "x-amz-date:20150830T123600Z", "x-amz-target:T", "", signed, sha256(body)].join("\n");
        const scope = "20150830/us-east-1/service/aws4_request";
        const key = scope.split("/").reduce<Buffer | string>((secret, part) => hmac(secret, part), `AWS4${OPTIONS.credentials.secretAccessKey}`);
        const signature = hmac(key, `AWS4-HMAC-SHA256\n20150830T123600Z\n${scope}\n${sha256(canonical)}`).toString("hex");
        assert.equal(network.sent[0]?.headers["authorization"], `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${signed}, Signature=${signature}`);
    });

    it("depend on the body, the key and a session token", async () => {
        const signatureOf = async (body: string, credentials: object = {}): Promise<string> => {
            const network = transport(new Response("{}"));
            await new SignedJson("service", { ...OPTIONS, credentials: { ...OPTIONS.credentials, ...credentials } }, network).send({ path: "/", headers: {}, body });
            return network.sent[0]?.headers["authorization"] ?? "";
        };
        const signatures = [await signatureOf("a"), await signatureOf("b"), await signatureOf("a", { secretAccessKey: "other" }), await signatureOf("a", { sessionToken: "t" })];
        assert.equal(new Set(signatures).size, 4);
        assert.equal(await signatureOf("a"), signatures[0]);
        assert.match(signatures[3] ?? "", /x-amz-security-token/);
    });

    it("are tried again when the network or the server fails or asks to wait, a bounded number of times", async () => {
        const recovering = transport(new TypeError("fetch failed"), new Response("", { status: 500 }), new Response('{"a":1}'));
        assert.deepEqual(await new SignedJson("service", OPTIONS, recovering).send({ path: "/", headers: {}, body: "" }), { a: 1 });
        assert.deepEqual(recovering.pauses, [100, 200]);
        const busy = (): Response => new Response('{"__type":"ThrottlingException"}', { status: 400 });
        const throttled = transport(busy(), busy(), busy(), busy());
        await assert.rejects(new SignedJson("service", OPTIONS, throttled).send({ path: "/", headers: {}, body: "" }), { name: "ThrottlingException" });
        assert.equal(throttled.sent.length, 3);
    });

    it("fail with the service's code and message, wherever those stand", async () => {
        const body = '{"__type":"com.amazonaws.codeconnections#ResourceNotFoundException","Message":"no such connection"}';
        const header = { "x-amzn-errortype": "ResourceNotFoundException:http://internal.amazon.com/" };
        for (const answer of [new Response(body, { status: 400 }), new Response('{"message":"no such connection"}', { status: 400, headers: header })]) {
            const network = transport(answer);
            await assert.rejects(new SignedJson("service", OPTIONS, network).send({ path: "/", headers: {}, body: "" }), {
                name: "ResourceNotFoundException",
                message: "no such connection",
                $metadata: { httpStatusCode: 400 },
            });
            assert.equal(network.sent.length, 1);
        }
        await assert.rejects(new SignedJson("service", OPTIONS, transport(new Response("<html>", { status: 404 }))).send({ path: "/", headers: {}, body: "" }), { name: "UnknownError" });
    });
});

describe("the client for connections", () => {
    it("names its operation in a header", async () => {
        const network = transport(new Response('{"ConnectionArn":"arn:c"}'));
        assert.deepEqual(await new CodeConnections(OPTIONS, network).createConnection({ ConnectionName: "c", ProviderType: "GitHub" }), { ConnectionArn: "arn:c" });
        const [sent] = network.sent;
        assert.deepEqual(
            [sent?.url, sent?.headers["x-amz-target"], sent?.headers["content-type"], sent?.body],
            [
                "http://127.0.0.1:4566/",
                "com.amazonaws.codeconnections.CodeConnections_20231201.CreateConnection",
                "application/x-amz-json-1.0",
                '{"ConnectionName":"c","ProviderType":"GitHub"}',
            ],
        );
        assert.match(sent?.headers["authorization"] ?? "", /\/us-east-1\/codeconnections\/aws4_request/);
    });
});

describe("the client for notification rules", () => {
    it("names its operation in the path, and removed tags in the query", async () => {
        const network = transport(new Response('{"Arn":"arn:r"}'), new Response(""));
        const client = new CodestarNotifications(OPTIONS, network);
        assert.deepEqual(await client.describeNotificationRule({ Arn: "arn:r" }), { Arn: "arn:r" });
        assert.deepEqual(await client.untagResource({ Arn: "arn:aws:x:rule/1", TagKeys: ["a b", "c"] }), {});
        assert.deepEqual(
            network.sent.map(({ url, body }) => [url, body]),
            [
                ["http://127.0.0.1:4566/describeNotificationRule", '{"Arn":"arn:r"}'],
                ["http://127.0.0.1:4566/untagResource/arn%3Aaws%3Ax%3Arule%2F1?tagKeys=a%20b&tagKeys=c", ""],
            ],
        );
        assert.match(network.sent[0]?.headers["authorization"] ?? "", /\/us-east-1\/codestar-notifications\/aws4_request/);
    });
});
