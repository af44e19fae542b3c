import type { CloudWatchLogs, LogGroup, LogGroupClass } from "@aws-sdk/client-cloudwatch-logs";
import type { LogGroupArgs, LogGroupState } from "@pulumi/aws/cloudwatch/logGroup";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

export const logGroup = resourceType<Inputs<LogGroupArgs, "name">, State<LogGroupState>>({
    token: "aws:cloudwatch/logGroup:LogGroup",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_log_group",
    autoName: { property: "name", maximum: 512, prefixProperty: "namePrefix" },
    replaceOn: ["logGroupClass", "name", "namePrefix"],
    defaults: { retentionInDays: 0, skipDestroy: false },
    computed: ["logGroupClass"],
    unsupported: ["deletionProtectionEnabled"],
    local: ["namePrefix", "skipDestroy"],

    async create(inputs, { services }) {
        const logs = await services.logs();
        const tags = inputs.tagsAll ?? {};
        await logs.createLogGroup({
            logGroupName: inputs.name,
            kmsKeyId: inputs.kmsKeyId,
            logGroupClass: inputs.logGroupClass as LogGroupClass | undefined,
            tags: Object.keys(tags).length === 0 ? undefined : { ...tags },
        });
        if ((inputs.retentionInDays ?? 0) > 0) {
            await logs.putRetentionPolicy({ logGroupName: inputs.name, retentionInDays: inputs.retentionInDays });
        }
        return inputs.name;
    },

    async read(id, { services }) {
        const logs = await services.logs();
        const found = await find(logs, id);
        if (found === undefined) {
            return undefined;
        }
        const arn = arnOf(found);
        const { tags } = (await orAbsent(logs.listTagsForResource({ resourceArn: arn }))) ?? {};
        return {
            arn,
            name: id,
            kmsKeyId: found.kmsKeyId,
            logGroupClass: found.logGroupClass ?? "STANDARD",
            retentionInDays: found.retentionInDays ?? 0,
            tags,
        };
    },

    async update(id, inputs, { services }, { old, state, changed }) {
        const logs = await services.logs();
        if (changed.has("retentionInDays")) {
            await ((inputs.retentionInDays ?? 0) > 0
                ? logs.putRetentionPolicy({ logGroupName: id, retentionInDays: inputs.retentionInDays })
                : logs.deleteRetentionPolicy({ logGroupName: id }));
        }
        if (changed.has("kmsKeyId")) {
            await (inputs.kmsKeyId === undefined
                ? logs.disassociateKmsKey({ logGroupName: id })
                : logs.associateKmsKey({ logGroupName: id, kmsKeyId: inputs.kmsKeyId }));
        }
        const resourceArn = String(state["arn"]);
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => logs.tagResource({ resourceArn, tags: { ...tags } }),
            (tagKeys) => logs.untagResource({ resourceArn, tagKeys }),
        );
    },

    async delete(id, state, { services }) {
        if (state["skipDestroy"] !== true) {
            await orAbsent((await services.logs()).deleteLogGroup({ logGroupName: id }));
        }
    },
});

/** The API finds by prefix only. */
async function find(logs: CloudWatchLogs, name: string): Promise<LogGroup | undefined> {
    let nextToken: string | undefined;
    do {
        const page = await logs.describeLogGroups({ logGroupNamePrefix: name, nextToken });
        const found = page.logGroups?.find(({ logGroupName }) => logGroupName === name);
        if (found !== undefined) {
            return found;
        }
        nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return undefined;
}

/** The older of the two ARNs ends in `:*`, which tagging refuses and the real provider cuts off. */
function arnOf(group: LogGroup): string {
    return (group.logGroupArn ?? group.arn ?? "").replace(/:\*$/, "");
}
