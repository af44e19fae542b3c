import type { Account } from "../framework/operations";
import type { ProviderSchema } from "../framework/schema";
import type { ProviderDefinition } from "../framework/service";
import { clients, type Services } from "./clients";
import { configure, type Environment } from "./configure";
import { explain } from "./errors";
import { invokes } from "./invokes";
import schema from "./schema.json";
import { resources } from "./table";

/** The stand-in for Pulumi's `aws` provider. `connect` is how tests put something in the place of the SDKs. */
export function awsProvider(environment: Environment, connect: typeof clients = clients): ProviderDefinition<Services> {
    return {
        name: "aws",
        schema: schema as unknown as ProviderSchema,
        resources,
        invokes,
        explain,
        configure: (config): Promise<Account<Services>> => configure(config, environment, connect),
    };
}
