/** `pulumi-resource-aws`: started by the engine, one process for each provider of a run. */
import { providerHandlers } from "../framework/service";
import { serve } from "../host/serve";
import { awsProvider } from "./provider";

// The SDKs warn on standard error about Node versions that this project still supports; the engine would show it in every run.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] = "true";

const definition = awsProvider(process.env);
void serve({ name: definition.name, version: definition.schema.version, handlers: providerHandlers(definition) });
