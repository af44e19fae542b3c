import type { IAM } from "@aws-sdk/client-iam";
import type { RoleArgs, RoleState } from "@pulumi/aws/iam/role";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type RoleInputs = Inputs<RoleArgs, "name" | "assumeRolePolicy">;

export const role = resourceType<RoleInputs, State<RoleState>>({
    token: "aws:iam/role:Role",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role",
    autoName: { property: "name", maximum: 64, prefixProperty: "namePrefix" },
    replaceOn: ["name", "namePrefix", "path"],
    defaults: { forceDetachPolicies: false, maxSessionDuration: 3600, path: "/" },
    computed: ["inlinePolicies", "managedPolicyArns"],
    json: ["assumeRolePolicy", "inlinePolicies.policy"],
    sets: ["inlinePolicies", "managedPolicyArns"],
    local: ["forceDetachPolicies", "namePrefix"],

    async create(inputs, { services, retry }) {
        const iam = await services.iam();
        // A principal that was created a moment ago may not be known everywhere yet.
        await retry(
            () =>
                iam.createRole({
                    RoleName: inputs.name,
                    AssumeRolePolicyDocument: inputs.assumeRolePolicy,
                    Description: inputs.description,
                    MaxSessionDuration: inputs.maxSessionDuration,
                    Path: inputs.path,
                    PermissionsBoundary: inputs.permissionsBoundary,
                    Tags: tagList(inputs.tagsAll),
                }),
            (error) => error instanceof Error && error.message.includes("Invalid principal"),
        );
        await changeManagedPolicies(iam, inputs.name, [], inputs.managedPolicyArns ?? []);
        await changeInlinePolicies(iam, inputs.name, [], inputs.inlinePolicies ?? []);
        return inputs.name;
    },

    async read(id, { services }, known) {
        const iam = await services.iam();
        const answer = await orAbsent(iam.getRole({ RoleName: id }));
        const found = answer?.Role;
        if (found === undefined) {
            return undefined;
        }
        // The real provider reads both in any case.
        const [managedPolicyArns, inline] = await Promise.all([orAbsent(managedPoliciesOf(iam, id)), orAbsent(inlinePolicies(iam, id))]);
        return {
            arn: found.Arn,
            assumeRolePolicy: decodeURIComponent(found.AssumeRolePolicyDocument ?? ""),
            createDate: found.CreateDate?.toISOString(),
            description: found.Description,
            maxSessionDuration: found.MaxSessionDuration,
            name: found.RoleName,
            path: found.Path,
            permissionsBoundary: found.PermissionsBoundary?.PermissionsBoundaryArn,
            tags: tagMap(found.Tags),
            uniqueId: found.RoleId,
            // Other resources may own policies of the role: they count only where this one declares them.
            managedPolicyArns: known.managedPolicyArns === undefined ? undefined : managedPolicyArns,
            inlinePolicies: known.inlinePolicies === undefined ? undefined : inline,
        };
    },

    async update(id, inputs, { services }, { old, changed }) {
        const iam = await services.iam();
        if (changed.has("assumeRolePolicy")) {
            await iam.updateAssumeRolePolicy({ RoleName: id, PolicyDocument: inputs.assumeRolePolicy });
        }
        if (changed.has("description")) {
            await iam.updateRoleDescription({ RoleName: id, Description: inputs.description ?? "" });
        }
        if (changed.has("maxSessionDuration")) {
            await iam.updateRole({ RoleName: id, MaxSessionDuration: inputs.maxSessionDuration });
        }
        if (changed.has("permissionsBoundary")) {
            await (inputs.permissionsBoundary === undefined
                ? orAbsent(iam.deleteRolePermissionsBoundary({ RoleName: id }))
                : iam.putRolePermissionsBoundary({ RoleName: id, PermissionsBoundary: inputs.permissionsBoundary }));
        }
        if (changed.has("managedPolicyArns")) {
            await changeManagedPolicies(iam, id, old.managedPolicyArns ?? [], inputs.managedPolicyArns ?? []);
        }
        if (changed.has("inlinePolicies")) {
            await changeInlinePolicies(iam, id, old.inlinePolicies ?? [], inputs.inlinePolicies ?? []);
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => iam.tagRole({ RoleName: id, Tags: tagList(tags) }),
            (keys) => iam.untagRole({ RoleName: id, TagKeys: keys }),
        );
    },

    async delete(id, state, { services }) {
        const iam = await services.iam();
        if (state["forceDetachPolicies"] === true || state["managedPolicyArns"] !== undefined) {
            await changeManagedPolicies(iam, id, (await orAbsent(managedPoliciesOf(iam, id))) ?? [], []);
        }
        if (state["forceDetachPolicies"] === true || state["inlinePolicies"] !== undefined) {
            await changeInlinePolicies(iam, id, (await orAbsent(inlinePolicies(iam, id))) ?? [], []);
        }
        // A role can be in an instance profile that somebody else made; the real provider asks in any case.
        await orAbsent(iam.listInstanceProfilesForRole({ RoleName: id }));
        await orAbsent(iam.deleteRole({ RoleName: id }));
    },
});

export async function managedPoliciesOf(iam: IAM, role: string): Promise<string[]> {
    const arns: string[] = [];
    let marker: string | undefined;
    do {
        const page = await iam.listAttachedRolePolicies({ RoleName: role, Marker: marker });
        arns.push(...(page.AttachedPolicies ?? []).flatMap(({ PolicyArn }) => PolicyArn ?? []));
        marker = page.IsTruncated === true ? page.Marker : undefined;
    } while (marker !== undefined);
    return arns.sort();
}

type InlinePolicy = { readonly name?: string; readonly policy?: string };

async function inlinePolicies(iam: IAM, role: string): Promise<{ name: string; policy: string }[]> {
    const policies: { name: string; policy: string }[] = [];
    const { PolicyNames: names } = await iam.listRolePolicies({ RoleName: role });
    for (const name of [...(names ?? [])].sort()) {
        const { PolicyDocument: document } = await iam.getRolePolicy({ RoleName: role, PolicyName: name });
        policies.push({ name, policy: decodeURIComponent(document ?? "") });
    }
    return policies;
}

async function changeManagedPolicies(iam: IAM, role: string, old: readonly string[], news: readonly string[]): Promise<void> {
    for (const arn of old.filter((candidate) => !news.includes(candidate))) {
        await orAbsent(iam.detachRolePolicy({ RoleName: role, PolicyArn: arn }));
    }
    for (const arn of news.filter((candidate) => !old.includes(candidate))) {
        await iam.attachRolePolicy({ RoleName: role, PolicyArn: arn });
    }
}

async function changeInlinePolicies(iam: IAM, role: string, old: readonly InlinePolicy[], news: readonly InlinePolicy[]): Promise<void> {
    const kept = new Set(news.map(({ name }) => name));
    for (const { name } of old.filter((policy) => !kept.has(policy.name))) {
        await orAbsent(iam.deleteRolePolicy({ RoleName: role, PolicyName: name ?? "" }));
    }
    for (const { name, policy } of news.filter((one) => !old.some((two) => two.name === one.name && two.policy === one.policy))) {
        await iam.putRolePolicy({ RoleName: role, PolicyName: name ?? "", PolicyDocument: policy ?? "" });
    }
}
