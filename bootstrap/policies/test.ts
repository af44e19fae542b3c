import { applicationObjects } from "./application";
import { buildBase } from "./buildBase";
import { keepPipelineBucket } from "./deploy";
import type { Scope } from "./scope";
import { writeRecords } from "./state";
import { allow, type PolicyStatement } from "./statement";

/** Uses what was deployed, as its users do: calls, files, messages; and looks at what came of it. */
export function testStatements(scope: Scope): PolicyStatement[] {
    const { arn, prefix, place } = scope;
    return [
        ...buildBase("test", scope),
        ...writeRecords(scope, ["test-results/*"]),
        ...keepPipelineBucket(scope),
        allow("Invoke", ["lambda:InvokeFunction"], [arn("lambda", `function:${prefix}-*`)]),
        allow("Files", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], applicationObjects(scope)),
        allow("ListFiles", ["s3:ListBucket"], [`arn:aws:s3:::${prefix}-${place.accountId}-*`]),
        allow("Messages", ["sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:SendMessage"], [arn("sqs", `${prefix}-*`)]),
    ];
}
