/** The functions of the SDK (`aws.getRegion`, `aws.ecr.getImage`, …). */
import type { ECR, ImageDetail, ImageIdentifier } from "@aws-sdk/client-ecr";
import type { InvokeType } from "../framework/resource";
import { type Plain, plainProperties, type Properties } from "../framework/values";
import type { AwsContext, Services } from "./clients";

const DOCUMENTATION = "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources";

export const invokes: readonly InvokeType<Services>[] = [
    {
        token: "aws:index/getCallerIdentity:getCallerIdentity",
        source: `${DOCUMENTATION}/caller_identity`,
        async invoke(_inputs, { services }) {
            const { Account, Arn, UserId } = await (await services.sts()).getCallerIdentity({});
            return plainProperties({ accountId: Account, arn: Arn, id: Account, userId: UserId });
        },
    },
    {
        token: "aws:index/getRegion:getRegion",
        source: `${DOCUMENTATION}/region`,
        invoke(inputs, { region }) {
            const name = text(inputs["name"]) ?? text(inputs["region"]) ?? region;
            return Promise.resolve({ description: name, endpoint: `ec2.${name}.amazonaws.com`, id: name, name, region: name });
        },
    },
    {
        token: "aws:index/getPartition:getPartition",
        source: `${DOCUMENTATION}/partition`,
        invoke: () => Promise.resolve({ dnsSuffix: "amazonaws.com", id: "aws", partition: "aws", reverseDnsPrefix: "com.amazonaws" }),
    },
    { token: "aws:ecr/getImage:getImage", source: `${DOCUMENTATION}/ecr_image`, invoke: getImage },
    {
        token: "aws:ecr/getImages:getImages",
        source: `${DOCUMENTATION}/ecr_images`,
        async invoke(inputs, { services, region }) {
            const ecr = await services.ecr();
            const repositoryName = String(inputs["repositoryName"]);
            const ids = await pages<ImageIdentifier>((nextToken) =>
                ecr.listImages({ repositoryName, registryId: text(inputs["registryId"]), nextToken }).then((page) => [page.imageIds, page.nextToken]),
            );
            const imageIds = ids
                .map(({ imageDigest, imageTag }) => ({ imageDigest: imageDigest ?? "", imageTag: imageTag ?? "" }))
                .sort((a, b) => compare(`${a.imageDigest} ${a.imageTag}`, `${b.imageDigest} ${b.imageTag}`));
            return plainProperties({ imageIds, region, registryId: inputs["registryId"], repositoryName });
        },
    },
    {
        token: "aws:ecr/getRepository:getRepository",
        source: `${DOCUMENTATION}/ecr_repository`,
        async invoke(inputs, { services, region }) {
            const ecr = await services.ecr();
            const name = String(inputs["name"]);
            const { repositories } = await ecr.describeRepositories({ repositoryNames: [name], registryId: text(inputs["registryId"]) });
            const [found] = repositories ?? [];
            const images = await describe(ecr, name, text(inputs["registryId"]));
            return plainProperties({
                arn: found?.repositoryArn,
                encryptionConfigurations: [
                    { encryptionType: found?.encryptionConfiguration?.encryptionType ?? "AES256", kmsKey: found?.encryptionConfiguration?.kmsKey ?? "" },
                ],
                id: name,
                imageScanningConfigurations: [{ scanOnPush: found?.imageScanningConfiguration?.scanOnPush ?? false }],
                imageTagMutability: found?.imageTagMutability,
                imageTagMutabilityExclusionFilters: [],
                mostRecentImageTags: [...(newest(images)?.imageTags ?? [])].sort(),
                name,
                region,
                registryId: found?.registryId,
                repositoryUrl: found?.repositoryUri,
                tags: inputs["tags"] ?? {},
            });
        },
    },
    {
        token: "aws:ecr/getRepositories:getRepositories",
        source: `${DOCUMENTATION}/ecr_repositories`,
        async invoke(_inputs, { services, region }) {
            const ecr = await services.ecr();
            const found = await pages((nextToken) => ecr.describeRepositories({ nextToken }).then((page) => [page.repositories, page.nextToken]));
            return { id: region, names: found.flatMap(({ repositoryName }) => repositoryName ?? []).sort(compare), region };
        },
    },
    {
        token: "aws:ecr/getAuthorizationToken:getAuthorizationToken",
        source: `${DOCUMENTATION}/ecr_authorization_token`,
        secrets: ["authorizationToken", "password"],
        invoke: async (inputs, context) => {
            const registryId = text(inputs["registryId"]);
            return plainProperties({ ...(await authorization(context)), id: context.region, region: context.region, registryId });
        },
    },
    {
        token: "aws:ecr/getCredentials:getCredentials",
        source: "https://www.pulumi.com/registry/packages/aws/api-docs/ecr/getcredentials/",
        secrets: ["authorizationToken", "password"],
        invoke: async (inputs, context) => plainProperties({ ...(await authorization(context)), id: context.region, registryId: inputs["registryId"] }),
    },
];

async function authorization({ services }: AwsContext): Promise<Properties> {
    const { authorizationData } = await (await services.ecr()).getAuthorizationToken({});
    const [data] = authorizationData ?? [];
    const token = data?.authorizationToken ?? "";
    const [userName = "", ...password] = Buffer.from(token, "base64").toString("utf8").split(":");
    return plainProperties({
        authorizationToken: token,
        expiresAt: data?.expiresAt?.toISOString() ?? "",
        password: password.join(":"),
        proxyEndpoint: data?.proxyEndpoint,
        userName,
    });
}

/** By tag, by digest, or the newest. Fails with the API's own error when there is none. */
async function getImage(inputs: Properties, { services, region }: AwsContext): Promise<Properties> {
    const ecr = await services.ecr();
    const repositoryName = String(inputs["repositoryName"]);
    const registryId = text(inputs["registryId"]);
    const imageTag = text(inputs["imageTag"]);
    const imageDigest = text(inputs["imageDigest"]);
    if (inputs["mostRecent"] !== true && imageTag === undefined && imageDigest === undefined) {
        throw new Error('none of "imageTag", "imageDigest" and "mostRecent" was given: give one');
    }
    const ids = imageTag === undefined && imageDigest === undefined ? undefined : [{ imageTag, imageDigest }];
    const found = newest(await describe(ecr, repositoryName, registryId, ids));
    if (found === undefined) {
        throw new Error(`ImageNotFoundException: repository "${repositoryName}" has no image: push one first`);
    }
    const { repositories } = await ecr.describeRepositories({ repositoryNames: [repositoryName], registryId });
    return plainProperties({
        id: found.imageDigest,
        imageDigest: found.imageDigest,
        imagePushedAt: Math.floor((found.imagePushedAt?.getTime() ?? 0) / 1000),
        imageSizeInBytes: found.imageSizeInBytes ?? 0,
        imageTag,
        imageTags: [...(found.imageTags ?? [])].sort(compare),
        imageUri: `${repositories?.[0]?.repositoryUri ?? repositoryName}@${found.imageDigest ?? ""}`,
        mostRecent: inputs["mostRecent"],
        region,
        registryId: found.registryId,
        repositoryName,
    });
}

function describe(ecr: ECR, repositoryName: string, registryId?: string, imageIds?: ImageIdentifier[]): Promise<ImageDetail[]> {
    return pages((nextToken) =>
        ecr.describeImages({ repositoryName, registryId, imageIds, nextToken }).then((page) => [page.imageDetails, page.nextToken]),
    );
}

async function pages<T>(page: (token: string | undefined) => Promise<[T[] | undefined, string | undefined]>): Promise<T[]> {
    const all: T[] = [];
    let token: string | undefined;
    do {
        const [items, next] = await page(token);
        all.push(...(items ?? []));
        token = next;
    } while (token !== undefined && token !== "");
    return all;
}

function newest(images: readonly ImageDetail[]): ImageDetail | undefined {
    return [...images].sort((a, b) => (b.imagePushedAt?.getTime() ?? 0) - (a.imagePushedAt?.getTime() ?? 0))[0];
}

function text(value: Plain | undefined): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
