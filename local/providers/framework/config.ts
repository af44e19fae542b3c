import { checkObject, type Failure } from "./check";
import { type ProviderSchema, properties } from "./schema";
import type { Plain, Properties } from "./values";

/** Members that the engine adds to a provider's configuration. */
const ENGINE_KEYS: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "pluginChecksums", "parameterization", "__internal"]);

export interface ParsedConfig {
    readonly config: Properties;
    readonly failures: readonly Failure[];
}

/** Provider configuration arrives with nested values as JSON texts. Unknown keys are refused by name. */
export function parseConfig(provider: { readonly name: string; readonly schema: ProviderSchema }, given: Properties): ParsedConfig {
    const known = properties(provider.schema.config);
    const failures: Failure[] = [];
    const parsed: Record<string, Plain> = {};
    for (const [name, value] of Object.entries(given)) {
        if (ENGINE_KEYS.has(name)) {
            continue;
        }
        const type = known.get(name)?.type;
        parsed[name] = typeof value === "string" && type !== undefined && type !== "string" ? parse(provider.name, name, value, failures) : value;
    }
    const config = checkObject(provider.schema, provider.schema.config, parsed, "", failures);
    return {
        config,
        failures: failures.map(({ property, reason }) => ({ property, reason: `configuration ${provider.name}:${property}: ${reason}` })),
    };
}

function parse(provider: string, name: string, value: string, failures: Failure[]): Plain {
    try {
        return JSON.parse(value) as Plain;
    } catch {
        failures.push({ property: name, reason: `the value is not JSON: set it with "pulumi config set --path ${provider}:${name}…"` });
        return value;
    }
}
