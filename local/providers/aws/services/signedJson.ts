/** Signed JSON requests, for services whose client library is not in the package registry. */
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { SignatureV4 } from "@smithy/signature-v4";
import type { ClientOptions, Credentials } from "../clients";

/** Milliseconds before the second attempt; it doubles with each. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

/** Milliseconds for one attempt. */
const ATTEMPT_TIMEOUT = 60_000;

/** Answers besides the 500s that another attempt may change. */
const TRANSIENT: ReadonlySet<string> = new Set(["ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "ConcurrentModificationException"]);

export type SignedOptions = ClientOptions & { readonly credentials: Credentials | (() => Promise<Credentials>) };

export interface SignedRequest {
    readonly path: string;
    readonly query?: Readonly<Record<string, string | string[]>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

/** What tests put in the place of the network and the clock. */
export interface Transport {
    readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
    readonly sleep: (milliseconds: number) => Promise<void>;
    readonly now: () => Date;
}

export const network: Transport = {
    fetch: (url, init) => fetch(url, init),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    now: () => new Date(),
};

/** One service at one endpoint. Errors are like the SDKs': named by the service's code, with `$metadata`. */
export class SignedJson {
    private signer: Promise<SignatureV4> | undefined;

    constructor(
        private readonly service: string,
        private readonly options: SignedOptions,
        private readonly transport: Transport = network,
    ) {}

    async send<Output>(request: SignedRequest): Promise<Output> {
        for (let attempt = 1, pause = FIRST_PAUSE; ; attempt++, pause = Math.min(pause * 2, LONGEST_PAUSE)) {
            try {
                return await this.attempt<Output>(request);
            } catch (error) {
                if (attempt >= this.options.maxAttempts || !transient(error)) {
                    throw error;
                }
            }
            await this.transport.sleep(pause);
        }
    }

    private async attempt<Output>({ path, query = {}, headers, body }: SignedRequest): Promise<Output> {
        const url = new URL(this.options.endpoint);
        const signer = await (this.signer ??= this.makeSigner());
        const signed = await signer.sign(
            {
                method: "POST",
                protocol: url.protocol,
                hostname: url.hostname,
                port: url.port === "" ? undefined : Number(url.port),
                path,
                query: { ...query },
                headers: { host: url.host, ...headers },
                body,
            },
            { signingDate: this.transport.now() },
        );
        const { host: _, ...sent } = signed.headers; // fetch sets it, to the same
        const answer = await this.transport.fetch(`${url.protocol}//${url.host}${path}${queryText(query)}`, {
            method: "POST",
            headers: sent,
            body,
            signal: AbortSignal.timeout(ATTEMPT_TIMEOUT),
        });
        const text = await answer.text();
        if (!answer.ok) {
            throw serviceError(answer.status, answer.headers.get("x-amzn-errortype"), text);
        }
        return (text === "" ? {} : JSON.parse(text)) as Output;
    }

    private async makeSigner(): Promise<SignatureV4> {
        const { SignatureV4: Signer } = await import("@smithy/signature-v4");
        return new Signer({ service: this.service, region: this.options.region, credentials: this.options.credentials, sha256: Sha256 });
    }
}

function queryText(query: Readonly<Record<string, string | string[]>>): string {
    const pairs = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`));
    return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}

/** The code stands in a header or in the body, with a namespace before it or an address after it. */
function serviceError(status: number, header: string | null, text: string): Error {
    const body = jsonObject(text);
    const told = [header, body["__type"], body["code"]].find((code): code is string => typeof code === "string" && code !== "");
    const name = told?.replace(/^.*#/, "").replace(/:.*$/s, "") ?? "UnknownError";
    const message = [body["message"], body["Message"]].find((one): one is string => typeof one === "string") ?? "UnknownError";
    return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
    try {
        const value: unknown = JSON.parse(text);
        return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
    } catch {
        return {};
    }
}

/** No answer at all, an answer of a broken server, or one that asks to come again. */
function transient(error: unknown): boolean {
    const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
    return status === undefined ? error instanceof TypeError : status >= 500 || TRANSIENT.has((error as Error).name);
}

/** What the signing package wants of a hash, by Node's own. */
class Sha256 {
    private readonly hash: Hash | Hmac;

    constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
        this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
    }

    update(chunk: string | ArrayBuffer | ArrayBufferView): void {
        this.hash.update(bytes(chunk));
    }

    digest(): Promise<Uint8Array> {
        return Promise.resolve(this.hash.digest());
    }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
    if (typeof data === "string") {
        return Buffer.from(data, "utf8");
    }
    return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
}
