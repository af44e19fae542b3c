import { DescribeImagesCommand, DescribeRepositoriesCommand, ECRClient, GetAuthorizationTokenCommand, type ImageIdentifier } from "@aws-sdk/client-ecr";
import { codeOf } from "../../automation/failure";
import { parseRepositoryUrl, type RegistryPort } from "../registry";

const ABSENT: ReadonlySet<string> = new Set(["ImageNotFoundException", "RepositoryNotFoundException"]);

/** ECR in one region. */
export function registryPort(region: string | undefined): RegistryPort {
    const client = new ECRClient({ region });
    const find = async (repositoryName: string, imageId: ImageIdentifier, registryId?: string): Promise<string | undefined> => {
        try {
            const { imageDetails } = await client.send(new DescribeImagesCommand({ repositoryName, registryId, imageIds: [imageId] }));
            return imageDetails?.[0]?.imageDigest;
        } catch (error) {
            return absentOr(error);
        }
    };
    return {
        digestOf: ({ repositoryName, tag }) => find(repositoryName, { imageTag: tag }),
        has: async (url, digest) => {
            const { repositoryName, registryId } = parseRepositoryUrl(url);
            return (await find(repositoryName, { imageDigest: digest }, registryId)) !== undefined;
        },
        urlOf: async (name) => {
            try {
                return (await client.send(new DescribeRepositoriesCommand({ repositoryNames: [name] }))).repositories?.[0]?.repositoryUri;
            } catch (error) {
                return absentOr(error);
            }
        },
        login: async () => {
            const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
            const { authorizationToken = "", proxyEndpoint = "" } = authorizationData?.[0] ?? {};
            const [username = "", ...password] = Buffer.from(authorizationToken, "base64").toString("utf8").split(":");
            return { server: proxyEndpoint, username, password: password.join(":") };
        },
    };
}

function absentOr(error: unknown): undefined {
    if (ABSENT.has(codeOf(error) ?? "")) {
        return undefined;
    }
    throw error;
}
