import { randomUUID } from "node:crypto";
import * as path from "node:path";
import { z } from "zod";
import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { Emulator } from "../emulator";
import type { Caller, OwnService } from "../own/handler";
import { page } from "../own/paging";
import { Records } from "../own/records";
import type { Rights } from "../own/rights";

const target = z.object({ TargetType: z.enum(["SNS", "AWSChatbotSlack", "AWSChatbotMicrosoftTeams"]), TargetAddress: z.string().min(1).max(320) });
const tags = z.record(z.string(), z.string());

const creation = z.object({
    Name: z.string().regex(/^[A-Za-z0-9\-_ ]{1,64}$/),
    EventTypeIds: z.array(z.string().min(1)),
    Resource: z.string().regex(/^arn:/),
    Targets: z.array(target).max(10),
    DetailType: z.enum(["BASIC", "FULL"]),
    Tags: tags.optional(),
    Status: z.enum(["ENABLED", "DISABLED"]).default("ENABLED"),
    ClientRequestToken: z.string().optional(),
});

const update = creation.pick({ Name: true, EventTypeIds: true, Targets: true, DetailType: true }).partial().extend({ Status: z.enum(["ENABLED", "DISABLED"]).optional() });

const targetDeletion = z.object({ TargetAddress: target.shape.TargetAddress, ForceUnsubscribeAll: z.boolean().default(false) });

interface Rule extends z.infer<typeof creation> {
    readonly Arn: string;
    readonly CreatedBy: string;
    readonly CreatedTimestamp: number;
    readonly LastModifiedTimestamp: number;
}

/** CodeStar notification rules. Its publishing is best effort, as the service's own is. */
export class NotificationsService implements OwnService {
    readonly signingNames = ["codestar-notifications"];
    private readonly rules: Records<Rule>;

    constructor(private readonly options: { readonly root: string; readonly account: string; readonly region: string; readonly emulator: Emulator; readonly rights: Pick<Rights, "authoriseService"> }) {
        this.rules = new Records(path.join(options.root, ".local", "endpoint", "notification-rules.json"));
    }

    /**
     * Tells the SNS targets of the rules that name the resource and the event, as far as their policies let the service publish.
     *
     * @param eventTypeId For one `codepipeline-pipeline-pipeline-execution-failed`.
     */
    async publish(resource: string, eventTypeId: string, detail: JsonObject): Promise<void> {
        const { account, region, emulator, rights } = this.options;
        const rules = this.rules.all().filter((rule) => rule.Status === "ENABLED" && rule.Resource === resource && rule.EventTypeIds.includes(eventTypeId));
        const sent = rules.flatMap((rule) => rule.Targets.filter(({ TargetType }) => TargetType === "SNS").map(({ TargetAddress }) => ({ rule, topic: TargetAddress })));
        await Promise.allSettled(
            sent.map(async ({ rule, topic }) => {
                await rights.authoriseService("codestar-notifications.amazonaws.com", rule.Arn, "sns:Publish", topic);
                const source = `aws.${resource.split(":")[2] ?? ""}`;
                const message = { account, region, source, detailType: eventTypeId, time: new Date().toISOString(), notificationRuleArn: rule.Arn, resources: [resource], detail, additionalAttributes: {} };
                return emulator.form("sns", { Action: "Publish", Version: "2010-03-31", TopicArn: topic, Message: JSON.stringify(message) });
            }),
        );
    }

    async handle(action: string, input: JsonObject, caller: Caller): Promise<unknown> {
        const { account, region } = this.options;
        const now = Date.now() / 1000;
        const any = `arn:aws:codestar-notifications:${region}:${account}:notificationrule/*`;
        if (action === "CreateNotificationRule") {
            const fields = read(creation, input);
            await caller.authorise("codestar-notifications:CreateNotificationRule", any);
            if (this.rules.all().some((rule) => rule.Name === fields.Name)) {
                throw new AwsError("ResourceAlreadyExistsException", `A notification rule with the name ${fields.Name} already exists`);
            }
            const arn = any.replace("*", randomUUID().replaceAll("-", ""));
            this.rules.put(arn, { ...fields, Arn: arn, CreatedBy: caller.principalArn, CreatedTimestamp: now, LastModifiedTimestamp: now });
            return { Arn: arn };
        }
        if (action === "ListNotificationRules") {
            await caller.authorise("codestar-notifications:ListNotificationRules", "*");
            const { items, nextToken } = page(this.rules.all(), input.NextToken, 100);
            return { NotificationRules: items.map(({ Arn }) => ({ Arn, Id: Arn.split("/").at(-1) })), ...(nextToken.nextToken === undefined ? {} : { NextToken: nextToken.nextToken }) };
        }
        if (action === "DeleteTarget") {
            const fields = read(targetDeletion, input);
            await caller.authorise("codestar-notifications:DeleteTarget", "*");
            this.deleteTarget(fields.TargetAddress, fields.ForceUnsubscribeAll);
            return {};
        }
        const arn = read(z.string().regex(/^arn:aws:codestar-notifications:[^:]+:\d{12}:notificationrule\/.+/), input.Arn);
        await caller.authorise(`codestar-notifications:${action}`, arn);
        return this.onRule(action, arn, input, now);
    }

    /** Targets exist only as parts of rules here: one that no rule has is gone already. */
    private deleteTarget(address: string, unsubscribe: boolean): void {
        const users = this.rules.all().filter(({ Targets }) => Targets.some(({ TargetAddress }) => TargetAddress === address));
        if (users.length > 0 && !unsubscribe) {
            throw new AwsError("ValidationException", "The target cannot be deleted because it is subscribed to one or more notification rules.");
        }
        for (const rule of users) {
            this.rules.put(rule.Arn, { ...rule, Targets: rule.Targets.filter(({ TargetAddress }) => TargetAddress !== address) });
        }
    }

    private onRule(action: string, arn: string, input: JsonObject, now: number): object {
        const rule = this.rules.get(arn);
        if (action === "DeleteNotificationRule") {
            this.rules.delete(arn);
            return { Arn: arn };
        }
        if (rule === undefined) {
            throw new AwsError("ResourceNotFoundException", `Notification rule not found: ${arn}`, 404);
        }
        switch (action) {
            case "DescribeNotificationRule":
                return shown(rule);
            case "UpdateNotificationRule":
                this.rules.put(arn, { ...rule, ...read(update, input), LastModifiedTimestamp: now });
                return {};
            case "ListTagsForResource":
                return { Tags: rule.Tags ?? {} };
            case "TagResource": {
                const merged = { ...rule.Tags, ...read(tags, input.Tags) };
                this.rules.put(arn, { ...rule, Tags: merged });
                return { Tags: merged };
            }
            case "UntagResource": {
                const keys = read(z.array(z.string()), input.TagKeys);
                this.rules.put(arn, { ...rule, Tags: Object.fromEntries(Object.entries(rule.Tags ?? {}).filter(([key]) => !keys.includes(key))) });
                return {};
            }
            default:
                throw new AwsError("UnknownOperationException", `codestar-notifications:${action} is not emulated here. The operations that are stand in local/endpoint/README.md.`);
        }
    }
}

function shown({ EventTypeIds, ClientRequestToken: _token, Targets, Tags, ...rule }: Rule): object {
    return {
        ...rule,
        EventTypes: EventTypeIds.map((id) => ({ EventTypeId: id, ServiceName: serviceOf(id), EventTypeName: id, ResourceType: id.split("-")[1] ?? "" })),
        Targets: Targets.map((entry) => ({ ...entry, TargetStatus: "ACTIVE" })),
        Tags: Tags ?? {},
    };
}

function serviceOf(eventTypeId: string): string {
    return { codepipeline: "CodePipeline", codebuild: "CodeBuild", codedeploy: "CodeDeploy", codecommit: "CodeCommit" }[eventTypeId.split("-")[0] ?? ""] ?? "";
}

function read<T>(schema: z.ZodType<T>, input: unknown): T {
    const result = schema.safeParse(input);
    if (!result.success) {
        throw new AwsError("ValidationException", result.error.issues.map((issue) => `${issue.path.join(".") || "value"}: ${issue.message}`).sort().join("; "));
    }
    return result.data;
}
