import { BatchGetBuildsCommand, CodeBuildClient } from "@aws-sdk/client-codebuild";
import {
    type ActionExecutionDetail,
    CodePipelineClient,
    GetPipelineExecutionCommand,
    GetPipelineStateCommand,
    ListActionExecutionsCommand,
    ListPipelineExecutionsCommand,
    PutApprovalResultCommand,
} from "@aws-sdk/client-codepipeline";
import { CloudWatchLogsClient, GetLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { codeOf } from "../failure";
import { readRun, readState, readSummary } from "./answers";
import type { LogPlace } from "./logs";
import type { PipelineState, Run, RunSummary } from "./run";

export interface Verdict {
    readonly stage: string;
    readonly action: string;
    readonly token: string;
    readonly approved: boolean;
    readonly summary: string;
}

/** The few calls about pipelines that commands make. */
export interface PipelineClient {
    /** Undefined when there is no such pipeline. */
    state(pipeline: string): Promise<PipelineState | undefined>;
    /** The newest `limit` runs, newest first. */
    runs(pipeline: string, limit: number): Promise<readonly RunSummary[]>;
    /** A run out of the list with its stages; undefined when it is gone. */
    run(pipeline: string, summary: RunSummary, state: PipelineState): Promise<Run | undefined>;
    answer(pipeline: string, verdict: Verdict): Promise<void>;
    /** Where the log of a build is; undefined as long as it has none. */
    buildLog(build: string): Promise<LogPlace | undefined>;
    /** The last lines of a log; none when it does not exist. */
    logTail(place: LogPlace, lines: number): Promise<readonly string[]>;
}

/** How many runs ListPipelineExecutions answers at once (CodePipeline API, maxResults). */
const pageLimit = 100;

/** Clients for the endpoint, region and credentials among the given variables, and the caller's own where there are none. */
export function createPipelineClient(variables: Readonly<Record<string, string>>, region: string): PipelineClient {
    const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = variables;
    const credentials = accessKeyId === undefined || secretAccessKey === undefined ? undefined : { accessKeyId, secretAccessKey };
    const settings = { region, ...(endpoint === undefined ? {} : { endpoint }), ...(credentials === undefined ? {} : { credentials }) };
    const pipelines = new CodePipelineClient(settings);
    const builds = new CodeBuildClient(settings);
    const logs = new CloudWatchLogsClient(settings);

    const runs = async (pipelineName: string, limit: number): Promise<RunSummary[]> => {
        const found: RunSummary[] = [];
        let nextToken: string | undefined;
        do {
            const page = await pipelines.send(new ListPipelineExecutionsCommand({ pipelineName, maxResults: Math.min(limit - found.length, pageLimit), nextToken }));
            found.push(...(page.pipelineExecutionSummaries ?? []).map(readSummary));
            nextToken = page.nextToken;
        } while (nextToken !== undefined && found.length < limit);
        return found.slice(0, limit);
    };

    const actions = async (pipelineName: string, pipelineExecutionId: string): Promise<ActionExecutionDetail[]> => {
        const found: ActionExecutionDetail[] = [];
        let nextToken: string | undefined;
        do {
            const page = await pipelines.send(new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId }, nextToken }));
            found.push(...(page.actionExecutionDetails ?? []));
            nextToken = page.nextToken;
        } while (nextToken !== undefined);
        return found;
    };

    return {
        state: async (name) => unlessMissing("PipelineNotFoundException", async () => readState(await pipelines.send(new GetPipelineStateCommand({ name })))),
        runs,
        run: async (pipelineName, summary, state) =>
            unlessMissing("PipelineExecutionNotFoundException", async () => {
                const [{ pipelineExecution }, details] = await Promise.all([
                    pipelines.send(new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId: summary.id })),
                    actions(pipelineName, summary.id),
                ]);
                return pipelineExecution === undefined ? undefined : readRun(summary, pipelineExecution, details, state);
            }),
        answer: async (pipelineName, { stage: stageName, action: actionName, token, approved, summary }) => {
            const result = { status: approved ? ("Approved" as const) : ("Rejected" as const), summary };
            await pipelines.send(new PutApprovalResultCommand({ pipelineName, stageName, actionName, token, result }));
        },
        buildLog: async (build) => {
            const { builds: [found] = [] } = await builds.send(new BatchGetBuildsCommand({ ids: [build] }));
            const { groupName, streamName } = found?.logs ?? {};
            return groupName === undefined || streamName === undefined ? undefined : { group: groupName, stream: streamName };
        },
        logTail: async ({ group, stream }, limit) => {
            const answer = await unlessMissing("ResourceNotFoundException", () =>
                logs.send(new GetLogEventsCommand({ logGroupName: group, logStreamName: stream, limit, startFromHead: false })),
            );
            return (answer?.events ?? []).flatMap(({ message = "" }) => message.split("\n")).filter((line) => line.trim() !== "").slice(-limit);
        },
    };
}

async function unlessMissing<Result>(code: string, call: () => Promise<Result>): Promise<Result | undefined> {
    try {
        return await call();
    } catch (error) {
        if (codeOf(error) === code) {
            return undefined;
        }
        throw error;
    }
}
