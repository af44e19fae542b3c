import type { CreateScheduleInput, Target } from "@aws-sdk/client-scheduler";
import type { ScheduleArgs, ScheduleState } from "@pulumi/aws/scheduler/schedule";
import { resourceType } from "../clients";
import { isError, orAbsent } from "../errors";
import type { Inputs, State } from "./types";

type ScheduleInputs = Inputs<ScheduleArgs, "name">;

/** Kinds of target that need parameters of their own and that the emulator does not run. */
const OTHER_TARGETS = ["ecsParameters", "eventbridgeParameters", "kinesisParameters", "sagemakerPipelineParameters"] as const;

/** The id is `GROUP/NAME`. */
export const schedule = resourceType<ScheduleInputs, State<ScheduleState>>({
    token: "aws:scheduler/schedule:Schedule",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/scheduler_schedule",
    autoName: { property: "name", maximum: 64, prefixProperty: "namePrefix" },
    replaceOn: ["groupName", "name", "namePrefix"],
    defaults: { scheduleExpressionTimezone: "UTC", state: "ENABLED" },
    computed: ["actionAfterCompletion", "groupName"],
    json: ["target.input"],
    local: ["namePrefix"],

    problems: ({ target }) =>
        OTHER_TARGETS.filter((name) => target[name] !== undefined).map((name) => ({
            property: `target.${name}`,
            reason: `"${name}" is not carried out by the emulator's stand-in: leave it out, or use the official provider`,
        })),

    async create(inputs, { services, retry }) {
        const scheduler = await services.scheduler();
        await retry(() => scheduler.createSchedule(sent(inputs)), notPropagated);
        return `${inputs.groupName ?? "default"}/${inputs.name}`;
    },

    async read(id, { services }) {
        const { group, name } = locate(id);
        const found = await orAbsent((await services.scheduler()).getSchedule({ GroupName: group, Name: name }));
        if (found === undefined) {
            return undefined;
        }
        return {
            actionAfterCompletion: found.ActionAfterCompletion,
            arn: found.Arn,
            description: found.Description === "" ? undefined : found.Description,
            endDate: found.EndDate?.toISOString(),
            flexibleTimeWindow: { mode: found.FlexibleTimeWindow?.Mode ?? "OFF", maximumWindowInMinutes: found.FlexibleTimeWindow?.MaximumWindowInMinutes },
            groupName: found.GroupName ?? group,
            kmsKeyArn: found.KmsKeyArn === "" ? undefined : found.KmsKeyArn,
            name,
            scheduleExpression: found.ScheduleExpression,
            scheduleExpressionTimezone: found.ScheduleExpressionTimezone ?? "UTC",
            startDate: found.StartDate?.toISOString(),
            state: found.State,
            target: shownTarget(found.Target),
        };
    },

    async update(_id, inputs, { services, retry }) {
        const scheduler = await services.scheduler();
        await retry(() => scheduler.updateSchedule(sent(inputs)), notPropagated);
    },

    async delete(id, _state, { services }) {
        const { group, name } = locate(id);
        await orAbsent((await services.scheduler()).deleteSchedule({ GroupName: group, Name: name }));
    },
});

function sent(inputs: ScheduleInputs): CreateScheduleInput {
    const { target } = inputs;
    return {
        ActionAfterCompletion: inputs.actionAfterCompletion as "NONE" | undefined,
        Description: inputs.description,
        EndDate: inputs.endDate === undefined ? undefined : new Date(inputs.endDate),
        FlexibleTimeWindow: { Mode: inputs.flexibleTimeWindow.mode as "OFF", MaximumWindowInMinutes: inputs.flexibleTimeWindow.maximumWindowInMinutes },
        GroupName: inputs.groupName,
        KmsKeyArn: inputs.kmsKeyArn,
        Name: inputs.name,
        ScheduleExpression: inputs.scheduleExpression,
        ScheduleExpressionTimezone: inputs.scheduleExpressionTimezone,
        StartDate: inputs.startDate === undefined ? undefined : new Date(inputs.startDate),
        State: inputs.state as "ENABLED",
        Target: {
            Arn: target.arn,
            RoleArn: target.roleArn,
            Input: target.input,
            DeadLetterConfig: target.deadLetterConfig === undefined ? undefined : { Arn: target.deadLetterConfig.arn },
            RetryPolicy:
                target.retryPolicy === undefined
                    ? undefined
                    : {
                          MaximumEventAgeInSeconds: target.retryPolicy.maximumEventAgeInSeconds,
                          MaximumRetryAttempts: target.retryPolicy.maximumRetryAttempts,
                      },
            SqsParameters: target.sqsParameters === undefined ? undefined : { MessageGroupId: target.sqsParameters.messageGroupId },
        },
    };
}

function shownTarget(target: Target | undefined): State<ScheduleState>["target"] {
    const retry = target?.RetryPolicy;
    return {
        arn: target?.Arn ?? "",
        roleArn: target?.RoleArn ?? "",
        input: target?.Input === "" ? undefined : target?.Input,
        deadLetterConfig: target?.DeadLetterConfig?.Arn === undefined ? undefined : { arn: target.DeadLetterConfig.Arn },
        retryPolicy:
            retry === undefined ? undefined : { maximumEventAgeInSeconds: retry.MaximumEventAgeInSeconds, maximumRetryAttempts: retry.MaximumRetryAttempts },
        sqsParameters: target?.SqsParameters === undefined ? undefined : { messageGroupId: target.SqsParameters.MessageGroupId },
    };
}

/** A role that was made a moment ago, and changes of the same schedule at the same time. */
function notPropagated(error: unknown): boolean {
    return isError(error, "ConflictException")
        ? /concurrent|in progress/i.test(error instanceof Error ? error.message : "")
        : error instanceof Error && error.message.includes("must allow AWS EventBridge Scheduler to assume the role");
}

function locate(id: string): { readonly group: string; readonly name: string } {
    const [group, name] = id.split("/");
    if (group === undefined || name === undefined) {
        throw new Error(`the id "${id}" is not of the form GROUP/NAME: import with that form`);
    }
    return { group, name };
}
