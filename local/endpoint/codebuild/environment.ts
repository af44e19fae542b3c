import * as path from "node:path";
import type { EnvironmentVariable } from "./schema";
import type { Session } from "../own/rights";
import type { Build } from "./types";

/** What the emulated build image offers besides the variables of the build. */
export interface BuildImage {
    /** What `npm run local:env` exports. */
    readonly exported: Readonly<Record<string, string>>;
    /** The endpoint's own environment; of it only what names certificates, proxies and package registries gets into a build. */
    readonly machine: NodeJS.ProcessEnv;
    /** The user's home folder, for npm's settings and cache. */
    readonly home: string;
    /** The user's cache folder; the toolchain in it is shared with builds. */
    readonly cacheHome: string;
    /** The folder of the running Node. */
    readonly node: string;
    readonly url: string;
    readonly region: string;
}

export interface BuildPlace {
    readonly home: string;
    readonly source: string;
    readonly pulumiHome: string;
    readonly temporary: string;
}

/** An address of this machine that refuses connections. */
const NO_DOCKER = "tcp://127.0.0.1:1";

const FROM_MACHINE =
    /^(LANG|LC_ALL|TZ|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|PIP_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|GIT_SSL_CAINFO|npm_config_registry|(HTTPS?|NO|ALL)_PROXY|(https?|no|all)_proxy|GOPROXY|GOFLAGS|PYENV_ROOT)$/i;

const FROM_EXPORTED = /^(AWS_(DEFAULT_REGION|EC2_METADATA_DISABLED|SDK_JS_.*)|CONTAINER_LAMBDAS_REGISTRY|PULUMI_.*)$/;

/**
 * The whole environment of a build. Later ones win: image, buildspec, project, start of the build, CodeBuild itself.
 *
 * @param variables Variables of the buildspec.
 */
export function buildEnvironment(image: BuildImage, place: BuildPlace, build: Build, session: Session, variables: Readonly<Record<string, string>>): Record<string, string> {
    const { exported, machine } = image;
    const search = (machine.PATH ?? "/usr/local/bin:/usr/bin:/bin").split(path.delimiter);
    const bin = (exported.PATH ?? "").split(path.delimiter)[0] ?? "";
    const wanted = (from: NodeJS.ProcessEnv, pattern: RegExp): Record<string, string> => Object.fromEntries(Object.entries(from).flatMap(([name, value]) => (pattern.test(name) && value !== undefined ? [[name, value]] : [])));
    const mayDocker = build.environment.privilegedMode === true || build.environment.dockerServer !== undefined;
    return {
        ...wanted(machine, FROM_MACHINE),
        ...wanted(exported, FROM_EXPORTED),
        AWS_ENDPOINT_URL: image.url,
        DOCKER_HOST: mayDocker ? (exported.DOCKER_HOST ?? NO_DOCKER) : NO_DOCKER,
        NPM_CONFIG_CACHE: path.join(image.home, ".npm"),
        NPM_CONFIG_USERCONFIG: path.join(image.home, ".npmrc"),
        PULUMI_HOME: place.pulumiHome,
        ...variables,
        ...plain(build.environment.environmentVariables),
        AWS_ACCESS_KEY_ID: session.accessKeyId,
        AWS_SECRET_ACCESS_KEY: session.secretAccessKey,
        AWS_SESSION_TOKEN: session.sessionToken,
        AWS_DEFAULT_REGION: image.region,
        AWS_REGION: image.region,
        CODEBUILD_BUILD_ARN: build.arn,
        CODEBUILD_BUILD_ID: build.id,
        CODEBUILD_BUILD_IMAGE: build.environment.image,
        CODEBUILD_BUILD_NUMBER: String(build.buildNumber),
        CODEBUILD_BUILD_SUCCEEDING: "1",
        CODEBUILD_INITIATOR: build.initiator,
        CODEBUILD_LOG_PATH: build.logs.streamName ?? "",
        CODEBUILD_RESOLVED_SOURCE_VERSION: build.resolvedSourceVersion ?? "",
        CODEBUILD_SOURCE_VERSION: build.sourceVersion ?? "",
        CODEBUILD_SRC_DIR: place.source,
        CODEBUILD_START_TIME: String(Math.round(build.startTime * 1000)),
        HOME: place.home,
        PATH: [...new Set([bin, ...search, image.node])].filter((folder) => folder !== "").join(path.delimiter),
        TMPDIR: place.temporary,
        USER: machine.USER ?? "root",
    };
}

/**
 * @throws Error for a variable that would have to be read from another service.
 */
export function plain(variables: readonly EnvironmentVariable[]): Record<string, string> {
    const other = variables.filter((variable) => variable.type !== "PLAINTEXT");
    if (other.length > 0) {
        const names = other.map((variable) => `${variable.name} (${variable.type})`).join(", ");
        throw new Error(`Variables of a build are PLAINTEXT here; ${names} was given. Let the step read the secret itself, with its role's rights.`);
    }
    return Object.fromEntries(variables.map((variable) => [variable.name, variable.value]));
}

/** Variables of a project with those of a start in their place. */
export function overridden(project: readonly EnvironmentVariable[], start: readonly EnvironmentVariable[]): EnvironmentVariable[] {
    const given = new Set(start.map((variable) => variable.name));
    return [...project.filter((variable) => !given.has(variable.name)), ...start];
}
