import { UNSCOPED } from "../../bootstrap/policies/unscoped";

/** Actions of functions that may stand with `Resource: "*"`, beside those of the seed's roles. */
const OF_FUNCTIONS: Readonly<Record<string, string>> = {
    "cloudwatch:PutMetricData": "knows no resource level; a condition on the namespace bounds it",
};

/** Why an action may stand with `Resource: "*"`; undefined where it may not. */
export function unscopedReason(action: string): string | undefined {
    return UNSCOPED[action] ?? OF_FUNCTIONS[action];
}
