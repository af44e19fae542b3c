import { createHash } from "node:crypto";
import { parseJson, type Answer, type JsonObject } from "../call";
import { errorCode, type Emulator } from "../emulator";
import { filterByTags, findImage, imageDetail, imageIds, listImages, page, type ImageIdentifier, type ImageRecord } from "./images";
import type { PushLog } from "./pushes";
import type { RegistryClient } from "./registry";
import type { RegistryTokens } from "./tokens";

/** Prefix of the `X-Amz-Target` of every ECR call. */
export const ECR_TARGET = "AmazonEC2ContainerRegistry_V20150921";

/** Status and JSON body that the caller gets instead of MiniStack's. */
export interface EcrAnswer {
    readonly status: number;
    readonly body: JsonObject;
}

export interface EcrContext {
    readonly registry: RegistryClient;
    readonly pushes: PushLog;
    readonly emulator: Emulator;
    readonly tokens: RegistryTokens;
    readonly account: string;
    readonly region: string;
    /** `HOST:PORT` that repository addresses begin with. */
    readonly address: string;
}

/**
 * Joins MiniStack's ECR with the registry: repositories, policies and rights are MiniStack's, images are the registry's.
 *
 * Every call goes to MiniStack first, as it came, so that MiniStack judges the caller's rights; only a call that it allows is completed.
 */
export class Ecr {
    constructor(private readonly context: EcrContext) {}

    /** What must be done before MiniStack sees the call; the result undoes it afterwards. */
    async prepare(action: string, request: JsonObject): Promise<() => Promise<void>> {
        const repository = String(request.repositoryName ?? "");
        if (action !== "DeleteRepository" || request.force === true || (await this.images(repository)).length === 0) {
            return async () => undefined;
        }
        // MiniStack knows of no image and would delete the repository. It is told of one for the length of this call, so that it itself
        // answers whether the caller may delete and that the repository is not empty.
        const manifest = JSON.stringify({ mark: "images are in the registry" });
        await this.call("PutImage", { repositoryName: repository, imageManifest: manifest, imageTag: MARK });
        return async () => {
            await this.call("BatchDeleteImage", { repositoryName: repository, imageIds: [{ imageTag: MARK }] });
        };
    }

    /**
     * Completes what MiniStack answered; `undefined` leaves its answer as it is.
     *
     * @param accessKeyId The caller's, whose signature MiniStack has checked.
     */
    async complete(action: string, request: JsonObject, answer: Answer, accessKeyId: string): Promise<EcrAnswer | undefined> {
        const code = errorCode(answer);
        const repository = String(request.repositoryName ?? "");
        if (code !== undefined) {
            const message = errorMessage(code, repository || named(request), this.context.account);
            return message === undefined ? undefined : { status: answer.status, body: { __type: code, message } };
        }
        const body = parseJson(answer.body);
        switch (action) {
            case "CreateRepository":
            case "DescribeRepositories":
                return { status: 200, body: this.addressed(body) };
            case "DeleteRepository":
                await this.empty(repository);
                return { status: 200, body: this.addressed(body) };
            case "GetAuthorizationToken":
                return { status: 200, body: this.login(body, accessKeyId) };
            case "GetDownloadUrlForLayer":
                return this.downloadUrl(repository, String(request.layerDigest));
            case "BatchCheckLayerAvailability":
                return this.layers(repository, request);
            case "InitiateLayerUpload":
            case "UploadLayerPart":
            case "CompleteLayerUpload":
                return refusal("UnsupportedOperationException", `${action} was given; layers come by \`docker push\` only here. Push to ${this.context.address}/${repository}.`);
            case "ListImages":
                return this.list(repository, request);
            case "DescribeImages":
                return this.describe(repository, request);
            case "BatchGetImage":
                return this.get(repository, request);
            case "BatchDeleteImage":
                return this.delete(repository, request);
            case "PutImage":
                return this.put(repository, request);
            default:
                return undefined;
        }
    }

    private images(repository: string): Promise<ImageRecord[]> {
        return repository === "" ? Promise.resolve([]) : listImages(this.context.registry, this.context.pushes, repository);
    }

    private call(action: string, payload: JsonObject): Promise<Answer> {
        return this.context.emulator.json("ecr", `${ECR_TARGET}.${action}`, payload);
    }

    /** Repository and login addresses become the registry's. */
    private addressed(body: JsonObject): JsonObject {
        const { account, region, address } = this.context;
        const amazon = `${account}.dkr.ecr.${region}.amazonaws.com`;
        return JSON.parse(JSON.stringify(body).replaceAll(`https://${amazon}`, `http://${address}`).replaceAll(`"${amazon}/`, `"${address}/`)) as JsonObject;
    }

    private login(body: JsonObject, accessKeyId: string): JsonObject {
        const authorizationToken = Buffer.from(`AWS:${this.context.tokens.issue(accessKeyId)}`).toString("base64");
        const given = (this.addressed(body).authorizationData ?? []) as readonly JsonObject[];
        return { ...body, authorizationData: given.map((entry) => ({ ...entry, authorizationToken })) };
    }

    private async list(repository: string, request: JsonObject): Promise<EcrAnswer> {
        const images = filterByTags(await this.images(repository), (request.filter as JsonObject | undefined)?.tagStatus);
        const { items, nextToken } = page(imageIds(images), request.maxResults, request.nextToken);
        return { status: 200, body: { imageIds: items, ...(nextToken === undefined ? {} : { nextToken }) } };
    }

    private async describe(repository: string, request: JsonObject): Promise<EcrAnswer> {
        const images = await this.images(repository);
        const ids = identifiers(request);
        if (ids.length > 0) {
            const missing = ids.find((id) => findImage(images, id) === undefined);
            if (missing !== undefined) {
                const id = `{imageDigest:'${missing.imageDigest ?? "null"}', imageTag:'${missing.imageTag ?? "null"}'}`;
                return refusal(
                    "ImageNotFoundException",
                    `The image with imageId ${id} does not exist within the repository with name '${repository}' in the registry with id '${this.context.account}'`,
                );
            }
            const found = new Set(ids.map((id) => findImage(images, id)));
            return { status: 200, body: { imageDetails: images.filter((image) => found.has(image)).map((image) => this.detail(image, repository)) } };
        }
        const { items, nextToken } = page(filterByTags(images, (request.filter as JsonObject | undefined)?.tagStatus), request.maxResults, request.nextToken);
        return { status: 200, body: { imageDetails: items.map((image) => this.detail(image, repository)), ...(nextToken === undefined ? {} : { nextToken }) } };
    }

    private detail(image: ImageRecord, repository: string): JsonObject {
        return imageDetail(image, repository, this.context.account);
    }

    private async get(repository: string, request: JsonObject): Promise<EcrAnswer> {
        const records = await this.images(repository);
        const images: JsonObject[] = [];
        const failures: JsonObject[] = [];
        for (const id of identifiers(request)) {
            const image = findImage(records, id);
            if (image === undefined) {
                failures.push(failure(records, id));
            } else {
                images.push({
                    registryId: this.context.account,
                    repositoryName: repository,
                    imageId: { imageDigest: image.manifest.digest, ...(id.imageTag === undefined ? {} : { imageTag: id.imageTag }) },
                    imageManifest: image.manifest.text,
                    imageManifestMediaType: image.manifest.mediaType,
                });
            }
        }
        return { status: 200, body: { images, failures } };
    }

    /** By digest the image goes with all its tags; by tag only the tag goes, and with the last tag the image. */
    private async delete(repository: string, request: JsonObject): Promise<EcrAnswer> {
        const deleted: ImageIdentifier[] = [];
        const failures: JsonObject[] = [];
        for (const id of identifiers(request)) {
            const records = await this.images(repository);
            const image = findImage(records, id);
            if (image === undefined) {
                failures.push(failure(records, id));
                continue;
            }
            const gone = id.imageDigest === undefined ? image.tags.filter((tag) => tag === id.imageTag) : image.tags;
            const kept = image.tags.filter((tag) => !gone.includes(tag));
            await this.context.registry.delete(repository, image.manifest.digest);
            // The registry cannot remove a single tag: the others are put back onto the same manifest, whose layers it still has.
            for (const tag of kept) {
                await this.context.registry.put(repository, tag, image.manifest);
            }
            if (kept.length === 0) {
                this.context.pushes.forget(repository, image.manifest.digest);
            }
            deleted.push(...imageIds([{ ...image, tags: gone }]));
        }
        return { status: 200, body: { imageIds: deleted, failures } };
    }

    private async put(repository: string, request: JsonObject): Promise<EcrAnswer> {
        const tag = typeof request.imageTag === "string" ? request.imageTag : undefined;
        const text = String(request.imageManifest ?? "");
        const mediaType = String(request.imageManifestMediaType ?? parseJson(Buffer.from(text)).mediaType ?? "application/vnd.docker.distribution.manifest.v2+json");
        // MiniStack has kept the manifest as an image of its own, which would stand in the way of deleting the repository.
        const own = identifiers(parseJson((await this.call("ListImages", { repositoryName: repository })).body));
        await this.call("BatchDeleteImage", { repositoryName: repository, imageIds: own });
        if (tag !== undefined && (await this.context.registry.hasTag(repository, tag)) && (await this.isImmutable(repository))) {
            return refusal("ImageTagAlreadyExistsException", immutableTag(repository, tag));
        }
        const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
        const answer = await this.context.registry.put(repository, tag ?? digest, { mediaType, text });
        if (answer.status !== 201) {
            return refusal("LayersNotFoundException", `The registry refused the manifest: ${answer.body.toString("utf8").trim()}. Push its layers first.`);
        }
        this.context.pushes.record(repository, digest, Math.floor(Date.now() / 1000));
        const imageId = { imageDigest: digest, ...(tag === undefined ? {} : { imageTag: tag }) };
        return { status: 200, body: { image: { registryId: this.context.account, repositoryName: repository, imageId, imageManifest: text, imageManifestMediaType: mediaType } } };
    }

    private async isImmutable(repository: string): Promise<boolean> {
        return isImmutable(await this.call("DescribeRepositories", { repositoryNames: [repository] }));
    }

    private async downloadUrl(repository: string, layerDigest: string): Promise<EcrAnswer> {
        if ((await this.context.registry.hasBlob(repository, layerDigest)) === undefined) {
            return refusal("LayersNotFoundException", `The layer with digest '${layerDigest}' does not exist within the repository with name '${repository}' in the registry with id '${this.context.account}'`);
        }
        return { status: 200, body: { downloadUrl: `http://${this.context.address}/v2/${repository}/blobs/${layerDigest}`, layerDigest } };
    }

    private async layers(repository: string, request: JsonObject): Promise<EcrAnswer> {
        const digests = Array.isArray(request.layerDigests) ? request.layerDigests.map(String) : [];
        const layers = await Promise.all(
            digests.map(async (layerDigest) => {
                const layerSize = await this.context.registry.hasBlob(repository, layerDigest);
                return { layerDigest, layerAvailability: layerSize === undefined ? "UNAVAILABLE" : "AVAILABLE", ...(layerSize === undefined ? {} : { layerSize }) };
            }),
        );
        return { status: 200, body: { layers, failures: [] } };
    }

    private async empty(repository: string): Promise<void> {
        for (const image of await this.images(repository)) {
            await this.context.registry.delete(repository, image.manifest.digest);
            this.context.pushes.forget(repository, image.manifest.digest);
        }
    }
}

const MARK = "container-lambdas-not-empty";

/** Whether the first repository of a `DescribeRepositories` answer keeps its tags. Exclusion filters are not known to MiniStack. */
export function isImmutable(answer: Answer): boolean {
    const [repository] = (parseJson(answer.body).repositories ?? []) as readonly { readonly imageTagMutability?: string }[];
    return repository?.imageTagMutability?.startsWith("IMMUTABLE") ?? false;
}

/** ECR's words for a push onto an existing tag of an immutable repository. */
export function immutableTag(repository: string, tag: string): string {
    return `The image tag '${tag}' already exists in the '${repository}' repository and cannot be overwritten because the tag is immutable.`;
}

/** ECR's words for a repository that is not there. */
export function unknownRepository(repository: string, account: string): string {
    return `The repository with name '${repository}' does not exist in the registry with id '${account}'`;
}

function identifiers(request: JsonObject): ImageIdentifier[] {
    return Array.isArray(request.imageIds) ? (request.imageIds as ImageIdentifier[]) : [];
}

/** The repository an error of `DescribeRepositories` is about: MiniStack stops at the first that it does not know. */
function named(request: JsonObject): string {
    const names = Array.isArray(request.repositoryNames) ? request.repositoryNames : [];
    return names.length === 1 ? String(names[0]) : "";
}

function failure(images: readonly ImageRecord[], imageId: ImageIdentifier): JsonObject {
    const disagree = imageId.imageDigest !== undefined && imageId.imageTag !== undefined && findImage(images, { imageTag: imageId.imageTag }) !== undefined;
    return disagree
        ? { imageId, failureCode: "ImageTagDoesNotMatchDigest", failureReason: "Image tag does not match image digest" }
        : { imageId, failureCode: "ImageNotFound", failureReason: "Requested image not found" };
}

function refusal(code: string, message: string): EcrAnswer {
    return { status: 400, body: { __type: code, message } };
}

/** ECR's wording of an error whose MiniStack wording leaves the registry out. */
function errorMessage(code: string, repository: string, account: string): string | undefined {
    const place = `the repository with name '${repository}' in the registry with id '${account}'`;
    const words: Readonly<Record<string, string>> = {
        RepositoryNotFoundException: unknownRepository(repository, account),
        RepositoryAlreadyExistsException: `The repository with name '${repository}' already exists in the registry with id '${account}'`,
        RepositoryNotEmptyException: `The repository with name '${repository}' in registry with id '${account}' cannot be deleted because it still contains images`,
        RepositoryPolicyNotFoundException: `Repository policy does not exist for ${place}`,
        LifecyclePolicyNotFoundException: `Lifecycle policy does not exist for ${place}`,
    };
    return repository === "" ? undefined : words[code];
}
