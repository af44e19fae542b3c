import {
    CodePipelineClient,
    GetPipelineCommand,
    GetPipelineExecutionCommand,
    GetPipelineStateCommand,
    ListPipelineExecutionsCommand,
    type PipelineExecutionSummary,
    type StageState,
    StartPipelineExecutionCommand,
    StopPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { codeOf, messageOf } from "../../automation/failure";
import { ConflictError, DuplicateStopError, type ExecutionSummary, LimitError, NotStoppableError, type PipelinePort, type StageStatus } from "../ports";

/** Runs looked through for one run's time of start. CodePipeline keeps them for a year. */
const PAGES = 10;

/** One pipeline of CodePipeline. */
export function pipelinePort(name: string, region: string | undefined): PipelinePort {
    const client = new CodePipelineClient({ region });
    let source: Promise<string> | undefined;
    const sourceAction = async (): Promise<string> => {
        const { pipeline } = await client.send(new GetPipelineCommand({ name }));
        const action = pipeline?.stages?.flatMap(({ actions }) => actions ?? []).find(({ actionTypeId }) => actionTypeId?.category === "Source");
        if (action?.name === undefined) {
            throw new Error(`The pipeline ${name} has no source action.`);
        }
        return action.name;
    };
    const page = (nextToken?: string): Promise<{ pipelineExecutionSummaries?: PipelineExecutionSummary[]; nextToken?: string }> =>
        client.send(new ListPipelineExecutionsCommand({ pipelineName: name, maxResults: 100, nextToken }));
    const startOf = async (id: string): Promise<number> => {
        let nextToken: string | undefined;
        for (let pages = 0; pages < PAGES; pages++) {
            const answer = await page(nextToken);
            const found = answer.pipelineExecutionSummaries?.find(({ pipelineExecutionId }) => pipelineExecutionId === id);
            nextToken = answer.nextToken;
            if (found !== undefined || nextToken === undefined) {
                return found?.startTime?.getTime() ?? 0;
            }
        }
        return 0;
    };
    return {
        currentVersion: async () => {
            const { pipeline } = await client.send(new GetPipelineCommand({ name }));
            return pipeline?.version ?? 0;
        },
        definition: async () => ({ ...(await client.send(new GetPipelineCommand({ name }))).pipeline }),
        execution: async (id) => {
            const [{ pipelineExecution: found }, started] = await Promise.all([
                client.send(new GetPipelineExecutionCommand({ pipelineName: name, pipelineExecutionId: id })),
                startOf(id),
            ]);
            const generation = found?.variables?.find((variable) => variable.name === "GENERATION")?.resolvedValue;
            return {
                id,
                status: found?.status ?? "Failed",
                started,
                commit: found?.artifactRevisions?.[0]?.revisionId,
                version: found?.pipelineVersion ?? 0,
                generation: Number(generation ?? 0),
            };
        },
        executions: async () => ((await page()).pipelineExecutionSummaries ?? []).map(summaryOf),
        start: async ({ commit, generation, clientToken }) => {
            source ??= sourceAction();
            const actionName = await source;
            try {
                const { pipelineExecutionId } = await client.send(
                    new StartPipelineExecutionCommand({
                        name,
                        clientRequestToken: clientToken,
                        variables: [{ name: "GENERATION", value: String(generation) }],
                        sourceRevisions: [{ actionName, revisionType: "COMMIT_ID", revisionValue: commit }],
                    }),
                );
                return pipelineExecutionId ?? "";
            } catch (error) {
                throw translated(error);
            }
        },
        stop: async (id, reason) => {
            try {
                // The API takes 200 characters.
                await client.send(new StopPipelineExecutionCommand({ pipelineName: name, pipelineExecutionId: id, abandon: false, reason: reason.slice(0, 200) }));
            } catch (error) {
                throw translated(error);
            }
        },
        stages: async () => ((await client.send(new GetPipelineStateCommand({ name }))).stageStates ?? []).map(stageOf),
        link: (id) => `https://${region ?? "us-east-1"}.console.aws.amazonaws.com/codesuite/codepipeline/pipelines/${name}/executions/${id}/timeline?region=${region ?? "us-east-1"}`,
    };
}

function summaryOf({ pipelineExecutionId, status, startTime, sourceRevisions }: PipelineExecutionSummary): ExecutionSummary {
    return { id: pipelineExecutionId ?? "", status: status ?? "Failed", started: startTime?.getTime() ?? 0, commit: sourceRevisions?.[0]?.revisionId };
}

function stageOf({ stageName = "", latestExecution, inboundExecution, inboundExecutions }: StageState): StageStatus {
    const waiting = inboundExecutions ?? (inboundExecution === undefined ? [] : [inboundExecution]);
    return {
        name: stageName,
        executionId: latestExecution?.pipelineExecutionId,
        status: latestExecution?.status,
        waiting: waiting.flatMap(({ pipelineExecutionId }) => pipelineExecutionId ?? []),
    };
}

/** The API's refusals that a self-update has an answer to; every other error as it is. */
function translated(error: unknown): unknown {
    const message = messageOf(error);
    switch (codeOf(error)) {
        case "ConflictException":
            return new ConflictError(message);
        case "ConcurrentPipelineExecutionsLimitExceededException":
            return new LimitError(message);
        case "PipelineExecutionNotStoppableException":
            return new NotStoppableError(message);
        case "DuplicatedStopRequestException":
            return new DuplicateStopError(message);
        default:
            return error;
    }
}
