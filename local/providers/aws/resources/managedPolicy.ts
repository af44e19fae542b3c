import type { IAM, PolicyVersion } from "@aws-sdk/client-iam";
import type { PolicyArgs, PolicyState } from "@pulumi/aws/iam/policy";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

/** Versions that IAM keeps of one policy. */
const MOST_VERSIONS = 5;

/** The id is the ARN. */
export const managedPolicy = resourceType<Inputs<PolicyArgs, "name" | "policy">, State<PolicyState>>({
    token: "aws:iam/policy:Policy",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_policy",
    autoName: { property: "name", maximum: 128, prefixProperty: "namePrefix" },
    replaceOn: ["description", "name", "namePrefix", "path"],
    defaults: { path: "/" },
    unsupported: ["delayAfterPolicyCreationInMs"],
    json: ["policy"],
    local: ["namePrefix"],

    async create(inputs, { services }) {
        const { Policy: made } = await (await services.iam()).createPolicy({
            PolicyName: inputs.name,
            PolicyDocument: inputs.policy,
            Description: inputs.description,
            Path: inputs.path,
            Tags: tagList(inputs.tagsAll),
        });
        return made?.Arn ?? "";
    },

    async read(id, { services }) {
        const iam = await services.iam();
        const found = (await orAbsent(iam.getPolicy({ PolicyArn: id })))?.Policy;
        if (found === undefined) {
            return undefined;
        }
        const version = await orAbsent(iam.getPolicyVersion({ PolicyArn: id, VersionId: found.DefaultVersionId }));
        return {
            arn: found.Arn ?? id,
            // The number of attachments is left out: other resources change it, and a refresh would show that as a difference.
            description: emptyAsAbsent(found.Description),
            name: found.PolicyName,
            path: found.Path,
            policy: decodeURIComponent(version?.PolicyVersion?.Document ?? ""),
            policyId: found.PolicyId,
            tags: tagMap(found.Tags),
        };
    },

    async update(id, inputs, { services }, { old, changed }) {
        const iam = await services.iam();
        if (changed.has("policy")) {
            const versions = await versionsOf(iam, id);
            const [oldest] = versions.filter(({ IsDefaultVersion }) => IsDefaultVersion !== true);
            if (versions.length >= MOST_VERSIONS && oldest !== undefined) {
                await iam.deletePolicyVersion({ PolicyArn: id, VersionId: oldest.VersionId });
            }
            await iam.createPolicyVersion({ PolicyArn: id, PolicyDocument: inputs.policy, SetAsDefault: true });
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => iam.tagPolicy({ PolicyArn: id, Tags: tagList(tags) }),
            (keys) => iam.untagPolicy({ PolicyArn: id, TagKeys: keys }),
        );
    },

    async delete(id, _state, { services }) {
        const iam = await services.iam();
        for (const version of (await orAbsent(versionsOf(iam, id))) ?? []) {
            if (version.IsDefaultVersion !== true) {
                await orAbsent(iam.deletePolicyVersion({ PolicyArn: id, VersionId: version.VersionId }));
            }
        }
        await orAbsent(iam.deletePolicy({ PolicyArn: id }));
    },
});

/** The oldest first; they are numbered `v1`, `v2` and so on. */
async function versionsOf(iam: IAM, arn: string): Promise<PolicyVersion[]> {
    const versions: PolicyVersion[] = [];
    let marker: string | undefined;
    do {
        const page = await iam.listPolicyVersions({ PolicyArn: arn, Marker: marker });
        versions.push(...(page.Versions ?? []));
        marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (marker !== undefined);
    const number = ({ VersionId }: PolicyVersion): number => Number((VersionId ?? "v0").slice(1));
    return versions.sort((a, b) => number(a) - number(b));
}
