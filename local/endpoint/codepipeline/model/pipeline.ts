import type { Change } from "./changes";
import type { PipelineDeclaration } from "./declaration";
import { compile, type Action, type Definition } from "./definition";
import type { ActionState, ExecutionState, PipelineState, Place, StageRun, StageState } from "./state";

/** What the engine needs of the outside. */
export interface World {
    now(): number;
    newId(): string;
    /** Actions that wait to be handed out. */
    readonly queue: string[];
    readonly abandoned: string[];
    /** Actions in progress, by id. */
    readonly places: Map<string, Place>;
    /** Told of every change of state, if anybody wants to know. */
    readonly tell?: (change: Change) => void;
}

/** One pipeline with its indexes; everything that lasts is in `state`. */
export class Pipeline {
    private readonly byId = new Map<string, ExecutionState>();
    private readonly definitions = new Map<number, Definition>();

    constructor(readonly state: PipelineState) {
        for (const execution of state.executions) {
            this.byId.set(execution.id, execution);
        }
    }

    get definition(): Definition {
        return this.definitionOf(this.state.current);
    }

    definitionOf(version: number): Definition {
        let definition = this.definitions.get(version);
        if (definition === undefined) {
            definition = compile(this.declaration(version) as PipelineDeclaration, version);
            this.definitions.set(version, definition);
        }
        return definition;
    }

    declaration(version: number): PipelineDeclaration | undefined {
        return this.state.versions[version];
    }

    add(execution: ExecutionState): void {
        this.state.executions.push(execution);
        this.byId.set(execution.id, execution);
    }

    execution(id: string): ExecutionState | undefined {
        return this.byId.get(id);
    }

    /** Executions that have not ended. */
    active(): readonly ExecutionState[] {
        return this.state.executions.filter(isActive);
    }

    stage(name: string): StageState {
        return (this.state.stages[name] ??= { waiting: [], actions: {} });
    }

    /** The declaration of an action in the version that an execution runs on. */
    action(execution: ExecutionState, stage: string, name: string): Action | undefined {
        const definition = this.definitionOf(execution.version);
        const index = definition.indexOf.get(stage);
        return index === undefined ? undefined : definition.stages[index]?.groups.flat().find((action) => action.declaration.name === name);
    }
}

export function isActive(execution: ExecutionState): boolean {
    return execution.status === "InProgress" || execution.status === "Stopping";
}

/** The last run of each action of a stage. */
export function currentActions(execution: ExecutionState, run: StageRun): readonly ActionState[] {
    return Object.values(run.actions).flatMap((index) => execution.actions[index] ?? []);
}

/** Whether an execution still has an action at work, in the stage it is in. */
export function isWorking(execution: ExecutionState): boolean {
    const run = execution.inside && execution.at !== undefined ? execution.stages[execution.at] : undefined;
    return run !== undefined && currentActions(execution, run).some((action) => action.status === "InProgress");
}
