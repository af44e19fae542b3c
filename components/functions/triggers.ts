import * as pulumi from "@pulumi/pulumi";
import { EventRule } from "@pulumi/aws/cloudwatch/eventRule";
import { EventTarget } from "@pulumi/aws/cloudwatch/eventTarget";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";
import { EventSourceMapping } from "@pulumi/aws/lambda/eventSourceMapping";
import { Permission } from "@pulumi/aws/lambda/permission";
import { Schedule } from "@pulumi/aws/scheduler/schedule";
import { FunctionModel, QueueTrigger, RuleTrigger, ScheduleTrigger, StreamTrigger, Trigger } from "../manifest/model";
import { numbered } from "../manifest/names";
import { AliasAddress } from "./aliasAddress";
import { Place } from "./executionPolicy";
import { handleOf, ResourceHandles } from "./resources";
import { policyDocument, trustPolicy } from "./statements";

interface TriggerTarget {
    readonly model: FunctionModel;
    readonly alias: AliasAddress;
    readonly functionName: string;
    readonly handles: ResourceHandles;
    readonly place: Place;
    /** Of the roles that schedules take. */
    readonly permissionsBoundary?: pulumi.Input<string>;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Everything that calls the function, through its alias. A bucket's notifications are one resource for all functions:
 * see `BucketNotifications`.
 */
export function declareTriggers(name: string, target: TriggerTarget, parent: pulumi.Resource): void {
    const { model, functionName } = target;
    for (const trigger of ofKind(model, "queue")) {
        declareQueue(`${name}-queue-${trigger.queue}`, trigger, target, parent);
    }
    for (const trigger of ofKind(model, "stream")) {
        declareStream(`${name}-stream-${trigger.table}`, trigger, target, parent);
    }
    for (const [index, trigger] of ofKind(model, "schedule").entries()) {
        declareSchedule(numbered(`${name}-schedule`, index), numbered(functionName, index), trigger, target, parent);
    }
    for (const [index, trigger] of ofKind(model, "rule").entries()) {
        declareRule(numbered(`${name}-rule`, index), numbered(functionName, index), trigger, target, parent);
    }
}

function ofKind<K extends Trigger["kind"]>(model: FunctionModel, kind: K): Extract<Trigger, { kind: K }>[] {
    return model.triggers.filter((trigger): trigger is Extract<Trigger, { kind: K }> => trigger.kind === kind);
}

function declareQueue(name: string, trigger: QueueTrigger, target: TriggerTarget, parent: pulumi.Resource): void {
    new EventSourceMapping(
        name,
        {
            eventSourceArn: handleOf(trigger.queue, target.handles).arn,
            functionName: target.alias.arn,
            batchSize: trigger.batchSize,
            maximumBatchingWindowInSeconds: trigger.batchingWindow,
            scalingConfig: trigger.maximumConcurrency === undefined ? undefined : { maximumConcurrency: trigger.maximumConcurrency },
            // Without it one bad message makes the whole batch come again.
            functionResponseTypes: ["ReportBatchItemFailures"],
            tags: target.tags,
        },
        { parent },
    );
}

function declareStream(name: string, trigger: StreamTrigger, target: TriggerTarget, parent: pulumi.Resource): void {
    const { streamArn } = handleOf(trigger.table, target.handles);
    if (streamArn === undefined) {
        throw new Error(`The table "${trigger.table}" has no stream, but "${target.model.name}" is triggered by it. Enable the stream in app/infrastructure.ts.`);
    }
    new EventSourceMapping(
        name,
        {
            eventSourceArn: streamArn,
            functionName: target.alias.arn,
            batchSize: trigger.batchSize,
            startingPosition: trigger.startingPosition,
            bisectBatchOnFunctionError: true,
            functionResponseTypes: ["ReportBatchItemFailures"],
            tags: target.tags,
        },
        { parent },
    );
}

function declareSchedule(name: string, physicalName: string, trigger: ScheduleTrigger, target: TriggerTarget, parent: pulumi.Resource): void {
    const role = new Role(
        `${name}-role`,
        {
            name: `${physicalName}-schedule`,
            assumeRolePolicy: trustPolicy("scheduler.amazonaws.com", target.place.accountId),
            permissionsBoundary: target.permissionsBoundary,
            tags: target.tags,
        },
        { parent },
    );
    const policy = new RolePolicy(
        `${name}-policy`,
        {
            name: "invoke",
            role: role.name,
            policy: target.alias.arn.apply((arn) => policyDocument([{ Sid: "Invoke", Effect: "Allow", Action: ["lambda:InvokeFunction"], Resource: [arn] }])),
        },
        { parent },
    );
    new Schedule(
        name,
        {
            name: physicalName,
            scheduleExpression: trigger.expression,
            scheduleExpressionTimezone: trigger.timeZone,
            flexibleTimeWindow: { mode: "OFF" },
            target: { arn: target.alias.arn, roleArn: role.arn, input: trigger.input },
        },
        { parent, dependsOn: [policy] },
    );
}

function declareRule(name: string, physicalName: string, trigger: RuleTrigger, target: TriggerTarget, parent: pulumi.Resource): void {
    const rule = new EventRule(name, { name: physicalName, eventPattern: JSON.stringify(trigger.pattern), tags: target.tags }, { parent });
    const permission = new Permission(
        `${name}-permission`,
        {
            action: "lambda:InvokeFunction",
            function: target.alias.functionName,
            qualifier: target.alias.name,
            principal: "events.amazonaws.com",
            sourceArn: rule.arn,
        },
        { parent },
    );
    new EventTarget(`${name}-target`, { rule: rule.name, arn: target.alias.arn }, { parent, dependsOn: [permission] });
}
