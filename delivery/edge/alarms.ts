import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import type { AlarmsPort } from "../canary";

/** Source: CloudWatch API, DescribeAlarms. */
const NAMES_AT_ONCE = 100;

/** CloudWatch in one region. */
export function alarmsPort(region: string | undefined): AlarmsPort {
    const client = new CloudWatchClient({ region });
    return {
        states: async (names) => {
            const found = new Map<string, string>();
            for (let first = 0; first < names.length; first += NAMES_AT_ONCE) {
                const AlarmNames = names.slice(first, first + NAMES_AT_ONCE);
                const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames, MaxRecords: NAMES_AT_ONCE }));
                MetricAlarms.forEach(({ AlarmName = "", StateValue = "" }) => found.set(AlarmName, StateValue));
            }
            return found;
        },
    };
}
