/**
 * Everything that the steps of a delivery reach outside themselves. The steps are pure functions over these interfaces;
 * `delivery/edge/` implements them on AWS and Pulumi, the property tests on a model.
 */
export interface Ports {
    readonly pipeline: PipelinePort;
    readonly git: GitPort;
    readonly state: StatePort;
    readonly lock: LockPort;
    readonly records: RecordsPort;
    readonly clock: Clock;
    readonly log: Log;
}

/** As in the CodePipeline API. */
export type ExecutionStatus = "InProgress" | "Stopping" | "Stopped" | "Succeeded" | "Failed" | "Superseded" | "Cancelled";

/** One run of the pipeline as the list of runs shows it. */
export interface ExecutionSummary {
    readonly id: string;
    readonly status: ExecutionStatus;
    /** Milliseconds since 1970. */
    readonly started: number;
    /** Absent until the Source action has ended, unless the start or the trigger named it. */
    readonly commit?: string;
}

export interface Execution extends ExecutionSummary {
    /** Version of the definition that this run was started with, and keeps. */
    readonly version: number;
    /** The pipeline variable GENERATION: how often self-update has restarted this commit. */
    readonly generation: number;
}

/** A stage, in the order of the definition. */
export interface StageStatus {
    readonly name: string;
    /** The run that is or was in it last. */
    readonly executionId?: string;
    readonly status?: "InProgress" | "Failed" | "Stopped" | "Stopping" | "Succeeded" | "Cancelled" | "Skipped";
    /** Runs in front of it. */
    readonly waiting: readonly string[];
}

export interface StartRequest {
    /** Full commit hash; becomes the source revision. */
    readonly commit: string;
    /** Value of the pipeline variable GENERATION. */
    readonly generation: number;
    /** At most 128 letters, digits and dashes. */
    readonly clientToken: string;
}

export interface PipelinePort {
    /** GetPipeline. */
    currentVersion(): Promise<number>;
    /** GetPipeline: the `pipeline` member of the answer. */
    definition(): Promise<Readonly<Record<string, unknown>>>;
    /** GetPipelineExecution. */
    execution(id: string): Promise<Execution>;
    /** ListPipelineExecutions: at least the last hundred, newest first. Versions cost a call each; ask `execution` for them. */
    executions(): Promise<readonly ExecutionSummary[]>;
    /**
     * StartPipelineExecution; answers the new run's id.
     * @throws {ConflictError | LimitError}
     */
    start(request: StartRequest): Promise<string>;
    /**
     * StopPipelineExecution without abandoning: the run ends when its running actions have ended.
     * @throws {NotStoppableError | DuplicateStopError}
     */
    stop(id: string, reason: string): Promise<void>;
    /** GetPipelineState. */
    stages(): Promise<readonly StageStatus[]>;
    /** Where a person looks at a run. */
    link(id: string): string;
}

/** Every method fetches what the clone does not have. */
export interface GitPort {
    /** Number of commits in the history of this one, itself included: grows along every history. @throws {UnknownCommitError} */
    sequence(commit: string): Promise<number>;
    /** Whether `ancestor` is in the history of `commit`; a commit is its own ancestor. @throws {UnknownCommitError} */
    isAncestor(ancestor: string, commit: string): Promise<boolean>;
    /** The commit that the branch points at now. */
    head(branch: string): Promise<string>;
    /** Commits of the tags like `v*` that were made last, newest first; about ten. */
    tagged(pattern: string): Promise<readonly string[]>;
}

/** What the engine began and did not finish. */
export interface PendingOperation {
    readonly urn: string;
    readonly type: string;
    readonly kind: "creating" | "updating" | "deleting" | "reading" | "importing";
}

export interface ResourceChange {
    readonly urn: string;
    readonly type: string;
    readonly operation: "create" | "update" | "replace" | "delete" | "read" | "import";
    /** Whether the state protects it. */
    readonly protect: boolean;
    /** Inputs in the state; absent when it is created. */
    readonly before?: Readonly<Record<string, unknown>>;
    /** Inputs that the program wants; absent when it is deleted. */
    readonly after?: Readonly<Record<string, unknown>>;
}

/** A targeted preview of the delivery component and the image repositories. */
export interface DeliveryChange {
    /** Every resource that is not left as it is; sorted by URN. */
    readonly changes: readonly ResourceChange[];
    /** Inputs of every resource in scope that the program wants, changed or not; sorted by URN. */
    readonly desired: readonly { readonly urn: string; readonly inputs: Readonly<Record<string, unknown>> }[];
}

export interface ApplyRequest {
    /** Recorded as the last applied commit by the very same update. */
    readonly commit: string;
    /** The last applied commit that the decision rests on. The update must not change anything when it is another one by now. */
    readonly after: string | undefined;
}

/** The stack's state, through the engine. */
export interface StatePort {
    /** The newest commit that a targeted or a whole update recorded in the stack's outputs. */
    lastApplied(): Promise<string | undefined>;
    pendingOperations(): Promise<readonly PendingOperation[]>;
    /** Removes pending creates of images: a push that was cut off leaves nothing that could be adopted. Takes the lock. @throws {LockedError} */
    clearPendingImages(): Promise<void>;
    /**
     * Reads what exists of the delivery's resources back into the state: the engine was killed during an update of one and
     * wrote down what had been before. Takes the lock. @throws {LockedError}
     */
    refreshDelivery(): Promise<void>;
    /** Takes no lock. */
    previewDelivery(): Promise<DeliveryChange>;
    /**
     * Takes the lock while it runs.
     * @throws {LockedError} before anything has changed
     * @throws {MovedError} when `after` does not hold any more, before anything has changed
     * @throws {NotPropagatedError} when AWS does not know a role yet
     */
    applyDelivery(request: ApplyRequest): Promise<void>;
}

export interface LockOwner {
    /** Names this lock and no later one. */
    readonly lock: string;
    readonly host: string;
    readonly pid: number;
    readonly user: string;
    /** ISO 8601. */
    readonly since: string;
    /** Builds that registered themselves on this host, see `register`; empty for a person's machine. */
    readonly builds: readonly string[];
    /** Whether the owner is this very host and the process is an engine that runs. */
    readonly runsHere: boolean;
}

/** The engine's lock of the stack. The engine itself takes and releases it; this port only looks at it and breaks it. */
export interface LockPort {
    /** Writes down that this host runs this build, before the engine is called for the first time. */
    register(buildId: string): Promise<void>;
    owner(): Promise<LockOwner | undefined>;
    /** Whether the build is known and not in progress any more. */
    buildFinished(buildId: string): Promise<boolean>;
    /** Removes this lock and no other; one that is gone already is fine. */
    break(owner: LockOwner): Promise<void>;
}

/** What a self-update is about to do or has done; written so that somebody else can finish it. */
export interface Intent {
    readonly executionId: string;
    readonly buildId: string;
    readonly commit: string;
    readonly generation: number;
    /** Version of the definition before the update. */
    readonly versionBefore: number;
    readonly fingerprint: string;
    /**
     * `applying`: the update may have happened; `applied`: it has; `restarted`, `settled`: nothing is owed;
     * `failed`: the update was refused and the definition is the old one, so that older commits may still come.
     */
    readonly phase: "applying" | "applied" | "restarted" | "settled" | "failed";
    /** ISO 8601. */
    readonly at: string;
}

/** A record with the mark (an entity tag) that its replacement has to name. */
export interface Stored<T> {
    readonly value: T;
    readonly revision: string;
}

/** Why a run was started in place of another one. */
export interface RestartCause {
    /** The run that is replaced. */
    readonly executionId: string;
    readonly fingerprint: string;
    /** ISO 8601. */
    readonly at: string;
}

/** The restarts that one commit has caused. */
export interface RestartRecord {
    readonly commit: string;
    /** Its update moved the definition: once, ever. */
    readonly moved?: RestartCause;
    /** Its self-update was killed before it could say that the update is done: a few times. */
    readonly killed?: readonly RestartCause[];
}

export interface KnownGood {
    readonly version: number;
    readonly commit: string | undefined;
    readonly definition: Readonly<Record<string, unknown>>;
}

/** Small JSON documents below `delivery/<stack>/` in the records bucket. */
export interface RecordsPort {
    intent(): Promise<Stored<Intent> | undefined>;
    /** Replaces the intent with this revision (none when undefined) and answers the new one. @throws {RevisionError} when it is another by now */
    putIntent(intent: Intent, revision: string | undefined): Promise<string>;
    restart(commit: string): Promise<RestartRecord | undefined>;
    putRestart(record: RestartRecord): Promise<void>;
    lastKnownGood(): Promise<KnownGood | undefined>;
    putLastKnownGood(good: KnownGood): Promise<void>;
}

export interface Clock {
    /** Milliseconds since 1970. */
    now(): number;
    sleep(milliseconds: number): Promise<void>;
}

export interface Log {
    say(line: string): void;
}

/** The pipeline's definition was being changed at this moment (ConflictException). */
export class ConflictError extends Error {
    override readonly name = "ConflictError";
}

/** Too many runs (ConcurrentPipelineExecutionsLimitExceededException). */
export class LimitError extends Error {
    override readonly name = "LimitError";
}

/** The run has ended already (PipelineExecutionNotStoppableException). */
export class NotStoppableError extends Error {
    override readonly name = "NotStoppableError";
}

/** Somebody else stops it (DuplicatedStopRequestException). */
export class DuplicateStopError extends Error {
    override readonly name = "DuplicateStopError";
}

/** Another engine holds the stack's lock. */
export class LockedError extends Error {
    override readonly name = "LockedError";
}

/** Somebody else updated the stack since it was looked at. */
export class MovedError extends Error {
    override readonly name = "MovedError";
}

/** AWS does not know a role yet that was created or changed a moment ago. */
export class NotPropagatedError extends Error {
    override readonly name = "NotPropagatedError";
}

/** The repository has no such commit, also after fetching. */
export class UnknownCommitError extends Error {
    override readonly name = "UnknownCommitError";
}

/** A record was replaced by somebody else. */
export class RevisionError extends Error {
    override readonly name = "RevisionError";
}
