import type { NotificationRuleArgs, NotificationRuleState } from "@pulumi/aws/codestarnotifications/notificationRule";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import type { CodestarNotifications, RuleSettings } from "../services/codestarNotifications";
import { some } from "./absent";
import { applyTags, tagChange } from "./tags";
import type { Inputs, State } from "./types";

type RuleInputs = Inputs<NotificationRuleArgs, "name">;

const TAGS: ReadonlySet<string> = new Set(["tags", "tagsAll"]);

/** The id is the ARN. */
export const notificationRule = resourceType<RuleInputs, State<NotificationRuleState>>({
    token: "aws:codestarnotifications/notificationRule:NotificationRule",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/codestarnotifications_notification_rule",
    autoName: { property: "name", maximum: 64 },
    replaceOn: ["resource"],
    defaults: { status: "ENABLED" },
    sets: ["eventTypeIds", "targets"],

    problems: ({ name, eventTypeIds }) => [
        ...(/^[\w -]{1,64}$/.test(name)
            ? []
            : [{ property: "name", reason: `the name "${name}" is not allowed: it is 1 to 64 letters, digits, hyphens, underscores and spaces` }]),
        ...(eventTypeIds.length === 0 ? [{ property: "eventTypeIds", reason: '"eventTypeIds" is empty: give at least one, like "codepipeline-pipeline-pipeline-execution-failed"' }] : []),
    ],

    async create(inputs, { services }) {
        const { Arn: arn } = await (await services.codestarnotifications()).createNotificationRule({
            ...settings(inputs),
            Resource: inputs.resource,
            Tags: inputs.tagsAll,
        });
        return arn ?? "";
    },

    async read(id, { services }) {
        const found = await orAbsent((await services.codestarnotifications()).describeNotificationRule({ Arn: id }));
        if (found === undefined) {
            return undefined;
        }
        return {
            arn: found.Arn ?? id,
            detailType: found.DetailType,
            eventTypeIds: (found.EventTypes ?? []).flatMap(({ EventTypeId }) => EventTypeId ?? []),
            name: found.Name,
            resource: found.Resource,
            status: found.Status,
            tags: { ...found.Tags },
            targets: some(found.Targets)?.map(({ TargetAddress, TargetType, TargetStatus }) => ({
                address: TargetAddress ?? "",
                type: TargetType ?? "SNS",
                status: TargetStatus,
            })),
        };
    },

    async update(id, inputs, { services }, { old, changed }) {
        const notifications = await services.codestarnotifications();
        if ([...changed].some((property) => !TAGS.has(property))) {
            await notifications.updateNotificationRule({ ...settings(inputs), Arn: id });
            const kept = addresses(inputs);
            await deleteTargets(notifications, [...addresses(old)].filter((address) => !kept.has(address)));
        }
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => notifications.tagResource({ Arn: id, Tags: tags }),
            (keys) => notifications.untagResource({ Arn: id, TagKeys: keys }),
        );
    },

    async delete(id, state, { services }) {
        const notifications = await services.codestarnotifications();
        await orAbsent(notifications.deleteNotificationRule({ Arn: id }));
        await deleteTargets(notifications, [...addresses(state as { readonly targets?: RuleInputs["targets"] })]);
    },
});

function settings(inputs: RuleInputs): RuleSettings {
    return {
        Name: inputs.name,
        DetailType: inputs.detailType,
        EventTypeIds: inputs.eventTypeIds,
        Status: inputs.status,
        Targets: (inputs.targets ?? []).map(({ address, type }) => ({ TargetAddress: address, TargetType: type ?? "SNS" })),
    };
}

function addresses({ targets }: { readonly targets?: RuleInputs["targets"] }): ReadonlySet<string> {
    return new Set((targets ?? []).map(({ address }) => address));
}

/** A rule makes targets, and leaves them behind; another rule may still use them. */
async function deleteTargets(notifications: CodestarNotifications, unused: readonly string[]): Promise<void> {
    for (const address of unused) {
        try {
            await orAbsent(notifications.deleteTarget({ TargetAddress: address, ForceUnsubscribeAll: false }));
        } catch (error) {
            if (!isError(error, "ValidationException") || !(error instanceof Error) || !error.message.includes("subscribed")) {
                throw error;
            }
        }
    }
}
