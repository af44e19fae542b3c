import { Architecture } from "./model";

/** Other spellings of architectures. */
export const ARCHITECTURE_SPELLINGS: Readonly<Record<string, Architecture>> = {
    x86: "x86_64",
    x64: "x86_64",
    amd64: "x86_64",
    "x86-64": "x86_64",
    aarch64: "arm64",
    arm: "arm64",
    arm64v8: "arm64",
    "arm64/v8": "arm64",
};

/** Keys that functions of zip packages have, with what to do instead; in lower case. */
export const KEYS_OF_ZIP_FUNCTIONS: Readonly<Record<string, string>> = {
    handler: 'name the handler in the Dockerfile, CMD ["module.function"], or several under `handlers`',
    runtime: "choose the base image in the Dockerfile",
    layers: "the common layer is copied by the Dockerfile; `layer: false` does without",
};
