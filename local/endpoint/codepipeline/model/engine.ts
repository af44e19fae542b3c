import { tell, tellAction, type ChangeState } from "./changes";
import { evaluate } from "./conditions";
import { approvalTime, type Action, type Stage } from "./definition";
import { currentActions, isActive, type Pipeline, type World } from "./pipeline";
import { resolve } from "./references";
import type { ActionState, ExecutionState, ExecutionStatus, SourceRevision, StageRun, StageStatus, Trigger } from "./state";

export interface StartRequest {
    readonly trigger: Trigger;
    readonly variables?: Readonly<Record<string, string>>;
    readonly overrides?: Readonly<Record<string, SourceRevision>>;
}

/** Starts an execution on the current version. */
export function start(world: World, pipeline: Pipeline, request: StartRequest): ExecutionState {
    const { definition, state } = pipeline;
    const now = world.now();
    const variables: Record<string, string> = {};
    for (const variable of definition.declaration.variables ?? []) {
        const value = request.variables?.[variable.name] ?? variable.defaultValue;
        if (value !== undefined) {
            variables[variable.name] = value;
        }
    }
    const execution: ExecutionState = {
        id: world.newId(),
        number: (state.executions.at(-1)?.number ?? 0) + 1,
        version: state.current,
        status: "InProgress",
        started: now,
        updated: now,
        trigger: request.trigger,
        inside: false,
        variables,
        overrides: { ...request.overrides },
        namespaces: {},
        artifacts: {},
        stages: {},
        actions: [],
    };
    pipeline.add(execution);
    tell(world, pipeline, execution, "STARTED");
    arrive(world, pipeline, execution, 0);
    return execution;
}

/** Puts an execution in front of a stage of its definition, or ends it behind the last one. */
function arrive(world: World, pipeline: Pipeline, execution: ExecutionState, index: number): void {
    const stage = pipeline.definitionOf(execution.version).stages[index];
    execution.inside = false;
    if (stage === undefined) {
        delete execution.at;
        end(world, pipeline, execution, "Succeeded");
        return;
    }
    execution.at = stage.name;
    const place = pipeline.stage(stage.name);
    const order = place.waiting.findIndex((id) => (pipeline.execution(id)?.number ?? 0) > execution.number);
    place.waiting.splice(order < 0 ? place.waiting.length : order, 0, execution.id);
    if (pipeline.definition.mode === "SUPERSEDED") {
        // The newest one waits; those before it have been overtaken.
        for (const id of place.waiting.splice(0, place.waiting.length - 1)) {
            supersede(world, pipeline, id);
        }
    }
    admit(world, pipeline, stage.name);
}

function supersede(world: World, pipeline: Pipeline, id: string): void {
    const overtaken = pipeline.execution(id);
    if (overtaken !== undefined) {
        delete overtaken.at;
        end(world, pipeline, overtaken, "Superseded");
    }
}

/** Lets the next execution into a stage, if the stage is free and open. */
export function admit(world: World, pipeline: Pipeline, name: string): void {
    const place = pipeline.stage(name);
    const execution = pipeline.execution(place.waiting[0] ?? "");
    if (place.occupant !== undefined || execution === undefined || !isOpen(pipeline, execution, name)) {
        return;
    }
    place.waiting.shift();
    place.occupant = execution.id;
    place.latest = execution.id;
    execution.inside = true;
    const run: StageRun = { status: "InProgress", group: 0, actions: {}, retries: 0 };
    execution.stages[name] = run;
    tell(world, pipeline, execution, "STARTED", { stage: name });
    const { stages, indexOf } = pipeline.definitionOf(execution.version);
    const index = indexOf.get(name) ?? 0;
    const stage = stages[index] as Stage;
    if (stage.entry !== undefined) {
        run.condition = evaluate(stage.entry, execution, world.now(), world.newId);
        if (run.condition.status === "Failed") {
            return stage.entry.result === "SKIP" ? leave(world, pipeline, execution, run, "Skipped") : leave(world, pipeline, execution, run, "Failed");
        }
    }
    runGroup(world, pipeline, execution, stage, run);
}

/** A stage is closed by its own inbound transition or by the outbound one of the stage before. */
function isOpen(pipeline: Pipeline, execution: ExecutionState, name: string): boolean {
    const { stages, indexOf } = pipeline.definitionOf(execution.version);
    const before = stages[(indexOf.get(name) ?? 0) - 1];
    const outbound = before === undefined ? undefined : pipeline.state.stages[before.name]?.outbound;
    return pipeline.state.stages[name]?.inbound?.enabled !== false && outbound?.enabled !== false;
}

/** Starts every action of the current group that is not under way, and goes on if none needs to be waited for. */
export function runGroup(world: World, pipeline: Pipeline, execution: ExecutionState, stage: Stage, run: StageRun): void {
    for (const action of stage.groups[run.group] ?? []) {
        if (run.actions[action.declaration.name] === undefined) {
            startAction(world, pipeline, execution, stage, run, action);
        }
    }
    proceed(world, pipeline, execution, stage.name);
}

function startAction(world: World, pipeline: Pipeline, execution: ExecutionState, stage: Stage, run: StageRun, action: Action): void {
    const now = world.now();
    const { name } = action.declaration;
    const approval = action.kind === "approval";
    const state: ActionState = {
        id: world.newId(),
        stage: stage.name,
        name,
        status: "InProgress",
        started: now,
        updated: now,
        configuration: {},
        handedOut: false,
        ...(approval ? { token: world.newId(), deadline: now + approvalTime(action.declaration) } : {}),
    };
    const index = execution.actions.push(state) - 1;
    run.actions[name] = index;
    pipeline.stage(stage.name).actions[name] = { execution: execution.id, index };
    tellAction(world, pipeline, execution, state, "STARTED");
    for (const [key, template] of action.configuration) {
        const value = resolve(template, execution);
        if (typeof value !== "string") {
            state.status = "Failed";
            state.error = {
                code: "InvalidActionConfiguration",
                message: `The variable ${value.text} in configuration '${key}' of action '${name}' has no value in this execution. Its action was skipped or did not export it.`,
            };
            tellAction(world, pipeline, execution, state, "FAILED");
            return;
        }
        state.configuration[key] = value;
    }
    world.places.set(state.id, { pipeline: pipeline.state.name, execution: execution.id, index, declaration: action.declaration });
    if (!approval) {
        world.queue.push(state.id);
    }
}

/** Goes on with an execution in a stage after something there has changed. */
export function proceed(world: World, pipeline: Pipeline, execution: ExecutionState, name: string): void {
    const run = execution.stages[name];
    if (run === undefined || pipeline.stage(name).occupant !== execution.id) {
        return;
    }
    const actions = currentActions(execution, run);
    if (actions.some((action) => action.status === "InProgress")) {
        return;
    }
    if (execution.status === "Stopping") {
        return leave(world, pipeline, execution, run, "Stopped");
    }
    if (execution.status !== "InProgress") {
        // Cancelled: the action that was running has been waited for; only now the stage is free.
        return release(world, pipeline, execution, name);
    }
    if (actions.some((action) => action.status !== "Succeeded")) {
        return leave(world, pipeline, execution, run, "Failed");
    }
    const { stages, indexOf } = pipeline.definitionOf(execution.version);
    const stage = stages[indexOf.get(name) ?? 0] as Stage;
    run.group++;
    if (run.group < stage.groups.length) {
        runGroup(world, pipeline, execution, stage, run);
    } else {
        leave(world, pipeline, execution, run, "Succeeded");
    }
}

/** Ends a stage for an execution: on to the next one, or the end of the execution. */
function leave(world: World, pipeline: Pipeline, execution: ExecutionState, run: StageRun, status: StageStatus & ("Succeeded" | "Skipped" | "Failed" | "Stopped")): void {
    const name = execution.at ?? "";
    run.status = status;
    execution.updated = world.now();
    tell(world, pipeline, execution, STATES[status], { stage: name });
    if (status === "Failed" || status === "Stopped") {
        end(world, pipeline, execution, status);
        release(world, pipeline, execution, name);
        return;
    }
    // The stage is freed before its execution arrives at the next one, but nobody enters it in between: order is kept in QUEUED mode.
    delete pipeline.stage(name).occupant;
    arrive(world, pipeline, execution, (pipeline.definitionOf(execution.version).indexOf.get(name) ?? 0) + 1);
    admit(world, pipeline, name);
}

/** Unlocks a stage and lets the next execution in. */
export function release(world: World, pipeline: Pipeline, execution: ExecutionState, name: string): void {
    const place = pipeline.stage(name);
    execution.inside = false;
    if (place.occupant === execution.id) {
        delete place.occupant;
        admit(world, pipeline, name);
    }
}

export function end(world: World, pipeline: Pipeline, execution: ExecutionState, status: ExecutionStatus, summary?: string): void {
    if (isActive(execution)) {
        execution.status = status;
        execution.updated = world.now();
        if (summary !== undefined) {
            execution.summary = summary;
        }
        tell(world, pipeline, execution, STATES[status]);
    }
}

/** States of events; a skipped stage is one that succeeded for its pipeline. */
const STATES: Readonly<Record<ExecutionStatus | StageStatus, ChangeState>> = {
    InProgress: "STARTED",
    Stopping: "STOPPING",
    Stopped: "STOPPED",
    Succeeded: "SUCCEEDED",
    Skipped: "SUCCEEDED",
    Failed: "FAILED",
    Superseded: "SUPERSEDED",
    Cancelled: "CANCELED",
};
