import { type PendingOperation } from "./deployment";
import { stringMember } from "./json";

// Only types whose creation fails when the resource exists already. Everything else (policies, notifications, targets)
// is a put: done again, it gives the same.
const nameKeys: Readonly<Record<string, string>> = {
    "aws:cloudwatch/logGroup:LogGroup": "name",
    "aws:dynamodb/table:Table": "name",
    "aws:ecr/repository:Repository": "name",
    "aws:iam/role:Role": "name",
    "aws:lambda/function:Function": "name",
    "aws:lambda/functionUrl:FunctionUrl": "functionName",
    "aws:s3/bucket:Bucket": "bucket",
};

/** The id that the resource of an unfinished create has if it exists, from the inputs that the provider had checked. */
export function identityOf({ type, resource }: PendingOperation): string | undefined {
    const key = nameKeys[type];
    return key === undefined ? undefined : stringMember(resource.inputs, key);
}
