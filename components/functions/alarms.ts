import * as pulumi from "@pulumi/pulumi";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import { Alarms, FunctionModel } from "../manifest/model";
import { ALARM_SUFFIXES } from "./alarmNames";

interface AlarmTarget {
    readonly model: FunctionModel;
    readonly functionName: string;
    readonly alarmTopicArn?: pulumi.Input<string>;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Seconds. */
const PERIOD = 300;

const METRICS: readonly { readonly key: keyof Alarms; readonly metric: string; readonly statistic: { statistic: string } | { extendedStatistic: string } }[] = [
    { key: "durationP99", metric: "Duration", statistic: { extendedStatistic: "p99" } },
    { key: "errors", metric: "Errors", statistic: { statistic: "Sum" } },
    { key: "throttles", metric: "Throttles", statistic: { statistic: "Sum" } },
];

/** One alarm for each threshold that the manifest gives. Silence of the function is not an alarm. */
export function declareAlarms(name: string, target: AlarmTarget, parent: pulumi.Resource): void {
    for (const { key, metric, statistic } of METRICS) {
        const suffix = ALARM_SUFFIXES[key];
        const threshold = target.model.alarms[key];
        if (threshold === undefined) {
            continue;
        }
        new MetricAlarm(
            `${name}-${suffix}`,
            {
                name: `${target.functionName}-${suffix}`,
                alarmDescription: `${metric} of ${target.functionName} at or above ${threshold} within five minutes`,
                namespace: "AWS/Lambda",
                metricName: metric,
                dimensions: { FunctionName: target.functionName },
                ...statistic,
                period: PERIOD,
                evaluationPeriods: 1,
                threshold,
                comparisonOperator: "GreaterThanOrEqualToThreshold",
                treatMissingData: "notBreaching",
                alarmActions: target.alarmTopicArn === undefined ? [] : [target.alarmTopicArn],
                tags: target.tags,
            },
            { parent },
        );
    }
}
