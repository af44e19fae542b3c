import type { EncryptionType, ImageTagMutability, Repository } from "@aws-sdk/client-ecr";
import type { RepositoryArgs, RepositoryState } from "@pulumi/aws/ecr/repository";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type RepositoryInputs = Inputs<RepositoryArgs, "name">;

export const repository = resourceType<RepositoryInputs, State<RepositoryState>>({
    token: "aws:ecr/repository:Repository",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecr_repository",
    autoName: { property: "name", maximum: 256, lowerCase: true },
    replaceOn: ["encryptionConfigurations", "name"],
    defaults: { imageTagMutability: "MUTABLE" },
    computed: ["encryptionConfigurations", "imageScanningConfiguration"],
    unsupported: ["imageTagMutabilityExclusionFilters"],
    local: ["forceDelete"],

    async create(inputs, { services }) {
        const ecr = await services.ecr();
        const [encryption] = inputs.encryptionConfigurations ?? [];
        await ecr.createRepository({
            repositoryName: inputs.name,
            imageTagMutability: inputs.imageTagMutability as ImageTagMutability,
            imageScanningConfiguration: inputs.imageScanningConfiguration,
            ...(encryption === undefined
                ? {}
                : { encryptionConfiguration: { encryptionType: (encryption.encryptionType ?? "AES256") as EncryptionType, kmsKey: encryption.kmsKey } }),
            tags: tagList(inputs.tagsAll),
        });
        return inputs.name;
    },

    async read(id, { services }) {
        const ecr = await services.ecr();
        const answer = await orAbsent(ecr.describeRepositories({ repositoryNames: [id] }));
        const [found] = answer?.repositories ?? [];
        if (found === undefined) {
            return undefined;
        }
        const { tags } = (await orAbsent(ecr.listTagsForResource({ resourceArn: found.repositoryArn }))) ?? {};
        return { ...shown(found), tags: tagMap(tags) };
    },

    async update(id, inputs, { services }, { old, state, changed }) {
        const ecr = await services.ecr();
        if (changed.has("imageTagMutability")) {
            await ecr.putImageTagMutability({ repositoryName: id, imageTagMutability: inputs.imageTagMutability as ImageTagMutability });
        }
        if (changed.has("imageScanningConfiguration")) {
            await ecr.putImageScanningConfiguration({
                repositoryName: id,
                imageScanningConfiguration: inputs.imageScanningConfiguration ?? { scanOnPush: false },
            });
        }
        const resourceArn = String(state["arn"]);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => ecr.tagResource({ resourceArn, tags: tagList(tags) }),
            (tagKeys) => ecr.untagResource({ resourceArn, tagKeys }),
        );
    },

    async delete(id, state, { services }) {
        const ecr = await services.ecr();
        try {
            await orAbsent(ecr.deleteRepository({ repositoryName: id, force: state["forceDelete"] === true }));
        } catch (error) {
            if (isError(error, "RepositoryNotEmptyException")) {
                throw new Error(
                    `RepositoryNotEmptyException: repository "${id}" still has images and "forceDelete" is not set: delete the images, or set forceDelete, run up, and delete again`,
                );
            }
            throw error;
        }
    },
});

function shown(found: Repository): State<RepositoryState> {
    return {
        arn: found.repositoryArn,
        name: found.repositoryName,
        registryId: found.registryId,
        repositoryUrl: found.repositoryUri,
        imageTagMutability: found.imageTagMutability,
        imageScanningConfiguration: { scanOnPush: found.imageScanningConfiguration?.scanOnPush ?? false },
        encryptionConfigurations: [
            { encryptionType: found.encryptionConfiguration?.encryptionType ?? "AES256", kmsKey: found.encryptionConfiguration?.kmsKey ?? "" },
        ],
    };
}
