import type { DatabaseInput } from "@aws-sdk/client-glue";
import type { CatalogDatabaseArgs, CatalogDatabaseState } from "@pulumi/aws/glue/catalogDatabase";
import { type AwsContext, resourceType } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

type DatabaseInputs = Inputs<CatalogDatabaseArgs, "name">;

/** The id is `CATALOG:NAME`; the catalog is the account's unless another one is named. */
export const catalogDatabase = resourceType<DatabaseInputs, State<CatalogDatabaseState>>({
    token: "aws:glue/catalogDatabase:CatalogDatabase",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/glue_catalog_database",
    autoName: { property: "name", maximum: 255, lowerCase: true },
    replaceOn: ["catalogId", "name"],
    computed: ["catalogId", "createTableDefaultPermissions", "locationUri"],
    unsupported: ["createTableDefaultPermissions", "federatedDatabase", "targetDatabase"],

    problems: ({ name }) => lowerCaseOnly("database", name),

    async create(inputs, context) {
        const glue = await context.services.glue();
        const catalog = inputs.catalogId ?? (await context.services.accountId());
        const tags = inputs.tagsAll ?? {};
        await glue.createDatabase({ CatalogId: catalog, DatabaseInput: databaseInput(inputs), Tags: Object.keys(tags).length === 0 ? undefined : { ...tags } });
        return `${catalog}:${inputs.name}`;
    },

    async read(id, context) {
        const glue = await context.services.glue();
        const { catalog, name } = locate(id);
        const found = (await orAbsent(glue.getDatabase({ CatalogId: catalog, Name: name })))?.Database;
        if (found === undefined) {
            return undefined;
        }
        const arn = await arnOf(name, context);
        const { Tags: tags } = (await orAbsent(glue.getTags({ ResourceArn: arn }))) ?? {};
        return {
            arn,
            catalogId: found.CatalogId ?? catalog,
            description: emptyAsAbsent(found.Description),
            locationUri: emptyAsAbsent(found.LocationUri),
            name: found.Name,
            parameters: found.Parameters,
            tags,
        };
    },

    async update(id, inputs, context, { old, changed }) {
        const glue = await context.services.glue();
        const { catalog, name } = locate(id);
        if ([...changed].some((property) => property !== "tags" && property !== "tagsAll")) {
            await glue.updateDatabase({ CatalogId: catalog, Name: name, DatabaseInput: databaseInput(inputs) });
        }
        const ResourceArn = await arnOf(name, context);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => glue.tagResource({ ResourceArn, TagsToAdd: { ...tags } }),
            (TagsToRemove) => glue.untagResource({ ResourceArn, TagsToRemove }),
        );
    },

    async delete(id, _state, { services }) {
        const { catalog, name } = locate(id);
        await orAbsent((await services.glue()).deleteDatabase({ CatalogId: catalog, Name: name }));
    },
});

/** Glue folds names to lower case, and the real provider refuses what would be folded. */
export function lowerCaseOnly(kind: string, name: string): { property: string; reason: string }[] {
    return /[A-Z]/.test(name) ? [{ property: "name", reason: `the name "${name}" of a ${kind} has capitals, and Glue has none: write it in lower case` }] : [];
}

/** Empty where nothing is wished: what is left out stays in the emulator and goes in Glue. */
function databaseInput(inputs: DatabaseInputs): DatabaseInput {
    return { Name: inputs.name, Description: inputs.description ?? "", LocationUri: inputs.locationUri, Parameters: { ...inputs.parameters } };
}

async function arnOf(name: string, { region, services }: AwsContext): Promise<string> {
    return `arn:aws:glue:${region}:${await services.accountId()}:database/${name}`;
}

function locate(id: string): { readonly catalog: string; readonly name: string } {
    const [catalog, name, ...rest] = id.split(":");
    if (catalog === undefined || name === undefined || rest.length > 0) {
        throw new Error(`the id "${id}" is not of the form CATALOG:DATABASE: import with that form`);
    }
    return { catalog, name };
}
