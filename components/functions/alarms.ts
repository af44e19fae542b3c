import * as pulumi from "@pulumi/pulumi";
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm";
import { Alarms, FunctionModel } from "../manifest/model";

interface AlarmTarget {
    readonly model: FunctionModel;
    readonly functionName: string;
    readonly alarmTopicArn?: pulumi.Input<string>;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** Seconds. */
const PERIOD = 300;

const METRICS: readonly { readonly key: keyof Alarms; readonly suffix: string; readonly metric: string; readonly statistic: { statistic: string } | { extendedStatistic: string } }[] = [
    { key: "durationP99", suffix: "duration-alarm", metric: "Duration", statistic: { extendedStatistic: "p99" } },
    { key: "errors", suffix: "errors-alarm", metric: "Errors", statistic: { statistic: "Sum" } },
    { key: "throttles", suffix: "throttles-alarm", metric: "Throttles", statistic: { statistic: "Sum" } },
];

/** One alarm for each threshold that the manifest gives. Silence of the function is not an alarm. */
export function declareAlarms(name: string, target: AlarmTarget, parent: pulumi.Resource): void {
    for (const { key, suffix, metric, statistic } of METRICS) {
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
