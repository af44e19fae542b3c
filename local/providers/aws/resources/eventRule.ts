import type { RuleState, Target } from "@aws-sdk/client-eventbridge";
import type { EventRuleArgs, EventRuleState } from "@pulumi/aws/cloudwatch/eventRule";
import type { EventTargetArgs, EventTargetState } from "@pulumi/aws/cloudwatch/eventTarget";
import { type AwsContext, resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import { emptyAsAbsent } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

const DEFAULT_BUS = "default";

type RuleInputs = Inputs<EventRuleArgs, "name">;

/** The id is the rule's name, with `BUS/` before it for another bus than the default one. */
export const eventRule = resourceType<RuleInputs, State<EventRuleState>>({
    token: "aws:cloudwatch/eventRule:EventRule",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_rule",
    autoName: { property: "name", maximum: 64, prefixProperty: "namePrefix" },
    replaceOn: ["eventBusName", "name", "namePrefix"],
    defaults: { eventBusName: DEFAULT_BUS, forceDestroy: false },
    computed: ["isEnabled", "state"],
    unsupported: ["isEnabled"],
    json: ["eventPattern"],
    local: ["forceDestroy", "namePrefix"],

    problems: ({ eventPattern, scheduleExpression }) =>
        eventPattern === undefined && scheduleExpression === undefined
            ? [{ property: "eventPattern", reason: 'neither "eventPattern" nor "scheduleExpression" was given: give at least one' }]
            : [],

    async create(inputs, context) {
        await putRule(inputs, context, true);
        return inputs.eventBusName === undefined || inputs.eventBusName === DEFAULT_BUS ? inputs.name : `${inputs.eventBusName}/${inputs.name}`;
    },

    async read(id, { services }) {
        const { bus, name } = locate(id);
        const events = await services.eventbridge();
        const found = await orAbsent(events.describeRule({ Name: name, EventBusName: bus }));
        if (found === undefined) {
            return undefined;
        }
        const { Tags: tags } = (await orAbsent(events.listTagsForResource({ ResourceARN: found.Arn }))) ?? {};
        return {
            arn: found.Arn,
            description: emptyAsAbsent(found.Description),
            eventBusName: found.EventBusName ?? bus,
            eventPattern: emptyAsAbsent(found.EventPattern),
            isEnabled: found.State !== "DISABLED",
            name,
            roleArn: emptyAsAbsent(found.RoleArn),
            scheduleExpression: emptyAsAbsent(found.ScheduleExpression),
            state: found.State ?? "ENABLED",
            tags: tagMap(tags),
        };
    },

    async update(_id, inputs, context, { old, state }) {
        await putRule(inputs, context, false);
        const events = await context.services.eventbridge();
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => events.tagResource({ ResourceARN: String(state["arn"]), Tags: tagList(tags) }),
            (keys) => events.untagResource({ ResourceARN: String(state["arn"]), TagKeys: keys }),
        );
    },

    async delete(id, state, { services, retry }) {
        const { bus, name } = locate(id);
        const events = await services.eventbridge();
        await retry(
            () => orAbsent(events.deleteRule({ Name: name, EventBusName: bus, Force: state["forceDestroy"] === true ? true : undefined })),
            // Targets that are just being removed.
            (error) => error instanceof Error && error.message.includes("can't be deleted since it has targets"),
        );
    },
});

async function putRule(inputs: RuleInputs, { services, retry }: AwsContext, created: boolean): Promise<void> {
    const events = await services.eventbridge();
    await retry(
        () =>
            events.putRule({
                Name: inputs.name,
                EventBusName: inputs.eventBusName,
                Description: inputs.description,
                EventPattern: inputs.eventPattern,
                ScheduleExpression: inputs.scheduleExpression,
                RoleArn: inputs.roleArn,
                State: (inputs.state ?? "ENABLED") as RuleState,
                // Tags are accepted only when the rule is new.
                Tags: created ? tagList(inputs.tagsAll) : undefined,
            }),
        (error) => isError(error, "ConcurrentModificationException") || (error instanceof Error && error.message.includes("cannot be assumed by principal")),
    );
}

type TargetInputs = Inputs<EventTargetArgs, "targetId">;

/** The id is `RULE-TARGET`, or `BUS-RULE-TARGET`; an import takes `RULE/TARGET` or `BUS/RULE/TARGET`. */
export const eventTarget = resourceType<TargetInputs, State<EventTargetState>>({
    token: "aws:cloudwatch/eventTarget:EventTarget",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_event_target",
    autoName: { property: "targetId", maximum: 64 },
    replaceOn: ["eventBusName", "rule", "targetId"],
    defaults: { eventBusName: DEFAULT_BUS, forceDestroy: false },
    unsupported: [
        "appsyncTarget",
        "batchTarget",
        "ecsTarget",
        "httpTarget",
        "kinesisTarget",
        "redshiftTarget",
        "runCommandTargets",
        "sagemakerPipelineTarget",
    ],
    json: ["input"],
    local: ["forceDestroy"],

    async create(inputs, context) {
        await putTarget(inputs, context);
        return targetIdOf(inputs.eventBusName, inputs.rule, inputs.targetId);
    },

    idOf: (state) => targetIdOf(text(state["eventBusName"]), text(state["rule"]) ?? "", text(state["targetId"]) ?? ""),

    async read(id, { services }, known) {
        const { bus, rule, target } = locateTarget(id, known);
        const events = await services.eventbridge();
        let token: string | undefined;
        do {
            const page = await orAbsent(events.listTargetsByRule({ Rule: rule, EventBusName: bus, NextToken: token }));
            const found = page?.Targets?.find(({ Id }) => Id === target);
            if (found !== undefined) {
                return { ...shownTarget(found), eventBusName: bus, rule, targetId: target };
            }
            token = page?.NextToken;
        } while (token !== undefined);
        return undefined;
    },

    async update(_id, inputs, context) {
        await putTarget(inputs, context);
    },

    async delete(_id, state, { services }) {
        const events = await services.eventbridge();
        await orAbsent(
            events.removeTargets({
                Rule: String(state["rule"]),
                EventBusName: text(state["eventBusName"]),
                Ids: [String(state["targetId"])],
                Force: state["forceDestroy"] === true ? true : undefined,
            }),
        );
    },
});

async function putTarget(inputs: TargetInputs, { services }: AwsContext): Promise<void> {
    const events = await services.eventbridge();
    const { FailedEntries: failed } = await events.putTargets({
        Rule: inputs.rule,
        EventBusName: inputs.eventBusName,
        Targets: [
            {
                Id: inputs.targetId,
                Arn: inputs.arn,
                RoleArn: inputs.roleArn,
                Input: inputs.input,
                InputPath: inputs.inputPath,
                InputTransformer:
                    inputs.inputTransformer === undefined
                        ? undefined
                        : { InputPathsMap: inputs.inputTransformer.inputPaths, InputTemplate: inputs.inputTransformer.inputTemplate },
                DeadLetterConfig: inputs.deadLetterConfig === undefined ? undefined : { Arn: inputs.deadLetterConfig.arn },
                RetryPolicy:
                    inputs.retryPolicy === undefined
                        ? undefined
                        : {
                              MaximumEventAgeInSeconds: inputs.retryPolicy.maximumEventAgeInSeconds,
                              MaximumRetryAttempts: inputs.retryPolicy.maximumRetryAttempts,
                          },
                SqsParameters: inputs.sqsTarget === undefined ? undefined : { MessageGroupId: inputs.sqsTarget.messageGroupId },
            },
        ],
    });
    const [first] = failed ?? [];
    if (first !== undefined) {
        throw new Error(`${first.ErrorCode ?? "Error"}: target "${inputs.targetId}" of rule "${inputs.rule}": ${first.ErrorMessage ?? "no reason was given"}`);
    }
}

function shownTarget(found: Target): State<EventTargetState> {
    const transformer = found.InputTransformer;
    const retry = found.RetryPolicy;
    return {
        arn: found.Arn,
        deadLetterConfig: found.DeadLetterConfig?.Arn === undefined ? undefined : { arn: found.DeadLetterConfig.Arn },
        input: emptyAsAbsent(found.Input),
        inputPath: emptyAsAbsent(found.InputPath),
        inputTransformer: transformer === undefined ? undefined : { inputPaths: transformer.InputPathsMap, inputTemplate: transformer.InputTemplate ?? "" },
        retryPolicy:
            retry === undefined ? undefined : { maximumEventAgeInSeconds: retry.MaximumEventAgeInSeconds, maximumRetryAttempts: retry.MaximumRetryAttempts },
        roleArn: emptyAsAbsent(found.RoleArn),
        sqsTarget: found.SqsParameters === undefined ? undefined : { messageGroupId: found.SqsParameters.MessageGroupId },
    };
}

function locate(id: string): { readonly bus: string; readonly name: string } {
    const at = id.lastIndexOf("/");
    return at < 0 ? { bus: DEFAULT_BUS, name: id } : { bus: id.slice(0, at), name: id.slice(at + 1) };
}

function targetIdOf(bus: string | undefined, rule: string, target: string): string {
    return bus === undefined || bus === DEFAULT_BUS ? `${rule}-${target}` : `${bus}-${rule}-${target}`;
}

/** Rules and targets may have hyphens themselves: the id alone tells nothing, so state or an import's notation must. */
function locateTarget(id: string, known: Partial<TargetInputs>): { readonly bus: string; readonly rule: string; readonly target: string } {
    if (known.rule !== undefined && known.targetId !== undefined) {
        return { bus: known.eventBusName ?? DEFAULT_BUS, rule: known.rule, target: known.targetId };
    }
    const parts = id.split("/");
    const [rule, target] = parts.slice(-2);
    if (parts.length < 2 || rule === undefined || target === undefined) {
        throw new Error(`the id "${id}" does not tell rule and target apart: import with RULE/TARGET or BUS/RULE/TARGET`);
    }
    return { bus: parts.length === 2 ? DEFAULT_BUS : parts.slice(0, -2).join("/"), rule, target };
}

function text(value: unknown): string | undefined {
    return typeof value === "string" ? value : undefined;
}
