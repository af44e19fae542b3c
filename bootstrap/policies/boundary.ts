import { seedNames } from "../../components/deliveryPipeline/names";
import type { SeedArns, SeedPlace } from "./scope";
import { allow, deny, type PolicyStatement } from "./statement";
import { allowUnscoped } from "./unscoped";

/**
 * The most that the role of a function or a schedule can ever do, whatever a manifest or a pipeline gives it: using data of this
 * account. Nothing of IAM, of pipelines and builds, of images, and no change of functions. It grants nothing by itself.
 */
export function boundaryStatements(place: SeedPlace, { secretsKeyArn, artifactsKeyArn }: Pick<SeedArns, "artifactsKeyArn" | "secretsKeyArn">): PolicyStatement[] {
    const { accountId, project } = place;
    const seed = seedNames(place);
    const own = (service: string, resource: string): string => `arn:aws:${service}:*:${accountId}:${resource}`;
    const stateBuckets = [seed.stateBucket, ...(place.engineBucket === undefined ? [] : [place.engineBucket])];
    const closed = [...stateBuckets, `${project}-*-artifacts`].flatMap((bucket) => [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`]);
    return [
        allow(
            "Objects",
            ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject", "s3:PutObjectTagging"],
            ["arn:aws:s3:::*"],
            // Data leaves the account by no bucket of somebody else.
            { StringEquals: { "aws:ResourceAccount": accountId } },
        ),
        allow(
            "Tables",
            [
                "dynamodb:BatchGetItem",
                "dynamodb:BatchWriteItem",
                "dynamodb:ConditionCheckItem",
                "dynamodb:DeleteItem",
                "dynamodb:DescribeStream",
                "dynamodb:GetItem",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "dynamodb:ListStreams",
                "dynamodb:PutItem",
                "dynamodb:Query",
                "dynamodb:Scan",
                "dynamodb:UpdateItem",
            ],
            [own("dynamodb", "table/*")],
        ),
        allow(
            "Queues",
            ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ReceiveMessage", "sqs:SendMessage"],
            [own("sqs", "*")],
        ),
        allow("Topics", ["sns:Publish"], [own("sns", "*")]),
        allow("Events", ["events:PutEvents"], [own("events", "event-bus/*")]),
        allow("Streams", ["kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:PutRecord", "kinesis:PutRecords"], [own("kinesis", "stream/*")]),
        allow("Calls", ["lambda:InvokeFunction"], [own("lambda", "function:*")]),
        allow("Workflows", ["states:StartExecution", "states:StartSyncExecution"], [own("states", "stateMachine:*")]),
        allow("WorkflowAnswers", ["states:DescribeExecution"], [own("states", "execution:*")]),
        allow("Logs", ["logs:CreateLogStream", "logs:PutLogEvents"], [own("logs", "log-group:*")]),
        allow("Secrets", ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"], [own("secretsmanager", "secret:*")]),
        allow(
            "Catalogue",
            ["glue:BatchCreatePartition", "glue:CreatePartition", "glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:UpdatePartition"],
            [own("glue", "catalog"), own("glue", "database/*"), own("glue", "table/*")],
        ),
        allow("Parameters", ["ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"], [own("ssm", "parameter/*")]),
        allow("Keys", ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], [own("kms", "key/*")]),
        allowUnscoped("Traces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]),
        allowUnscoped(
            "Network",
            [
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:UnassignPrivateIpAddresses",
            ],
        ),
        deny("KeepState", ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"], closed),
        deny("KeepKeys", ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], [secretsKeyArn, artifactsKeyArn]),
    ];
}
