import { call, parseJson, type Answer, type JsonObject } from "./call";
import type { Upstream } from "./forward";

/**
 * Calls to MiniStack in the endpoint's own name, as its root.
 *
 * MiniStack takes the key of its own environment for root and does not check signatures of root, so the scope of one is enough; nothing
 * secret is needed here.
 */
export class Emulator {
    constructor(
        private readonly to: Upstream,
        private readonly region: string,
        private readonly accessKey: string,
    ) {}

    /** A call of the JSON protocol, `target` like `AmazonEC2ContainerRegistry_V20150921.DescribeRepositories`. */
    json(service: string, target: string, payload: JsonObject): Promise<Answer> {
        return this.post("/", service, ["Content-Type", "application/x-amz-json-1.1", "X-Amz-Target", target], JSON.stringify(payload));
    }

    /** A call of the query protocol, of IAM, STS or SNS. */
    form(service: string, parameters: Readonly<Record<string, string>>): Promise<Answer> {
        return this.post("/", service, ["Content-Type", "application/x-www-form-urlencoded"], new URLSearchParams(parameters).toString());
    }

    /** A question to MiniStack's policy engine, which `ministack/amendments/authorisation.py` answers. */
    internal(question: string, payload: JsonObject): Promise<Answer> {
        return this.post(`/_container-lambdas/${question}`, "sts", ["Content-Type", "application/json"], JSON.stringify(payload));
    }

    private post(path: string, service: string, headers: readonly string[], body: string): Promise<Answer> {
        const date = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
        const scope = `${this.accessKey}/${date.slice(0, 8)}/${this.region}/${service}/aws4_request`;
        return call(this.to, {
            method: "POST",
            path,
            headers: [
                "Host", "127.0.0.1",
                "X-Amz-Date", date,
                "Authorization", `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
                ...headers,
            ],
            body: Buffer.from(body),
        });
    }
}

/** The error code of an answer of a JSON service, `undefined` for a success. */
export function errorCode(answer: Answer): string | undefined {
    if (answer.status < 300) {
        return undefined;
    }
    const { __type: type, code } = parseJson(answer.body) as { readonly __type?: string; readonly code?: string };
    return (type ?? code ?? `status ${answer.status}`).split("#").at(-1);
}
