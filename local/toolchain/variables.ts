import * as path from "node:path";

import { backendAddress } from "./bucket";
import { region } from "./ministack";
import { type CheckoutPaths } from "./paths";
import { type RunningNote } from "./running";
import { type LocalState } from "./state";

/** Not a secret: it guards the state of an emulator on this machine, and everybody's salt in Pulumi.local.yaml fits it. */
export const passphrase = "local";

/** What a shell needs so that plain `pulumi`, `aws` and `docker` work against this checkout's emulator; sorted by name. */
export function exportedVariables(paths: CheckoutPaths, state: LocalState, note: Pick<RunningNote, "engine" | "providers">, searchPath = process.env["PATH"] ?? ""): Record<string, string> {
    const others = searchPath.split(path.delimiter).filter((folder) => folder !== paths.bin);
    return {
        AWS_ACCESS_KEY_ID: state.accessKeyId,
        AWS_DEFAULT_REGION: region,
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_ENDPOINT_URL: `http://127.0.0.1:${state.ports.endpoint}`,
        AWS_REGION: region,
        // The SDK's notice about Node 20, which would stand in the output of every provider.
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
        AWS_SECRET_ACCESS_KEY: state.secretAccessKey,
        CONTAINER_LAMBDAS_REGISTRY: `127.0.0.1:${state.ports.registry}`,
        DOCKER_HOST: note.engine.dockerHost,
        PATH: [paths.bin, ...others].join(path.delimiter),
        PULUMI_BACKEND_URL: backendAddress(state),
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        // Saves the engine two to three seconds of looking for plugins to download; official ones it may have to download.
        ...(note.providers === "standin" ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
        PULUMI_HOME: paths.pulumiHome,
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
}
