import { LockedError, MovedError, type DeliveryChange, type LockPort, type RecordsPort, type ResourceChange, type StatePort } from "../../../delivery/ports";
import { definitionIn, PIPELINE } from "./declaration";
import type { Caller } from "./program";
import type { HeldLock } from "./stack";
import { stable, type World } from "./world";

const PREFIX = "urn:pulumi:dev::container-lambdas::container-lambdas:delivery:DeliveryPipeline";
const PIPELINE_TYPE = "aws:codepipeline/pipeline:Pipeline";
const PIPELINE_URN = `${PREFIX}$${PIPELINE_TYPE}::delivery-pipeline`;
const PROJECT_URN = `${PREFIX}$aws:codebuild/project:Project::delivery-project-verify`;
const BUCKET_URN = `${PREFIX}$aws:s3/bucket:Bucket::delivery-artifacts-bucket`;

/** The engine on the stack, for the program of one commit. */
export function statePort(world: World, program: Caller): StatePort {
    const { stack } = world;
    return {
        lastApplied: async () => {
            await program.park();
            return stack.applied;
        },
        pendingOperations: async () => {
            await program.park();
            return stack.pending;
        },
        clearPendingImages: async () => {
            await program.park();
            stack.pending = [];
        },
        refreshDelivery: async () => {
            await program.park();
            if (stack.lock !== undefined) {
                throw new LockedError("the stack is locked");
            }
            stack.pending = [];
            stack.definition = definitionIn(world.service.getPipeline({ name: PIPELINE }).pipeline);
        },
        previewDelivery: async () => {
            await program.park();
            return previewOf(world, program.commit);
        },
        applyDelivery: async ({ commit, after }) => {
            await program.park();
            if (stack.lock !== undefined) {
                throw new LockedError("the stack is locked");
            }
            const lock = stack.take(program.buildId);
            await program.park();
            try {
                if (stack.applied !== after) {
                    throw new MovedError("the stack was updated");
                }
                await update(world, program, commit);
                await program.park();
            } finally {
                stack.release(lock);
            }
        },
    };
}

function previewOf(world: World, commit: string): DeliveryChange {
    const { stack } = world;
    const { fault, settings } = world.facts(commit);
    if (fault === "program") {
        throw new Error("the program does not compile");
    }
    const definition = world.desired(commit);
    const changes: ResourceChange[] = [];
    if (definition !== stack.definition) {
        changes.push({ urn: PIPELINE_URN, type: PIPELINE_TYPE, operation: "update", protect: true, before: { definition: stack.definition }, after: { definition } });
    }
    if (settings !== stack.settings) {
        changes.push({ urn: PROJECT_URN, type: "aws:codebuild/project:Project", operation: "update", protect: false, before: { settings: stack.settings }, after: { settings } });
    }
    if (fault === "kernel") {
        changes.push({ urn: BUCKET_URN, type: "aws:s3/bucket:Bucket", operation: "delete", protect: true, before: {} });
    }
    return {
        changes,
        desired: [
            { urn: PIPELINE_URN, inputs: { definition } },
            { urn: PROJECT_URN, inputs: { settings } },
        ],
    };
}

/** Under the lock: the pipeline first, then the projects, with a moment between the call and the written state. */
async function update(world: World, program: Caller, commit: string): Promise<void> {
    const { stack, journal } = world;
    const { fault, settings } = world.facts(commit);
    if (fault === "rejected") {
        throw new Error("InvalidStructureException");
    }
    if (journal.endedBefore.has(program.executionId)) {
        journal.violate("ended", `${program.executionId} (${commit}) had ended and updates the stack`);
    }
    if (fault === "kernel") {
        journal.violate("kernel", `${program.buildId} removed the artifact bucket`);
    }
    const definition = world.desired(commit);
    const moves = definition !== stack.definition;
    if (moves) {
        moveDefinition(world, program, definition);
        stack.pending = [{ urn: PIPELINE_URN, type: PIPELINE_TYPE, kind: "updating" }];
        await program.park();
        stack.pending = [];
        stack.definition = definition;
    }
    if (fault === "partial" && !world.partlyFailed.has(commit)) {
        world.partlyFailed.add(commit);
        journal.cut(commit);
        if (!moves) {
            journal.plainlyFailed.add(program.executionId);
        }
        throw new Error("the update of a project failed");
    }
    stack.settings = settings;
    stack.applied = commit;
}

function moveDefinition(world: World, program: Caller, definition: string): void {
    const ahead = world.setting.kind === "tag" ? pastSelfUpdate(world) : [];
    world.service.updatePipeline({ pipeline: world.declaration(definition) });
    world.note(`${program.buildId} moves the definition to ${definition}, version ${world.version()}`);
    const statuses = new Map(world.service.listPipelineExecutions({ pipelineName: PIPELINE }).pipelineExecutionSummaries.map(({ pipelineExecutionId, status }) => [pipelineExecutionId, status]));
    for (const id of ahead) {
        if (statuses.get(id) === "Cancelled") {
            world.journal.violate("release", `${program.buildId} (${program.commit}) cancelled ${id}`);
        }
    }
}

/** Runs in Verify or Deploy. */
function pastSelfUpdate({ service }: World): string[] {
    return service
        .getPipelineState({ name: PIPELINE })
        .stageStates.slice(2)
        .flatMap(({ latestExecution, inboundExecutions }) => [...(latestExecution?.status === "InProgress" ? [latestExecution] : []), ...inboundExecutions])
        .map(({ pipelineExecutionId }) => pipelineExecutionId);
}

export function lockPort(world: World, program: Caller): LockPort {
    const { stack } = world;
    return {
        register: () => program.park(),
        owner: async () => {
            await program.park();
            return stack.lock === undefined ? undefined : describe(stack.lock);
        },
        buildFinished: async (buildId) => {
            await program.park();
            return world.finishedBuilds.has(buildId);
        },
        break: async ({ lock }) => {
            await program.park();
            const held = stack.lock;
            if (held?.lock !== lock) {
                return;
            }
            if (held.buildId === undefined || !world.finishedBuilds.has(held.buildId)) {
                world.journal.violate("lock", `${program.buildId} broke the lock of ${held.buildId ?? "a person"}`);
            }
            stack.lock = undefined;
        },
    };
}

function describe({ lock, buildId }: HeldLock): Awaited<ReturnType<LockPort["owner"]>> {
    return { lock, host: buildId ?? "laptop", pid: 1, user: "user", since: "2026-01-01T00:00:00Z", builds: buildId === undefined ? [] : [buildId], runsHere: false };
}

export function recordsPort({ records }: World, program: Caller): RecordsPort {
    const call = async <T>(effect: () => T): Promise<T> => {
        await program.park();
        return effect();
    };
    return {
        intent: () => call(() => records.intent),
        putIntent: (intent, revision) => call(() => records.putIntent(intent, revision)),
        restart: (commit) => call(() => records.restarts.get(commit)),
        putRestart: (record) => call(() => void records.restarts.set(record.commit, record)),
        lastKnownGood: () => call(() => records.knownGood),
        putLastKnownGood: (good) => call(() => void (records.knownGood = good)),
    };
}

/** Whether a commit's program would leave the pipeline as it is. */
export function isInPlace(world: World, commit: string): boolean {
    return world.facts(commit).fault !== "unstable" && world.facts(commit).definition === stable(world.stack.definition) && world.facts(commit).settings === world.stack.settings;
}
