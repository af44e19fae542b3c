import { Outcome, assertSuccess } from "./checkout";

/** Runs the AWS CLI against the account that is looked at. */
export type AwsCli = (args: readonly string[]) => Promise<Outcome>;

/** How each kind of resource is listed: the call, and the expression that picks its names (JMESPath). */
const LISTS: Readonly<Record<string, readonly [service: string, operation: string, names: string]>> = {
    alarms: ["cloudwatch", "describe-alarms", "MetricAlarms[].AlarmName"],
    buckets: ["s3api", "list-buckets", "Buckets[].Name"],
    eventSourceMappings: ["lambda", "list-event-source-mappings", "EventSourceMappings[].FunctionArn"],
    functions: ["lambda", "list-functions", "Functions[].FunctionName"],
    keys: ["kms", "list-keys", "Keys[].KeyId"],
    logGroups: ["logs", "describe-log-groups", "logGroups[].logGroupName"],
    queues: ["sqs", "list-queues", "QueueUrls[]"],
    repositories: ["ecr", "describe-repositories", "repositories[].repositoryName"],
    roles: ["iam", "list-roles", "Roles[].RoleName"],
    rules: ["events", "list-rules", "Rules[].Name"],
    schedules: ["scheduler", "list-schedules", "Schedules[].Name"],
    stateMachines: ["stepfunctions", "list-state-machines", "stateMachines[].name"],
    tables: ["dynamodb", "list-tables", "TableNames[]"],
};

/** Every resource of an account by kind, as AWS's own API tells it; names sorted, kinds that have none left out. */
export async function listAccount(aws: AwsCli): Promise<Record<string, string[]>> {
    const all: Record<string, string[]> = {};
    for (const [kind, [service, operation, names]] of Object.entries(LISTS)) {
        const { stdout } = assertSuccess(await aws([service, operation, "--query", names, "--output", "json"]));
        const found = JSON.parse(stdout.trim() === "" ? "null" : stdout) as string[] | null;
        if (found !== null && found.length > 0) {
            all[kind] = found.map((name) => (kind === "queues" ? name.slice(name.lastIndexOf("/") + 1) : name)).sort();
        }
    }
    return all;
}
