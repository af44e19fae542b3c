import type { Aws } from "./aws";
import type { PendingOperation } from "./deployment";
import { isRecord, stringMember } from "./json";

type Inputs = Readonly<Record<string, unknown>>;

const named =
    (key: string) =>
    (inputs: Inputs): string | undefined =>
        stringMember(inputs, key);

// Only types whose creation fails, or gives a second one, when the resource exists already. Everything else (policies,
// notifications, targets, alarms, queues) is a put: done again, it gives the same.
const identities: Readonly<Record<string, (inputs: Inputs, aws: Pick<Aws, "findEventSourceMapping">) => string | undefined | Promise<string | undefined>>> = {
    "aws:cloudwatch/logGroup:LogGroup": named("name"),
    "aws:dynamodb/table:Table": named("name"),
    "aws:ecr/repository:Repository": named("name"),
    "aws:iam/role:Role": named("name"),
    "aws:kms/alias:Alias": named("name"),
    "aws:lambda/alias:Alias": (inputs) => joined(lastPart(stringMember(inputs, "functionName")), stringMember(inputs, "name")),
    "aws:lambda/eventSourceMapping:EventSourceMapping": (inputs, aws) => {
        const [functionName, source] = [stringMember(inputs, "functionName"), stringMember(inputs, "eventSourceArn")];
        return functionName === undefined || source === undefined ? undefined : aws.findEventSourceMapping(functionName, source);
    },
    "aws:lambda/function:Function": named("name"),
    "aws:lambda/functionUrl:FunctionUrl": (inputs) => {
        const [name, qualifier] = [lastPart(stringMember(inputs, "functionName")), stringMember(inputs, "qualifier")];
        return qualifier === undefined ? name : joined(name, qualifier);
    },
    "aws:lambda/permission:Permission": named("statementId"),
    "aws:s3/bucket:Bucket": named("bucket"),
    "aws:scheduler/schedule:Schedule": (inputs) => joined(stringMember(inputs, "groupName") ?? "default", stringMember(inputs, "name")),
};

/** The id that the resource of an unfinished create has if it exists, from the inputs that its provider had checked. */
export async function identityOf({ type, resource }: PendingOperation, aws: Pick<Aws, "findEventSourceMapping">): Promise<string | undefined> {
    return isRecord(resource.inputs) ? identities[type]?.(resource.inputs, aws) : undefined;
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
    return first === undefined || second === undefined ? undefined : `${first}/${second}`;
}

/** The function's name out of its ARN. */
function lastPart(name: string | undefined): string | undefined {
    return name?.split(":").at(-1);
}
