import type { NamedQueryArgs, NamedQueryState } from "@pulumi/aws/athena/namedQuery";
import { resourceType } from "../clients";
import { emptyAsAbsent } from "./absent";
import type { Inputs, State } from "./types";
import { orGone } from "./workgroup";

/** The id is Athena's own. Nothing of it is changed in place, and names may be taken twice. */
export const namedQuery = resourceType<Inputs<NamedQueryArgs, "name">, State<NamedQueryState>>({
    token: "aws:athena/namedQuery:NamedQuery",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/athena_named_query",
    autoName: { property: "name", maximum: 128 },
    replaceOn: ["database", "description", "name", "query", "workgroup"],
    defaults: { workgroup: "primary" },

    async create(inputs, { services }) {
        const { NamedQueryId: id } = await (await services.athena()).createNamedQuery({
            Name: inputs.name,
            Database: inputs.database,
            Description: inputs.description,
            QueryString: inputs.query,
            WorkGroup: inputs.workgroup,
        });
        return id ?? "";
    },

    async read(id, { services }) {
        const found = (await orGone((await services.athena()).getNamedQuery({ NamedQueryId: id })))?.NamedQuery;
        return found === undefined
            ? undefined
            : {
                  database: found.Database,
                  description: emptyAsAbsent(found.Description),
                  name: found.Name,
                  query: found.QueryString,
                  workgroup: found.WorkGroup,
              };
    },

    async delete(id, _state, { services }) {
        await orGone((await services.athena()).deleteNamedQuery({ NamedQueryId: id }));
    },
});
