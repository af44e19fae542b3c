import type { BooleanShape, Bounds, IntegerShape, ListShape, MapShape, Shape, StringShape, StructureShape } from "./constraints";

/** The constraints of the API's model of 2015-07-09; a test compares each with the model that botocore carries. */
function text(constraints: Omit<StringShape, "type" | "compiled"> = {}): StringShape {
    const { pattern } = constraints;
    return { type: "string", ...constraints, ...(pattern === undefined ? {} : { compiled: new RegExp(`^(?:${pattern})$`) }) };
}

function integer(min: number, max?: number): IntegerShape {
    return { type: "integer", min, ...(max === undefined ? {} : { max }) };
}

function list(member: Shape, bounds: Bounds = {}): ListShape {
    return { type: "list", member, ...bounds };
}

function map(key: StringShape, value: Shape, bounds: Bounds = {}): MapShape {
    return { type: "map", key, value, ...bounds };
}

/** `required` first; the rest is optional. */
function structure(required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): StructureShape {
    return { type: "structure", required: Object.keys(required), members: { ...required, ...optional } };
}

const boolean: BooleanShape = { type: "boolean" };

const name = text({ min: 1, max: 100, pattern: "[A-Za-z0-9.@\\-_]+" });
const variableName = text({ min: 1, max: 128, pattern: "[A-Za-z0-9@\\-_]+" });
const variableValue = text({ min: 1, max: 1000, pattern: ".*" });
const roleArn = text({ max: 1024, pattern: "arn:aws(-[\\w]+)*:iam::[0-9]{12}:role/.*" });
const uuid = text({ pattern: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}" });
const nextToken = text({ min: 1, max: 2048 });
const region = text({ min: 4, max: 30 });
const type = text({ min: 1, max: 35, pattern: "[0-9A-Za-z_-]+" });
const typeVersion = text({ min: 1, max: 9, pattern: "[0-9A-Za-z_-]+" });
const version = integer(1);
const timeout = integer(5, 86_400);
const retryMode = text({ enum: ["FAILED_ACTIONS", "ALL_ACTIONS"] });
const transitionType = text({ enum: ["Inbound", "Outbound"] });
const resourceArn = text({ pattern: "arn:aws(-[\\w]+)*:codepipeline:.+:[0-9]{12}:.+" });
const tagKey = text({ min: 1, max: 128 });
const tags = list(structure({ key: tagKey, value: text({ min: 0, max: 256 }) }));

const artifactStore = structure(
    { type: text({ enum: ["S3"] }), location: text({ min: 3, max: 63, pattern: "[a-zA-Z0-9\\-\\.]+" }) },
    { encryptionKey: structure({ id: text({ min: 1, max: 400 }), type: text({ enum: ["KMS"] }) }) },
);
const artifactName = text({ min: 1, max: 100, pattern: "[a-zA-Z0-9_\\-]+" });
const inputArtifacts = list(structure({ name: artifactName }));
const commands = list(text({ min: 1, max: 1000 }), { min: 1, max: 50 });

const action = structure(
    {
        name,
        actionTypeId: structure({
            category: text({ enum: ["Source", "Build", "Deploy", "Test", "Invoke", "Approval", "Compute"] }),
            owner: text({ enum: ["AWS", "ThirdParty", "Custom"] }),
            provider: type,
            version: typeVersion,
        }),
    },
    {
        runOrder: integer(1, 999),
        configuration: map(text({ min: 1, max: 50 }), text({ min: 1, max: 1000 })),
        commands,
        outputArtifacts: list(structure({ name: artifactName }, { files: list(text({ min: 1, max: 128 }), { min: 1, max: 10 }) })),
        inputArtifacts,
        outputVariables: list(text({ min: 1, max: 128 }), { min: 1, max: 15 }),
        roleArn,
        region,
        namespace: text({ min: 1, max: 100, pattern: "[A-Za-z0-9@\\-_]+" }),
        timeoutInMinutes: timeout,
        environmentVariables: list(
            structure(
                { name: text({ min: 1, max: 128, pattern: "[A-Za-z0-9_]+" }), value: text({ min: 1, max: 2000, pattern: ".*" }) },
                { type: text({ enum: ["PLAINTEXT", "SECRETS_MANAGER"] }) },
            ),
            { min: 1, max: 10 },
        ),
    },
);

const result = text({ enum: ["ROLLBACK", "FAIL", "RETRY", "SKIP"] });
const rule = structure(
    { name, ruleTypeId: structure({ category: text({ enum: ["Rule"] }), provider: type }, { owner: text({ enum: ["AWS"] }), version: typeVersion }) },
    {
        configuration: map(text({ min: 1, max: 50 }), text({ min: 1, max: 10_000 }), { min: 0, max: 200 }),
        commands,
        inputArtifacts,
        roleArn,
        region,
        timeoutInMinutes: timeout,
    },
);
const conditions = list(structure({}, { result, rules: list(rule, { min: 1, max: 5 }) }), { min: 1, max: 1 });

const stage = structure(
    { name, actions: list(action) },
    {
        blockers: list(structure({ name: text({ min: 1, max: 100 }), type: text({ enum: ["Schedule"] }) })),
        onFailure: structure({}, { result, retryConfiguration: structure({}, { retryMode }), conditions }),
        onSuccess: structure({ conditions }),
        beforeEntry: structure({ conditions }),
    },
);

function filter(pattern: StringShape): StructureShape {
    const patterns = list(pattern, { min: 1, max: 8 });
    return structure({}, { includes: patterns, excludes: patterns });
}

const tagFilter = filter(text({ min: 1, max: 255 }));
const pathFilter = filter(text({ min: 1, max: 255, pattern: ".*" }));

const trigger = structure({
    providerType: text({ enum: ["CodeStarSourceConnection"] }),
    gitConfiguration: structure(
        { sourceActionName: name },
        {
            push: list(structure({}, { tags: tagFilter, branches: pathFilter, filePaths: pathFilter }), { min: 1, max: 3 }),
            pullRequest: list(
                structure({}, { events: list(text({ enum: ["OPEN", "UPDATED", "CLOSED"] }), { min: 1, max: 3 }), branches: pathFilter, filePaths: pathFilter }),
                { min: 1, max: 3 },
            ),
        },
    ),
});

const pipeline = structure(
    { name, roleArn, stages: list(stage) },
    {
        artifactStore,
        artifactStores: map(region, artifactStore),
        version,
        executionMode: text({ enum: ["QUEUED", "SUPERSEDED", "PARALLEL"] }),
        pipelineType: text({ enum: ["V1", "V2"] }),
        variables: list(structure({ name: variableName }, { defaultValue: variableValue, description: text({ min: 0, max: 200, pattern: ".*" }) }), { max: 50 }),
        triggers: list(trigger, { max: 50 }),
    },
);

const sourceRevision = structure({
    actionName: name,
    revisionType: text({ enum: ["COMMIT_ID", "IMAGE_DIGEST", "S3_OBJECT_VERSION_ID", "S3_OBJECT_KEY"] }),
    revisionValue: text({ min: 1, max: 1500 }),
});

/** Input of every operation that is emulated. */
export const INPUTS = {
    CreatePipeline: structure({ pipeline }, { tags }),
    UpdatePipeline: structure({ pipeline }),
    GetPipeline: structure({ name }, { version }),
    DeletePipeline: structure({ name }),
    ListPipelines: structure({}, { nextToken, maxResults: integer(1, 1000) }),
    StartPipelineExecution: structure(
        { name },
        {
            variables: list(structure({ name: variableName, value: variableValue }), { min: 1, max: 50 }),
            clientRequestToken: text({ min: 1, max: 128, pattern: "^[a-zA-Z0-9-]+$" }),
            sourceRevisions: list(sourceRevision, { min: 0, max: 50 }),
        },
    ),
    StopPipelineExecution: structure({ pipelineName: name, pipelineExecutionId: uuid }, { abandon: boolean, reason: text({ max: 200 }) }),
    GetPipelineExecution: structure({ pipelineName: name, pipelineExecutionId: uuid }),
    ListPipelineExecutions: structure(
        { pipelineName: name },
        { maxResults: integer(1, 100), filter: structure({}, { succeededInStage: structure({}, { stageName: name }) }), nextToken },
    ),
    GetPipelineState: structure({ name }),
    ListActionExecutions: structure(
        { pipelineName: name },
        {
            filter: structure(
                {},
                {
                    pipelineExecutionId: uuid,
                    latestInPipelineExecution: structure({ pipelineExecutionId: uuid, startTimeRange: text({ enum: ["Latest", "All"] }) }),
                },
            ),
            maxResults: integer(1, 100),
            nextToken,
        },
    ),
    PutApprovalResult: structure({
        pipelineName: name,
        stageName: name,
        actionName: name,
        result: structure({ summary: text({ min: 0, max: 512 }), status: text({ enum: ["Approved", "Rejected"] }) }),
        token: uuid,
    }),
    RetryStageExecution: structure({ pipelineName: name, stageName: name, pipelineExecutionId: uuid, retryMode }),
    EnableStageTransition: structure({ pipelineName: name, stageName: name, transitionType }),
    DisableStageTransition: structure({
        pipelineName: name,
        stageName: name,
        transitionType,
        reason: text({ min: 1, max: 300, pattern: "[a-zA-Z0-9!@ \\(\\)\\.\\*\\?\\-]+" }),
    }),
    TagResource: structure({ resourceArn, tags }),
    UntagResource: structure({ resourceArn, tagKeys: list(tagKey) }),
    ListTagsForResource: structure({ resourceArn }, { nextToken, maxResults: integer(1, 100) }),
} as const satisfies Readonly<Record<string, StructureShape>>;

export type OperationName = keyof typeof INPUTS;

export const PIPELINE_SHAPE = pipeline;
