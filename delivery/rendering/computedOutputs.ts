import type { Registration } from "./mockEngine";

const ACCOUNT = "123456789012";
const REGION = "eu-central-1";

type Computed = (name: string, inputs: Registration["inputs"]) => Record<string, unknown>;

/** What the provider adds to the inputs, per type: under mocks a computed property that nobody supplies is `undefined`. */
const COMPUTED: Readonly<Record<string, Computed>> = {
    "aws:cloudwatch/eventRule:EventRule": (name) => ({ arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/${name}` }),
    "aws:cloudwatch/logGroup:LogGroup": (name) => ({ arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}` }),
    "aws:dynamodb/table:Table": (name) => ({ arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}` }),
    "aws:ecr/repository:Repository": (name) => ({
        arn: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`,
        repositoryUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/${name}`,
    }),
    "aws:glue/catalogDatabase:CatalogDatabase": (name) => ({ arn: `arn:aws:glue:${REGION}:${ACCOUNT}:database/${name}` }),
    "aws:iam/role:Role": (name) => ({ arn: `arn:aws:iam::${ACCOUNT}:role/${name}` }),
    "aws:lambda/alias:Alias": (name, { functionName }) => ({ arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${String(functionName)}:${name}` }),
    "aws:lambda/function:Function": (name) => ({ arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`, version: "7" }),
    "aws:s3/bucket:Bucket": (name) => ({ arn: `arn:aws:s3:::${name}` }),
    "aws:sfn/stateMachine:StateMachine": (name) => ({ arn: `arn:aws:states:${REGION}:${ACCOUNT}:stateMachine:${name}` }),
    "aws:sqs/queue:Queue": (name) => ({
        arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`,
        url: `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${name}`,
    }),
    "docker:index/image:Image": () => ({ repoDigest: `repository@sha256:${"d".repeat(64)}` }),
};

/** The property that holds a type's physical name, where it is not `name`. */
const NAME_PROPERTY: Readonly<Record<string, string>> = { "aws:s3/bucket:Bucket": "bucket" };

export function computedOutputs({ type, name, inputs }: Registration): Record<string, unknown> {
    const physicalName = inputs[NAME_PROPERTY[type] ?? "name"];
    return COMPUTED[type]?.(typeof physicalName === "string" ? physicalName : name, inputs) ?? {};
}
