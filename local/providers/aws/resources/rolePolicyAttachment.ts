import type { RolePolicyAttachmentArgs, RolePolicyAttachmentState } from "@pulumi/aws/iam/rolePolicyAttachment";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { managedPoliciesOf } from "./role";
import type { Inputs, State } from "./types";

/** The id is `ROLE/ARN`, also for an import; role names have no slash. */
export const rolePolicyAttachment = resourceType<Inputs<RolePolicyAttachmentArgs, "role">, State<RolePolicyAttachmentState>>({
    token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy_attachment",
    replaceOn: ["policyArn", "role"],

    async create(inputs, { services }) {
        await (await services.iam()).attachRolePolicy({ RoleName: inputs.role, PolicyArn: inputs.policyArn });
        return `${inputs.role}/${inputs.policyArn}`;
    },

    async read(id, { services }) {
        const { role, policyArn } = parse(id);
        const attached = await orAbsent(managedPoliciesOf(await services.iam(), role));
        return attached?.includes(policyArn) === true ? { role, policyArn } : undefined;
    },

    async delete(id, _state, { services }) {
        const { role, policyArn } = parse(id);
        await orAbsent((await services.iam()).detachRolePolicy({ RoleName: role, PolicyArn: policyArn }));
    },
});

function parse(id: string): { readonly role: string; readonly policyArn: string } {
    const at = id.indexOf("/");
    if (at < 1) {
        throw new Error(`the id "${id}" is not of the form ROLE/POLICY-ARN: import with that form`);
    }
    return { role: id.slice(0, at), policyArn: id.slice(at + 1) };
}
