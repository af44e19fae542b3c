import type { ParameterTier, ParameterType, PutParameterRequest } from "@aws-sdk/client-ssm";
import type { ParameterArgs, ParameterState } from "@pulumi/aws/ssm/parameter";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type ParameterInputs = Inputs<ParameterArgs, "name" | "type">;

/** A change of these alone makes no new version. */
const LABELS: ReadonlySet<string> = new Set(["overwrite", "tags", "tagsAll"]);
const TYPES = ["SecureString", "String", "StringList"];

/** The id is the name. `value` is secret whatever the type; `insecureValue` is for what may be seen. */
export const ssmParameter = resourceType<ParameterInputs, State<ParameterState>>({
    token: "aws:ssm/parameter:Parameter",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ssm_parameter",
    autoName: { property: "name", maximum: 2048 },
    replaceOn: ["dataType", "name"],
    computed: ["arn", "dataType", "keyId", "tier"],
    unsupported: ["arn", "valueWo", "valueWoVersion"],
    local: ["overwrite"],
    secrets: ["value"],

    problems(inputs) {
        const given = [inputs.value, inputs.insecureValue].filter((value) => value !== undefined).length;
        return [
            ...(given === 1 ? [] : [{ property: "value", reason: `${given} of "value" and "insecureValue" were given, and exactly one is allowed: give one` }]),
            ...(TYPES.includes(inputs.type) ? [] : [{ property: "type", reason: `"${inputs.type}" is no type of a parameter: use ${TYPES.join(", ")}` }]),
            ...(inputs.type === "SecureString" && inputs.insecureValue !== undefined
                ? [{ property: "insecureValue", reason: '"insecureValue" of a SecureString was given, and only "value" is kept secret: use "value"' }]
                : []),
        ];
    },

    changes: ({ changed }) => ([...changed].some((property) => !LABELS.has(property)) ? ["version"] : []),

    async create(inputs, { services }) {
        const ssm = await services.ssm();
        const overwrite = inputs.overwrite === true;
        const tags = tagList(inputs.tagsAll);
        // Tags are refused together with an overwrite.
        await ssm.putParameter({ ...request(inputs), DataType: inputs.dataType, Overwrite: overwrite, Tags: overwrite || tags.length === 0 ? undefined : tags });
        if (overwrite && tags.length > 0) {
            await ssm.addTagsToResource({ ResourceType: "Parameter", ResourceId: inputs.name, Tags: tags });
        }
        return inputs.name;
    },

    async read(id, { services }, known) {
        const ssm = await services.ssm();
        const found = (await orAbsent(ssm.getParameter({ Name: id, WithDecryption: true })))?.Parameter;
        if (found === undefined) {
            return undefined;
        }
        const { Parameters: [details] = [] } = await ssm.describeParameters({ ParameterFilters: [{ Key: "Name", Option: "Equals", Values: [id] }] });
        const { TagList: tags } = (await orAbsent(ssm.listTagsForResource({ ResourceType: "Parameter", ResourceId: id }))) ?? {};
        const insecure = known.insecureValue !== undefined && found.Type !== "SecureString";
        return {
            allowedPattern: emptyAsAbsent(details?.AllowedPattern),
            arn: found.ARN,
            dataType: found.DataType,
            description: emptyAsAbsent(details?.Description),
            keyId: emptyAsAbsent(details?.KeyId),
            name: found.Name,
            tier: details?.Tier,
            type: found.Type,
            ...(insecure ? { insecureValue: found.Value } : { value: found.Value }),
            version: found.Version,
            tags: tagMap(tags),
        };
    },

    async update(id, inputs, { services }, { old, changed }) {
        const ssm = await services.ssm();
        if ([...changed].some((property) => !LABELS.has(property))) {
            await ssm.putParameter({ ...request(inputs), Overwrite: true });
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => ssm.addTagsToResource({ ResourceType: "Parameter", ResourceId: id, Tags: tagList(tags) }),
            (TagKeys) => ssm.removeTagsFromResource({ ResourceType: "Parameter", ResourceId: id, TagKeys }),
        );
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.ssm()).deleteParameter({ Name: id }));
    },
});

/** Left out, description and pattern would stay what they were. */
function request(inputs: ParameterInputs): PutParameterRequest {
    return {
        Name: inputs.name,
        Type: inputs.type as ParameterType,
        Value: inputs.insecureValue ?? inputs.value,
        AllowedPattern: inputs.allowedPattern ?? "",
        Description: inputs.description ?? "",
        KeyId: inputs.type === "SecureString" ? inputs.keyId : undefined,
        Tier: inputs.tier as ParameterTier | undefined,
    };
}
