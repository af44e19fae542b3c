import { AwsError } from "../../own/error";
import type { Change } from "./changes";
import type { Stage } from "./definition";
import type { Work } from "./jobs";
import { Pipeline, type World } from "./pipeline";
import type { ExecutionState, PipelineState, Place, SerializedState } from "./state";

export interface RegistryOptions {
    now(): number;
    newId(): string;
    readonly account: string;
    readonly region: string;
    readonly state?: SerializedState;
    readonly tell?: (change: Change) => void;
}

/** All pipelines of the account, and everything that is looked up by a name or an id, with the API's exceptions for what is not there. */
export class Registry {
    readonly world: World;
    readonly account: string;
    private readonly region: string;
    private readonly pipelines = new Map<string, Pipeline>();
    private readonly state: SerializedState;

    constructor({ now, newId, account, region, state, tell }: RegistryOptions) {
        this.account = account;
        this.region = region;
        this.state = state === undefined ? { format: 1, pipelines: {}, queue: [], abandoned: [] } : structuredClone(state);
        const { queue, abandoned } = this.state;
        this.world = { now, newId, queue, abandoned, places: new Map<string, Place>(), ...(tell === undefined ? {} : { tell }) };
        for (const [name, pipelineState] of Object.entries(this.state.pipelines)) {
            const pipeline = new Pipeline(pipelineState);
            this.pipelines.set(name, pipeline);
            for (const execution of pipelineState.executions) {
                this.findPlaces(pipeline, execution);
            }
        }
    }

    /** Actions in progress are found again from the state. */
    private findPlaces(pipeline: Pipeline, execution: ExecutionState): void {
        execution.actions.forEach(({ id, stage, name, status }, index) => {
            const action = status === "InProgress" ? pipeline.action(execution, stage, name) : undefined;
            if (action !== undefined) {
                this.world.places.set(id, { pipeline: pipeline.state.name, execution: execution.id, index, declaration: action.declaration });
            }
        });
    }

    find(name: string): Pipeline | undefined {
        return this.pipelines.get(name);
    }

    /** By name. */
    sorted(): readonly Pipeline[] {
        return [...this.pipelines.values()].toSorted((a, b) => (a.state.name < b.state.name ? -1 : 1));
    }

    add(state: PipelineState): Pipeline {
        const pipeline = new Pipeline(state);
        this.pipelines.set(state.name, pipeline);
        this.state.pipelines[state.name] = state;
        return pipeline;
    }

    remove(name: string): void {
        this.pipelines.delete(name);
        delete this.state.pipelines[name];
    }

    arn(name: string): string {
        return `arn:aws:codepipeline:${this.region}:${this.account}:${name}`;
    }

    pipeline(name: string): Pipeline {
        const pipeline = this.pipelines.get(name);
        if (pipeline === undefined) {
            throw new AwsError("PipelineNotFoundException", this.unknown(name));
        }
        return pipeline;
    }

    unknown(name: string): string {
        return `Account '${this.account}' does not have a pipeline with name '${name}'`;
    }

    execution(pipeline: Pipeline, id: string): ExecutionState {
        const execution = pipeline.execution(id);
        if (execution === undefined) {
            throw new AwsError("PipelineExecutionNotFoundException", `Pipeline '${pipeline.state.name}' does not have an execution with ID '${id}'`);
        }
        return execution;
    }

    stage(pipeline: Pipeline, name: string): Stage {
        const { stages, indexOf } = pipeline.definition;
        const stage = stages[indexOf.get(name) ?? stages.length];
        if (stage === undefined) {
            throw new AwsError("StageNotFoundException", `Pipeline '${pipeline.state.name}' does not have a stage with name '${name}'`);
        }
        return stage;
    }

    resource(arn: string): Pipeline {
        const name = arn.split(":").at(-1) ?? "";
        const pipeline = this.pipelines.get(name);
        if (pipeline === undefined || arn !== this.arn(name)) {
            throw new AwsError("ResourceNotFoundException", `The resource '${arn}' does not exist`);
        }
        return pipeline;
    }

    /** An action in progress. */
    work(id: string): Work | undefined {
        const place = this.world.places.get(id);
        const pipeline = place === undefined ? undefined : this.pipelines.get(place.pipeline);
        const execution = place === undefined ? undefined : pipeline?.execution(place.execution);
        const action = place === undefined ? undefined : execution?.actions[place.index];
        return place === undefined || pipeline === undefined || execution === undefined || action === undefined ? undefined : { pipeline, execution, action, place };
    }

    /** A copy of everything. */
    snapshot(): SerializedState {
        return structuredClone(this.state);
    }
}
