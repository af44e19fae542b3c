import type { ComparisonOperator, Dimension, MetricAlarm, MetricDataQuery, PutMetricAlarmInput, StandardUnit, Statistic } from "@aws-sdk/client-cloudwatch";
import type { MetricAlarmArgs, MetricAlarmState } from "@pulumi/aws/cloudwatch/metricAlarm";
import { resourceType } from "../clients";
import { orAbsent } from "../errors";
import { emptyAsAbsent, some } from "./absent";
import { applyTags, tagChange, tagList, tagMap } from "./tags";
import type { Inputs, State } from "./types";

type AlarmInputs = Omit<Inputs<MetricAlarmArgs, "name">, "alarmActions" | "insufficientDataActions" | "okActions"> & {
    readonly alarmActions?: string[];
    readonly insufficientDataActions?: string[];
    readonly okActions?: string[];
};

export const metricAlarm = resourceType<AlarmInputs, State<MetricAlarmState>>({
    token: "aws:cloudwatch/metricAlarm:MetricAlarm",
    source: "https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/cloudwatch_metric_alarm",
    autoName: { property: "name", maximum: 255 },
    replaceOn: ["name"],
    defaults: { actionsEnabled: true, treatMissingData: "missing" },
    computed: ["evaluateLowSampleCountPercentiles"],
    unsupported: ["evaluationCriteria", "evaluationInterval", "warmUpConfiguration"],
    sets: ["alarmActions", "insufficientDataActions", "metricQueries", "okActions"],

    problems: (inputs) =>
        (["comparisonOperator", "evaluationPeriods"] as const)
            .filter((name) => inputs[name] === undefined)
            .map((name) => ({ property: name, reason: `"${name}" is required by CloudWatch and was not given: give it a value` })),

    async create(inputs, { services }) {
        await (await services.cloudwatch()).putMetricAlarm({ ...sent(inputs), Tags: tagList(inputs.tagsAll) });
        return inputs.name;
    },

    async read(id, { services }) {
        const cloudwatch = await services.cloudwatch();
        const { MetricAlarms: alarms } = await cloudwatch.describeAlarms({ AlarmNames: [id], AlarmTypes: ["MetricAlarm"] });
        const found = alarms?.find(({ AlarmName }) => AlarmName === id);
        if (found === undefined) {
            return undefined;
        }
        const { Tags: tags } = (await orAbsent(cloudwatch.listTagsForResource({ ResourceARN: found.AlarmArn }))) ?? {};
        return { ...shown(found), tags: tagMap(tags) };
    },

    async update(_id, inputs, { services }, { old, state }) {
        const cloudwatch = await services.cloudwatch();
        await cloudwatch.putMetricAlarm(sent(inputs));
        await applyTags(
            tagChange(old.tagsAll, inputs.tagsAll),
            (tags) => cloudwatch.tagResource({ ResourceARN: String(state["arn"]), Tags: tagList(tags) }),
            (keys) => cloudwatch.untagResource({ ResourceARN: String(state["arn"]), TagKeys: keys }),
        );
    },

    async delete(id, _state, { services }) {
        await orAbsent((await services.cloudwatch()).deleteAlarms({ AlarmNames: [id] }));
    },
});

function sent(inputs: AlarmInputs): PutMetricAlarmInput {
    return {
        AlarmName: inputs.name,
        ActionsEnabled: inputs.actionsEnabled,
        AlarmActions: inputs.alarmActions,
        AlarmDescription: inputs.alarmDescription,
        ComparisonOperator: inputs.comparisonOperator as ComparisonOperator,
        DatapointsToAlarm: inputs.datapointsToAlarm,
        Dimensions: dimensionList(inputs.dimensions),
        EvaluateLowSampleCountPercentile: inputs.evaluateLowSampleCountPercentiles,
        EvaluationPeriods: inputs.evaluationPeriods ?? 1,
        ExtendedStatistic: inputs.extendedStatistic,
        InsufficientDataActions: inputs.insufficientDataActions,
        MetricName: inputs.metricName,
        Metrics: inputs.metricQueries?.map(sentQuery),
        Namespace: inputs.namespace,
        OKActions: inputs.okActions,
        Period: inputs.period,
        Statistic: inputs.statistic as Statistic | undefined,
        Threshold: inputs.threshold,
        ThresholdMetricId: inputs.thresholdMetricId,
        TreatMissingData: inputs.treatMissingData,
        Unit: inputs.unit as StandardUnit | undefined,
    };
}

type MetricQuery = NonNullable<AlarmInputs["metricQueries"]>[number];

function sentQuery(query: MetricQuery): MetricDataQuery {
    const metric = query.metric;
    return {
        Id: query.id,
        AccountId: query.accountId,
        Expression: query.expression,
        Label: query.label,
        Period: query.period,
        ReturnData: query.returnData,
        MetricStat:
            metric === undefined
                ? undefined
                : {
                      Metric: { MetricName: metric.metricName, Namespace: metric.namespace, Dimensions: dimensionList(metric.dimensions) },
                      Period: metric.period,
                      Stat: metric.stat,
                      Unit: metric.unit as StandardUnit | undefined,
                  },
    };
}

function shown(found: MetricAlarm): State<MetricAlarmState> {
    return {
        actionsEnabled: found.ActionsEnabled,
        alarmActions: some(found.AlarmActions),
        alarmDescription: emptyAsAbsent(found.AlarmDescription),
        arn: found.AlarmArn,
        comparisonOperator: found.ComparisonOperator,
        datapointsToAlarm: found.DatapointsToAlarm,
        dimensions: dimensionMap(found.Dimensions),
        evaluateLowSampleCountPercentiles: emptyAsAbsent(found.EvaluateLowSampleCountPercentile),
        evaluationPeriods: found.EvaluationPeriods,
        extendedStatistic: emptyAsAbsent(found.ExtendedStatistic),
        insufficientDataActions: some(found.InsufficientDataActions),
        metricName: emptyAsAbsent(found.MetricName),
        metricQueries: (found.Metrics ?? []).length === 0 ? undefined : found.Metrics?.map(shownQuery),
        name: found.AlarmName,
        namespace: emptyAsAbsent(found.Namespace),
        okActions: some(found.OKActions),
        period: found.Period === 0 ? undefined : found.Period,
        // The emulator fills in a statistic beside a percentile; CloudWatch has one or the other.
        statistic: emptyAsAbsent(found.ExtendedStatistic) === undefined ? emptyAsAbsent(found.Statistic) : undefined,
        threshold: found.Threshold,
        thresholdMetricId: emptyAsAbsent(found.ThresholdMetricId),
        treatMissingData: found.TreatMissingData === undefined || found.TreatMissingData === "" ? "missing" : found.TreatMissingData,
        unit: emptyAsAbsent(found.Unit),
    };
}

function shownQuery(query: MetricDataQuery): MetricQuery {
    const stat = query.MetricStat;
    return {
        id: query.Id ?? "",
        accountId: emptyAsAbsent(query.AccountId),
        expression: emptyAsAbsent(query.Expression),
        label: emptyAsAbsent(query.Label),
        period: query.Period,
        returnData: query.ReturnData ?? false,
        metric:
            stat === undefined
                ? undefined
                : {
                      metricName: stat.Metric?.MetricName ?? "",
                      namespace: stat.Metric?.Namespace,
                      dimensions: dimensionMap(stat.Metric?.Dimensions),
                      period: stat.Period ?? 0,
                      stat: stat.Stat ?? "",
                      unit: emptyAsAbsent(stat.Unit),
                  },
    };
}

function dimensionList(dimensions: Readonly<Record<string, string>> | undefined): Dimension[] | undefined {
    return dimensions === undefined ? undefined : Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}

function dimensionMap(dimensions: readonly Dimension[] | undefined): Record<string, string> | undefined {
    return dimensions === undefined || dimensions.length === 0
        ? undefined
        : Object.fromEntries(dimensions.map(({ Name, Value }) => [Name ?? "", Value ?? ""]));
}
