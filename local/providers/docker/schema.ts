/** Names and types of what this stand-in knows of `@pulumi/docker` 5.2.0; a test compares them with its declarations. */
import { version } from "@pulumi/docker/package.json";
import type { ProviderSchema } from "../framework/schema";

export const IMAGE_TYPE = "docker:index/image:Image";

export const DOCKER_SCHEMA: ProviderSchema = {
    version,
    config: {
        caMaterial: "string",
        certMaterial: "string",
        certPath: "string",
        context: "string",
        disableDockerDaemonCheck: "boolean",
        host: "string",
        keyMaterial: "string",
        registryAuth: "[#ProviderRegistryAuth]",
        sshOpts: "[string]",
    },
    resources: {
        [IMAGE_TYPE]: {
            inputs: {
                build: "#DockerBuild",
                buildOnPreview: "boolean",
                "imageName!": "string",
                registry: "#Registry",
                skipPush: "boolean",
            },
            outputs: ["baseImageName", "context", "dockerfile", "imageName", "platform", "registryServer", "repoDigest"],
        },
    },
    functions: {},
    types: {
        DockerBuild: {
            addHosts: "[string]",
            args: "{string}",
            builderVersion: "string",
            cacheFrom: "#CacheFrom",
            context: "string",
            // Filled in by Check and sent back by the engine where `build` is ignored; no user writes it.
            contextDigest: "string",
            dockerfile: "string",
            network: "string",
            platform: "string",
            target: "string",
        },
        CacheFrom: { images: "[string]" },
        Registry: { password: "string", server: "string", username: "string" },
        ProviderRegistryAuth: {
            "address!": "string",
            authDisabled: "boolean",
            configFile: "string",
            configFileContent: "string",
            password: "string",
            username: "string",
        },
    },
};
