/** An AWS that answers from functions of the test: no SDK is loaded and nothing leaves the process. */
import type { ClientOptions, ServiceName, Services } from "../../../../local/providers/aws/clients";
import { Operations } from "../../../../local/providers/framework/operations";
import type { AnyResourceType } from "../../../../local/providers/framework/resource";
import { checkResource } from "../../../../local/providers/framework/check";
import type { Properties } from "../../../../local/providers/framework/values";
import type { ProviderSchema } from "../../../../local/providers/framework/schema";
import schema from "../../../../local/providers/aws/schema.json";
import { resources } from "../../../../local/providers/aws/table";

export type Answers = Readonly<Record<string, (request: Readonly<Record<string, unknown>>) => unknown>>;

export interface FakeAws {
    readonly services: Services;
    /** `lambda.createFunction` and the like, in order. */
    readonly calls: string[];
    /** Requests by call, the last one. */
    readonly requests: Map<string, Readonly<Record<string, unknown>>>;
    readonly operations: Operations<Services>;
}

export const awsSchema = schema as unknown as ProviderSchema;

/** Answers by `service.operation`; a call without an answer fails the test by its name. */
export function fakeAws(answers: Answers, defaultTags: Readonly<Record<string, string>> = {}): FakeAws {
    const calls: string[] = [];
    const requests = new Map<string, Readonly<Record<string, unknown>>>();
    const client = (service: string): unknown =>
        new Proxy(
            {},
            {
                get: (_target, operation) => {
                    if (operation === "then") {
                        return undefined; // a client is no promise
                    }
                    return (request: Readonly<Record<string, unknown>>) => {
                        const name = `${service}.${String(operation)}`;
                        calls.push(name);
                        requests.set(name, JSON.parse(JSON.stringify(request)) as Record<string, unknown>);
                        const answer = answers[name];
                        return answer === undefined
                            ? Promise.reject(new Error(`the test has no answer for ${name}`))
                            : Promise.resolve().then(() => answer(request));
                    };
                },
            },
        );
    const services = new Proxy(
        {},
        {
            get: (_target, service) =>
                service === "accountId" ? () => Promise.resolve("000000000000") : () => Promise.resolve(client(String(service))),
        },
    ) as Services;
    const operations = new Operations(awsSchema, { region: "us-east-1", defaultTags, servicesFor: () => services });
    return { services, calls, requests, operations };
}

/** An error as the SDKs throw it. */
export function awsError(name: string, message = "told by the test", status = 400): Error {
    return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

export function typeOf(token: string): AnyResourceType<Services> {
    const type = resources.find((candidate) => candidate.token === token);
    if (type === undefined) {
        throw new Error(`${token} is not in the table`);
    }
    return type;
}

export function checkedInputs(token: string, news: Properties, old: Properties = {}): Properties {
    const { inputs, failures } = checkResource(typeOf(token), awsSchema, news, { name: "thing", seed: Buffer.from("seed"), old, defaultTags: {} });
    if (failures.length > 0) {
        throw new Error(failures.map(({ reason }) => reason).join("; "));
    }
    return inputs;
}

export const OPERATION = { name: "thing", timeout: 1, signal: new AbortController().signal };

/** Stands in the place of the SDKs in `configure`. */
export function recordingConnect(services: Services): { connect: (optionsFor: (service: ServiceName) => ClientOptions) => Services; options: ClientOptions[] } {
    const options: ClientOptions[] = [];
    return {
        options,
        connect: (optionsFor) => {
            options.push(optionsFor("s3"));
            return services;
        },
    };
}
