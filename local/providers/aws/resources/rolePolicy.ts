import type { RolePolicyArgs, RolePolicyState } from "@pulumi/aws/iam/rolePolicy";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import type { Inputs, State } from "./types";

/** The id is `ROLE:NAME`; role names have no colon. */
export const rolePolicy = resourceType<Inputs<RolePolicyArgs, "name" | "policy" | "role">, State<RolePolicyState>>({
    token: "aws:iam/rolePolicy:RolePolicy",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policy",
    autoName: { property: "name", maximum: 128, prefixProperty: "namePrefix" },
    replaceOn: ["name", "namePrefix", "role"],
    json: ["policy"],
    local: ["namePrefix"],

    async create(inputs, { services }) {
        const iam = await services.iam();
        await iam.putRolePolicy({ RoleName: inputs.role, PolicyName: inputs.name, PolicyDocument: inputs.policy });
        return `${inputs.role}:${inputs.name}`;
    },

    async read(id, { services }) {
        const { role, name } = parse(id);
        const iam = await services.iam();
        const found = await orAbsent(iam.getRolePolicy({ RoleName: role, PolicyName: name }));
        return found === undefined ? undefined : { role, name, policy: decodeURIComponent(found.PolicyDocument ?? "") };
    },

    async update(id, inputs, { services }) {
        const { role, name } = parse(id);
        await (await services.iam()).putRolePolicy({ RoleName: role, PolicyName: name, PolicyDocument: inputs.policy });
    },

    async delete(id, _state, { services }) {
        const { role, name } = parse(id);
        await orAbsent((await services.iam()).deleteRolePolicy({ RoleName: role, PolicyName: name }));
    },
});

function parse(id: string): { readonly role: string; readonly name: string } {
    const at = id.indexOf(":");
    if (at < 1) {
        throw new Error(`the id "${id}" is not of the form ROLE:POLICY: import with that form`);
    }
    return { role: id.slice(0, at), name: id.slice(at + 1) };
}
