import {
    ConflictError,
    DuplicateStopError,
    LimitError,
    NotStoppableError,
    type Clock,
    type Execution,
    type GitPort,
    type PipelinePort,
    type StartRequest,
} from "../../../delivery/ports";
import { PIPELINE } from "./declaration";
import type { Caller } from "./program";
import { commitId, indexOf } from "./stack";
import type { World } from "./world";

/** CodePipeline for one program, by the same model that answers on the embedded AWS. */
export function pipelinePort(world: World, program: Caller): PipelinePort {
    const { service } = world;
    const call = async <T>(effect: () => T): Promise<T> => {
        await program.park();
        return effect();
    };
    const start = ({ commit, generation, clientToken }: StartRequest): string => {
        if (world.chance.once(12)) {
            throw world.chance.once(2) ? new ConflictError("being updated") : new LimitError("too many");
        }
        const before = newestId(world);
        const { pipelineExecutionId: id } = service.startPipelineExecution({
            name: PIPELINE,
            clientRequestToken: clientToken,
            sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: commit }],
            variables: [{ name: "GENERATION", value: String(generation) }],
        });
        if (newestId(world) !== before) {
            noteRestart(world, program, commit);
            world.note(`${program.buildId} starts ${commit} as ${id}`);
        }
        return id;
    };
    return {
        currentVersion: () => call(() => world.version()),
        definition: () => call(() => ({ ...service.getPipeline({ name: PIPELINE }).pipeline })),
        execution: (id) => call(() => executionOf(world, id)),
        executions: () =>
            call(() =>
                service.listPipelineExecutions({ pipelineName: PIPELINE }).pipelineExecutionSummaries.map(({ pipelineExecutionId, status, startTime, sourceRevisions }) => ({
                    id: pipelineExecutionId,
                    status,
                    started: startTime * 1000,
                    ...(sourceRevisions[0] === undefined ? {} : { commit: sourceRevisions[0].revisionId }),
                })),
            ),
        start: (request) => call(() => start(request)),
        stop: (id, reason) => call(() => stop(world, id, reason)),
        stages: () =>
            call(() =>
                service.getPipelineState({ name: PIPELINE }).stageStates.map(({ stageName, latestExecution, inboundExecutions }) => ({
                    name: stageName,
                    ...(latestExecution === undefined ? {} : { executionId: latestExecution.pipelineExecutionId, status: latestExecution.status }),
                    waiting: inboundExecutions.map(({ pipelineExecutionId }) => pipelineExecutionId),
                })),
            ),
        link: (id) => id,
    };
}

export function executionOf({ service }: World, id: string): Execution {
    const { pipelineExecution } = service.getPipelineExecution({ pipelineName: PIPELINE, pipelineExecutionId: id });
    const { status, pipelineVersion, variables, artifactRevisions } = pipelineExecution;
    return {
        id,
        status,
        started: 0,
        version: pipelineVersion,
        generation: Number(variables.find(({ name }) => name === "GENERATION")?.resolvedValue ?? 0),
        ...(artifactRevisions[0] === undefined ? {} : { commit: artifactRevisions[0].revisionId }),
    };
}

function newestId({ service }: World): string | undefined {
    return service.listPipelineExecutions({ pipelineName: PIPELINE, maxResults: 1 }).pipelineExecutionSummaries[0]?.pipelineExecutionId;
}

/** Who causes a restart is who has announced; without an announcement it is the program itself. */
function noteRestart(world: World, program: Caller, target: string): void {
    const intent = world.records.intent?.value;
    const replaced = intent?.executionId ?? program.executionId;
    const needed = executionOf(world, replaced).version !== world.version();
    world.journal.restarts.push({ cause: intent?.commit ?? program.commit, target, needed });
}

function stop(world: World, id: string, reason: string): void {
    try {
        world.service.stopPipelineExecution({ pipelineName: PIPELINE, pipelineExecutionId: id, reason });
    } catch (error) {
        const name = error instanceof Error ? error.name : "";
        if (name === "PipelineExecutionNotStoppableException") {
            throw new NotStoppableError(name);
        }
        throw name === "DuplicatedStopRequestException" ? new DuplicateStopError(name) : error;
    }
}

/** A linear history. What git says of two commits never changes, so only the head of the branch is worth a park. */
export function gitPort(world: World, program: Caller): GitPort {
    return {
        sequence: async (commit) => indexOf(commit),
        isAncestor: async (ancestor, commit) => indexOf(ancestor) <= indexOf(commit),
        head: async () => {
            await program.park();
            return commitId(world.head);
        },
        tagged: async () => {
            await program.park();
            return [commitId(world.head)];
        },
    };
}

export function clockPort(world: World, program: Caller): Clock {
    return { now: () => world.now, sleep: (milliseconds) => program.park(world.now + milliseconds) };
}
