/** `docker.Image` of `@pulumi/docker`, as Pulumi's provider protocol asks for it. */
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { decode, type Decoded, encode, hasUnknown, isObject, isUnknown, type Path, type Plain, type Properties, UNKNOWN } from "../framework/values";
import { UserError } from "../host/errors";
import type { Operation, ProviderHandlers } from "../host/handlers";
import { configured } from "../host/serve";
import { connect, type DockerConfig, readConfig } from "./config";
import { type Credentials, storedCredentials } from "./credentials";
import type { DockerEngine } from "./engine";
import { buildImage, type ImageJob, pushImage } from "./image";
import { checkImage, diffImage, imageInputs, type ImageInputs } from "./inputs";
import { authServer, registryHost } from "./reference";
import { DOCKER_SCHEMA, IMAGE_TYPE } from "./schema";

/** `pollInterval`: milliseconds between two looks for a finished image, as many as with the real provider. */
export function dockerHandlers(environment: NodeJS.ProcessEnv = process.env, pollInterval = 1_000): ProviderHandlers {
    const provider = new DockerProvider(environment, pollInterval);
    return {
        getSchema: () => new rpc.GetSchemaResponse().setSchema(JSON.stringify({ name: "docker", version: DOCKER_SCHEMA.version })),
        checkConfig: (request) => provider.checkConfig(request),
        configure: (request) => provider.configure(request),
        check: (request) => provider.check(request),
        diff: (request) => provider.diff(request),
        create: (request, operation) => provider.create(request, operation),
        update: (request, operation) => provider.update(request, operation),
        read: (request) => provider.read(request),
        delete: (request) => provider.delete(request),
        invoke: (request) => {
            throw unsupported("function", request.getTok());
        },
    };
}

class DockerProvider {
    private session: { readonly config: DockerConfig; readonly engine: DockerEngine } | undefined;

    constructor(
        private readonly environment: NodeJS.ProcessEnv,
        private readonly pollInterval: number,
    ) {}

    checkConfig(request: rpc.CheckRequest): rpc.CheckResponse {
        const given = decode(request.getNews()).values;
        const failures = hasUnknown(given) ? [] : readConfig(given, this.environment).failures;
        return new rpc.CheckResponse().setInputs(request.getNews()).setFailuresList(failures.map(failure));
    }

    /** Fails without a Docker engine, whatever the run would do: so does the real provider. */
    async configure(request: rpc.ConfigureRequest): Promise<rpc.ConfigureResponse> {
        const { config, failures } = readConfig(decode(request.getArgs()).values, this.environment);
        if (failures.length > 0) {
            throw new UserError(failures.map(({ reason }) => reason).join("\n"));
        }
        this.session = { config, engine: await connect(config) };
        return configured();
    }

    async check(request: rpc.CheckRequest): Promise<rpc.CheckResponse> {
        onlyImages(request.getUrn());
        const news = decode(request.getNews());
        const { inputs, failures } = await checkImage(news.values);
        return new rpc.CheckResponse().setInputs(encode(inputs, news.secrets)).setFailuresList(failures.map(failure));
    }

    diff(request: rpc.DiffRequest): rpc.DiffResponse {
        onlyImages(request.getUrn());
        const differences = diffImage(decode(request.getOldInputs()).values, decode(request.getNews()).values);
        const response = new rpc.DiffResponse().setHasdetaileddiff(true);
        const kinds = { add: rpc.PropertyDiff.Kind.ADD, delete: rpc.PropertyDiff.Kind.DELETE, update: rpc.PropertyDiff.Kind.UPDATE };
        for (const [property, kind] of differences) {
            response.getDetaileddiffMap().set(property, new rpc.PropertyDiff().setKind(kinds[kind]).setInputdiff(true));
        }
        response.setDiffsList([...new Set([...differences.keys()].map((property) => property.split(".")[0] ?? property))]);
        const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
        return response.setChanges(differences.size === 0 ? DIFF_NONE : DIFF_SOME);
    }

    async create(request: rpc.CreateRequest, operation: Operation): Promise<rpc.CreateResponse> {
        onlyImages(request.getUrn());
        const inputs = decode(request.getProperties());
        const outputs = await this.apply(inputs, request.getUrn(), request.getPreview(), operation);
        const name = inputs.values["imageName"];
        // The real provider's id is the image's name, too.
        const id = request.getPreview() || typeof name !== "string" ? "" : name;
        return new rpc.CreateResponse().setId(id).setProperties(outputs);
    }

    async update(request: rpc.UpdateRequest, operation: Operation): Promise<rpc.UpdateResponse> {
        onlyImages(request.getUrn());
        const outputs = await this.apply(decode(request.getNews()), request.getUrn(), request.getPreview(), operation);
        return new rpc.UpdateResponse().setProperties(outputs);
    }

    /** What it was given: a missing image is not noticed, as with the real provider. */
    read(request: rpc.ReadRequest): rpc.ReadResponse {
        onlyImages(request.getUrn());
        return new rpc.ReadResponse().setId(request.getId()).setProperties(request.getProperties()).setInputs(request.getInputs());
    }

    /** Neither the local image nor the one in the registry is touched, as with the real provider. */
    delete(request: rpc.DeleteRequest): Empty {
        onlyImages(request.getUrn());
        return new Empty();
    }

    private async apply(inputs: Decoded, urn: string, preview: boolean, operation: Operation): Promise<ReturnType<typeof encode>> {
        let digest: Plain = UNKNOWN;
        if (!preview || (inputs.values["buildOnPreview"] === true && !hasUnknown(inputs.values))) {
            const job = await this.job(imageInputs(inputs.values), urn, operation);
            const id = await buildImage(job);
            digest = job.image.skipPush ? id : preview ? UNKNOWN : await pushImage(job);
        }
        return encode(outputsOf(inputs.values, digest), secretOutputs(inputs.secrets));
    }

    private async job(image: ImageInputs, urn: string, operation: Operation): Promise<ImageJob> {
        if (this.session === undefined) {
            throw new UserError(`image "${image.imageName}": the provider was used before it was configured: this is a fault of the engine or of its plugin set-up`);
        }
        const { engine, config } = this.session;
        return { engine, image, urn, operation, pollInterval: this.pollInterval, credentials: await this.credentials(image, config, urn, operation) };
    }

    /** Only for images that are pushed or use a cache in a registry: so does the real provider. */
    private async credentials(image: ImageInputs, config: DockerConfig, urn: string, operation: Operation): Promise<Credentials | undefined> {
        if (image.skipPush && image.build.cacheFrom.length === 0) {
            return undefined;
        }
        const { server: given, username = "", password = "" } = image.registry;
        const server = authServer(given ?? registryHost(image.imageName) ?? "");
        if (username !== "" && password !== "") {
            return { server, username, password };
        }
        if (username !== "" || password !== "") {
            const [missing, present] = username === "" ? ["username", "password"] : ["password", "username"];
            operation.log.warning(`registry.${missing} was not set, although registry.${present} was: using the credentials that Docker has stored`, urn);
        }
        return config.registries.get(server) ?? (await storedCredentials(server, this.environment));
    }
}

function outputsOf(inputs: Properties, digest: Plain): Properties {
    const build = inputs["build"];
    const known = isObject(build) ? build : {};
    const whenUnknown = isUnknown(build) ? UNKNOWN : undefined;
    const name = inputs["imageName"] ?? UNKNOWN;
    const registry = inputs["registry"];
    return {
        baseImageName: name,
        context: known["context"] ?? whenUnknown ?? ".",
        dockerfile: known["dockerfile"] ?? whenUnknown ?? "Dockerfile",
        imageName: name,
        platform: known["platform"] ?? whenUnknown ?? null,
        registryServer: isUnknown(registry) ? UNKNOWN : ((isObject(registry) ? registry["server"] : undefined) ?? ""),
        repoDigest: digest,
    };
}

/** A secret name stays secret wherever it appears. Credentials and build arguments appear in no output. */
function secretOutputs(secrets: readonly Path[]): Path[] {
    const appears: Readonly<Record<string, readonly string[]>> = {
        imageName: ["baseImageName", "imageName", "repoDigest"],
        build: ["context", "dockerfile", "platform"],
        "build.context": ["context"],
        "build.dockerfile": ["dockerfile"],
        "build.platform": ["platform"],
        registry: ["registryServer"],
        "registry.server": ["registryServer"],
    };
    return secrets.flatMap((secret) => (appears[secret.join(".")] ?? []).map((output) => [output]));
}

function onlyImages(urn: string): void {
    const type = urn.split("::")[2]?.split("$").pop() ?? "";
    if (type !== IMAGE_TYPE) {
        throw unsupported("resource type", type);
    }
}

function unsupported(kind: string, token: string): UserError {
    return new UserError(`${kind} "${token}" is not known to this stand-in for the docker provider: it knows ${IMAGE_TYPE}. Use that, or the official provider.`);
}

function failure({ property, reason }: { readonly property: string; readonly reason: string }): rpc.CheckFailure {
    return new rpc.CheckFailure().setProperty(property).setReason(reason);
}
