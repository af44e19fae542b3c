import { createHash, randomUUID } from "node:crypto";
import * as path from "node:path";
import { z } from "zod";
import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { Caller, OwnService } from "../own/handler";
import { page } from "../own/paging";
import { Records } from "../own/records";

interface Connection {
    readonly ConnectionName: string;
    readonly ConnectionArn: string;
    readonly ProviderType: string;
    readonly OwnerAccountId: string;
    readonly ConnectionStatus: "AVAILABLE";
    readonly tags: readonly Tag[];
}

const tags = z.array(z.object({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(200);

type Tag = z.infer<typeof tags>[number];

const creation = z.object({
    ConnectionName: z.string().min(1).max(32),
    ProviderType: z.enum(["Bitbucket", "GitHub", "GitHubEnterpriseServer", "GitLab", "GitLabSelfManaged", "AzureDevOps"]),
    Tags: tags.optional(),
});

/**
 * Connections to a Git host. On AWS one is `PENDING` until somebody signs in to the host in the console; there is no host here, the
 * checkout is the repository, so a connection is `AVAILABLE` at once.
 */
export class CodeConnectionsService implements OwnService {
    readonly signingNames = ["codeconnections", "codestar-connections"];
    private readonly connections: Records<Connection>;

    constructor(private readonly options: { readonly root: string; readonly account: string; readonly region: string }) {
        this.connections = new Records(path.join(options.root, ".local", "endpoint", "connections.json"));
    }

    async handle(action: string, input: JsonObject, caller: Caller): Promise<unknown> {
        const ask = (resource: string): Promise<void> => caller.authorise(`${prefixOf(resource)}:${action}`, resource);
        switch (action) {
            case "CreateConnection": {
                const { ConnectionName, ProviderType, Tags = [] } = read(creation, input);
                const { account, region } = this.options;
                const arns = [idOf(ConnectionName), randomUUID()].map((id) => `arn:aws:codeconnections:${region}:${account}:connection/${id}`);
                const arn = arns.find((free) => this.connections.get(free) === undefined) ?? "";
                await caller.authorise("codeconnections:CreateConnection", `arn:aws:codeconnections:${region}:${account}:connection/*`);
                this.connections.put(arn, { ConnectionName, ConnectionArn: arn, ProviderType, OwnerAccountId: account, ConnectionStatus: "AVAILABLE", tags: Tags });
                return { ConnectionArn: arn, Tags };
            }
            case "GetConnection":
                await ask(arnIn(input.ConnectionArn));
                return { Connection: shown(this.existing(arnIn(input.ConnectionArn))) };
            case "DeleteConnection":
                await ask(arnIn(input.ConnectionArn));
                this.connections.delete(this.existing(arnIn(input.ConnectionArn)).ConnectionArn);
                return {};
            case "ListConnections": {
                await caller.authorise("codeconnections:ListConnections", "*");
                const wanted = this.connections.all().filter((entry) => input.ProviderTypeFilter === undefined || entry.ProviderType === input.ProviderTypeFilter);
                const { items, nextToken } = page(wanted, input.NextToken, typeof input.MaxResults === "number" && input.MaxResults > 0 ? input.MaxResults : 50);
                return { Connections: items.map(shown), ...(nextToken.nextToken === undefined ? {} : { NextToken: nextToken.nextToken }) };
            }
            case "ListTagsForResource":
                await ask(arnIn(input.ResourceArn));
                return { Tags: this.existing(arnIn(input.ResourceArn)).tags };
            case "TagResource": {
                await ask(arnIn(input.ResourceArn));
                const given = read(tags, input.Tags);
                return this.retag(arnIn(input.ResourceArn), (before) => [...before.filter((tag) => !given.some(({ Key }) => Key === tag.Key)), ...given]);
            }
            case "UntagResource": {
                await ask(arnIn(input.ResourceArn));
                const keys = read(z.array(z.string()), input.TagKeys);
                return this.retag(arnIn(input.ResourceArn), (before) => before.filter((tag) => !keys.includes(tag.Key)));
            }
            default:
                throw new AwsError("UnknownOperationException", `codeconnections:${action} is not emulated here. The operations that are stand in local/endpoint/README.md.`);
        }
    }

    private retag(arn: string, change: (before: readonly Tag[]) => readonly Tag[]): object {
        const connection = this.existing(arn);
        this.connections.put(connection.ConnectionArn, { ...connection, tags: change(connection.tags) });
        return {};
    }

    /** Both names of the service are in use for the same connection. */
    private existing(arn: string): Connection {
        const connection = this.connections.get(arn.replace(":codestar-connections:", ":codeconnections:"));
        if (connection === undefined) {
            throw new AwsError("ResourceNotFoundException", `Connection not found: ${arn}`);
        }
        return connection;
    }
}

/** Made of the name, so that the committed settings of a stack can hold it; only a second connection of a name gets a random one. */
function idOf(name: string): string {
    const hex = createHash("sha256").update(name).digest("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function prefixOf(arn: string): string {
    return arn.split(":")[2] ?? "codeconnections";
}

function shown({ tags: _tags, ...connection }: Connection): object {
    return connection;
}

function arnIn(value: unknown): string {
    return read(z.string().regex(/^arn:aws:(codeconnections|codestar-connections):[^:]+:\d{12}:connection\/.+/), value);
}

function read<T>(schema: z.ZodType<T>, input: unknown): T {
    const result = schema.safeParse(input);
    if (!result.success) {
        throw new AwsError("InvalidInputException", result.error.issues.map((issue) => `${issue.path.join(".") || "value"}: ${issue.message}`).sort().join("; "));
    }
    return result.data;
}
