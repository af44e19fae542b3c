import type { ConnectionArgs, ConnectionState } from "@pulumi/aws/codeconnections/connection";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

/** The id is the ARN. A new connection is PENDING until somebody agrees to it at the git host. */
export const connection = resourceType<Inputs<ConnectionArgs, "name">, State<ConnectionState>>({
    token: "aws:codeconnections/connection:Connection",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codeconnections_connection",
    autoName: { property: "name", maximum: 32 },
    replaceOn: ["hostArn", "name", "providerType"],
    computed: ["providerType"],
    local: ["timeouts"],

    problems: ({ hostArn, providerType }) =>
        (hostArn === undefined) === (providerType === undefined)
            ? [{ property: "providerType", reason: hostArn === undefined ? 'neither "hostArn" nor "providerType" was given: give one of them' : 'both "hostArn" and "providerType" were given: leave one out' }]
            : [],

    async create(inputs, { services }) {
        const { ConnectionArn: arn } = await (await services.codeconnections()).createConnection({
            ConnectionName: inputs.name,
            ProviderType: inputs.providerType,
            HostArn: inputs.hostArn,
            Tags: tagList(inputs.tagsAll),
        });
        return arn ?? "";
    },

    async read(id, { services }) {
        const codeconnections = await services.codeconnections();
        const found = (await orAbsent(codeconnections.getConnection({ ConnectionArn: id })))?.Connection;
        if (found === undefined) {
            return undefined;
        }
        const answer = await orAbsent(codeconnections.listTagsForResource({ ResourceArn: id }));
        return {
            arn: found.ConnectionArn ?? id,
            connectionStatus: found.ConnectionStatus,
            hostArn: emptyAsAbsent(found.HostArn),
            name: found.ConnectionName,
            ownerAccountId: found.OwnerAccountId,
            providerType: found.ProviderType,
            tags: tagMap(answer?.Tags),
        };
    },

    async update(id, inputs, { services }, { old }) {
        const codeconnections = await services.codeconnections();
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => codeconnections.tagResource({ ResourceArn: id, Tags: tagList(tags) }),
            (keys) => codeconnections.untagResource({ ResourceArn: id, TagKeys: keys }),
        );
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.codeconnections()).deleteConnection({ ConnectionArn: id }));
    },
});
