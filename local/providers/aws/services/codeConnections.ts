/** Connections to git hosts: the part of the API that is used here. https://docs.aws.amazon.com/codeconnections/latest/APIReference/ */
import { SignedJson, type SignedOptions, type Transport } from "./signedJson";

const TARGET = "com.amazonaws.codeconnections.CodeConnections_20231201";

export interface Tag {
    readonly Key: string;
    readonly Value: string;
}

export interface Connection {
    readonly ConnectionName?: string;
    readonly ConnectionArn?: string;
    readonly ProviderType?: string;
    readonly OwnerAccountId?: string;
    readonly ConnectionStatus?: string;
    readonly HostArn?: string;
}

export class CodeConnections {
    private readonly client: SignedJson;

    constructor(options: SignedOptions, transport?: Transport) {
        this.client = new SignedJson("codeconnections", options, transport);
    }

    createConnection(input: {
        readonly ConnectionName: string;
        readonly ProviderType?: string;
        readonly HostArn?: string;
        readonly Tags?: readonly Tag[];
    }): Promise<{ readonly ConnectionArn?: string }> {
        return this.call("CreateConnection", input);
    }

    getConnection(input: { readonly ConnectionArn: string }): Promise<{ readonly Connection?: Connection }> {
        return this.call("GetConnection", input);
    }

    deleteConnection(input: { readonly ConnectionArn: string }): Promise<unknown> {
        return this.call("DeleteConnection", input);
    }

    listTagsForResource(input: { readonly ResourceArn: string }): Promise<{ readonly Tags?: readonly Tag[] }> {
        return this.call("ListTagsForResource", input);
    }

    tagResource(input: { readonly ResourceArn: string; readonly Tags: readonly Tag[] }): Promise<unknown> {
        return this.call("TagResource", input);
    }

    untagResource(input: { readonly ResourceArn: string; readonly TagKeys: readonly string[] }): Promise<unknown> {
        return this.call("UntagResource", input);
    }

    private call<Output>(operation: string, input: object): Promise<Output> {
        const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `${TARGET}.${operation}` };
        return this.client.send<Output>({ path: "/", headers, body: JSON.stringify(input) });
    }
}
