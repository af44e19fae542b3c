/** A definition in Amazon States Language. */
export interface Definition {
    readonly Comment: string;
    readonly StartAt: string;
    /** Seconds. */
    readonly TimeoutSeconds: number;
    readonly States: Readonly<Record<string, object>>;
}

/** Functions that a stage's definition calls. */
export const STAGE_STEPS = {
    a: ["stage-a-preupdate-metadata", "stage-a-process-object", "stage-a-postupdate-metadata", "stage-a-error"],
    b: ["stage-b-process-data", "stage-b-check-job", "stage-b-crawl-data", "stage-b-postupdate-metadata", "stage-b-error"],
} as const;

export type Stage = keyof typeof STAGE_STEPS;

/** Seconds between two looks at a job. */
const JOB_INTERVAL = 2;
/** Seconds: far above what a batch takes; ends what would wait for ever. */
const STAGE_TIMEOUT = 3_600;

/** What Lambda itself asks callers to try again (AWS's recommendation for tasks that call functions). */
const RETRY = [
    {
        ErrorEquals: ["Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException"],
        IntervalSeconds: 1,
        MaxAttempts: 4,
        BackoffRate: 2,
    },
];

/**
 * A stage as a state machine. The state is one document that goes through all steps: each gets it whole and answers it
 * with its additions. A step that fails leaves its input and the error to the stage's error function.
 */
export function stageDefinition(stage: Stage, aliasArn: (name: string) => string): Definition {
    const task = (name: string, next: string): object => ({
        ...invoke(aliasArn(name)),
        OutputPath: "$.Payload",
        Retry: RETRY,
        Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "KeepMessage" }],
        Next: next,
    });
    const steps = stage === "a" ? stageA(task) : stageB(task, aliasArn);
    return {
        Comment: stage === "a" ? "Catalogues one object and transforms it lightly." : "Turns a batch of objects into one file and registers it.",
        StartAt: "Begin",
        TimeoutSeconds: STAGE_TIMEOUT,
        States: {
            Begin: {
                Type: "Pass",
                Parameters: { "id.$": "$$.Execution.Id", "name.$": "$$.Execution.Name", "startedAt.$": "$$.Execution.StartTime" },
                ResultPath: "$.execution",
                Next: steps.first,
            },
            ...steps.states,
            Done: { Type: "Succeed" },
            KeepMessage: { ...invoke(aliasArn(`stage-${stage}-error`)), OutputPath: "$.Payload", Retry: RETRY, Next: "Failed" },
            Failed: { Type: "Fail", ErrorPath: "$.error.Error", CausePath: "$.error.Cause" },
        },
    };
}

interface Steps {
    readonly first: string;
    readonly states: Readonly<Record<string, object>>;
}

type Task = (name: string, next: string) => object;

function stageA(task: Task): Steps {
    return {
        first: "PreUpdate",
        states: {
            PreUpdate: task("stage-a-preupdate-metadata", "IsDuplicate"),
            IsDuplicate: { Type: "Choice", Choices: [{ And: [{ Variable: "$.duplicate", IsPresent: true }, { Variable: "$.duplicate", BooleanEquals: true }], Next: "Done" }], Default: "ProcessObject" },
            ProcessObject: task("stage-a-process-object", "PostUpdate"),
            PostUpdate: task("stage-a-postupdate-metadata", "Done"),
        },
    };
}

function stageB(task: Task, aliasArn: (name: string) => string): Steps {
    return {
        first: "StartJob",
        states: {
            // Not waited for: the job may take longer than a state machine should pay a function to wait.
            StartJob: {
                ...invoke(aliasArn("stage-b-process-data"), { InvocationType: "Event" }),
                ResultPath: null,
                Retry: RETRY,
                Catch: [{ ErrorEquals: ["States.ALL"], ResultPath: "$.error", Next: "KeepMessage" }],
                Next: "Wait",
            },
            Wait: { Type: "Wait", Seconds: JOB_INTERVAL, Next: "CheckJob" },
            CheckJob: task("stage-b-check-job", "IsFinished"),
            IsFinished: {
                Type: "Choice",
                Choices: [
                    { Variable: "$.job.status", StringEquals: "SUCCEEDED", Next: "CrawlData" },
                    { Variable: "$.job.status", StringEquals: "FAILED", Next: "JobFailed" },
                ],
                Default: "Wait",
            },
            JobFailed: { Type: "Pass", Parameters: { Error: "JobFailed", "Cause.$": "$.job.reason" }, ResultPath: "$.error", Next: "KeepMessage" },
            CrawlData: task("stage-b-crawl-data", "PostUpdate"),
            PostUpdate: task("stage-b-postupdate-metadata", "Done"),
        },
    };
}

function invoke(functionArn: string, more: Readonly<Record<string, string>> = {}): object {
    return { Type: "Task", Resource: "arn:aws:states:::lambda:invoke", Parameters: { FunctionName: functionArn, "Payload.$": "$", ...more } };
}
