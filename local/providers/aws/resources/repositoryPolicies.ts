import type { LifecyclePolicyArgs, LifecyclePolicyState } from "@pulumi/aws/ecr/lifecyclePolicy";
import type { RepositoryPolicyArgs, RepositoryPolicyState } from "@pulumi/aws/ecr/repositoryPolicy";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import type { Inputs, State } from "./types";

/** The real provider replaces it when the rules change; a repository has one, so the old one must go first. */
export const lifecyclePolicy = resourceType<Inputs<LifecyclePolicyArgs, "policy">, State<LifecyclePolicyState>>({
    token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    source: "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ecr/lifecycle_policy.go",
    replaceOn: ["policy", "repository"],
    deleteBeforeReplace: true,
    json: ["policy"],

    async create(inputs, { services }) {
        await (await services.ecr()).putLifecyclePolicy({ repositoryName: inputs.repository, lifecyclePolicyText: inputs.policy });
        return inputs.repository;
    },

    async read(id, { services }) {
        const found = await orAbsent((await services.ecr()).getLifecyclePolicy({ repositoryName: id }));
        return found === undefined ? undefined : { repository: id, registryId: found.registryId, policy: found.lifecyclePolicyText };
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.ecr()).deleteLifecyclePolicy({ repositoryName: id }));
    },
});

export const repositoryPolicy = resourceType<Inputs<RepositoryPolicyArgs, "policy">, State<RepositoryPolicyState>>({
    token: "aws:ecr/repositoryPolicy:RepositoryPolicy",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecr_repository_policy",
    replaceOn: ["repository"],
    json: ["policy"],

    async create(inputs, { services, retry }) {
        const ecr = await services.ecr();
        await retry(
            () => ecr.setRepositoryPolicy({ repositoryName: inputs.repository, policyText: inputs.policy }),
            // A role of the policy that was made a moment ago.
            (error) => error instanceof Error && error.message.includes("Principal not found"),
        );
        return inputs.repository;
    },

    async read(id, { services }) {
        const found = await orAbsent((await services.ecr()).getRepositoryPolicy({ repositoryName: id }));
        return found === undefined ? undefined : { repository: id, registryId: found.registryId, policy: found.policyText };
    },

    async update(id, inputs, { services }) {
        await (await services.ecr()).setRepositoryPolicy({ repositoryName: id, policyText: inputs.policy });
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.ecr()).deleteRepositoryPolicy({ repositoryName: id }));
    },
});
