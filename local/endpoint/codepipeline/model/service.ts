import { AwsError } from "../../own/error";
import { answerApproval, expireApprovals, failApproval, nextDeadline, takeNotices } from "./approvals";
import type { PipelineDeclaration, Tag } from "./declaration";
import { start } from "./engine";
import { cancelAll, reopen, retry, stop } from "./interruption";
import { complete, job, note } from "./jobs";
import type { CodePipelineOptions } from "./options";
import { page } from "./paging";
import { Registry } from "./registry";
import type * as requests from "./requests";
import type * as results from "./results";
import type { SerializedState, TransitionState } from "./state";
import { repositoriesOf, startForCaller, startForPush } from "./starting";
import { withTags } from "./tags";
import type { PushEvent } from "./triggers";
import { validate } from "./validation";
import { actionDetails, executionAnswer, executionSummary, pipelineState, seconds } from "./views";

/**
 * CodePipeline as a state machine: no I/O, no time and no chance but those given. The outside takes jobs, does them, and says what came of them.
 *
 * Declarations are kept and answered as they are, without a copy: whoever gives one must not change it afterwards.
 */
export class CodePipelineService {
    private readonly registry: Registry;

    constructor(private readonly options: CodePipelineOptions) {
        this.registry = new Registry({
            now: () => options.now(),
            newId: () => options.newId(),
            account: options.account ?? "000000000000",
            region: options.region ?? "us-east-1",
            ...(options.state === undefined ? {} : { state: options.state }),
            ...(options.tell === undefined ? {} : { tell: options.tell }),
        });
    }

    createPipeline(input: requests.CreatePipelineInput): { readonly pipeline: PipelineDeclaration; readonly tags?: readonly Tag[] } {
        const declaration = validate(input.pipeline);
        const { name } = declaration;
        const { account, world } = this.registry;
        if (this.registry.find(name) !== undefined) {
            throw new AwsError("PipelineNameInUseException", `A pipeline with the name '${name}' already exists in account '${account}'`);
        }
        const tags = withTags([], input.tags ?? []);
        const now = world.now();
        const first = { ...declaration, version: 1 };
        const pipeline = this.registry.add({ name, versions: { 1: first }, current: 1, created: now, updated: now, tags, stages: {}, executions: [], tokens: {} });
        start(world, pipeline, { trigger: { triggerType: "CreatePipeline" } });
        return { pipeline: first, ...(tags.length === 0 ? {} : { tags }) };
    }

    updatePipeline(input: { readonly pipeline: PipelineDeclaration }): { readonly pipeline: PipelineDeclaration } {
        const declaration = validate(input.pipeline);
        const pipeline = this.registry.find(declaration.name);
        if (pipeline === undefined) {
            // UpdatePipeline has no PipelineNotFoundException in the API's model.
            throw new AwsError("InvalidStructureException", this.registry.unknown(declaration.name));
        }
        const { state } = pipeline;
        state.current++;
        const next = { ...declaration, version: state.current };
        state.versions[state.current] = next;
        state.updated = this.registry.world.now();
        if (this.options.cancelled === "older-runs") {
            cancelAll(this.registry.world, pipeline, `The pipeline definition was updated to version ${state.current}`);
        }
        return { pipeline: next };
    }

    getPipeline(input: { readonly name: string; readonly version?: number }): results.PipelineAnswer {
        const { state } = this.registry.pipeline(input.name);
        const version = input.version ?? state.current;
        const pipeline = state.versions[version];
        if (pipeline === undefined) {
            throw new AwsError("PipelineVersionNotFoundException", `Pipeline '${input.name}' does not have a version ${version}; its versions are 1 to ${state.current}`);
        }
        return { pipeline, metadata: { pipelineArn: this.registry.arn(input.name), created: seconds(state.created), updated: seconds(state.updated) } };
    }

    /** Also of a pipeline that is not there, as on AWS. */
    deletePipeline(input: { readonly name: string }): void {
        const pipeline = this.registry.find(input.name);
        if (pipeline !== undefined) {
            for (const execution of pipeline.active()) {
                stop(this.registry.world, pipeline, execution, true, "The pipeline was deleted");
            }
            this.registry.remove(input.name);
        }
    }

    /** By name. */
    listPipelines(input: requests.Page = {}): { readonly pipelines: readonly results.PipelineSummary[]; readonly nextToken?: string } {
        const { items, ...rest } = page(this.registry.sorted(), input, 1000);
        const pipelines = items.map(({ state, definition }) => ({
            name: state.name,
            version: state.current,
            pipelineType: definition.declaration.pipelineType ?? "V1",
            executionMode: definition.mode,
            created: seconds(state.created),
            updated: seconds(state.updated),
        }));
        return { pipelines, ...rest };
    }

    /** @param by ARN of the caller, which becomes the trigger's detail. */
    startPipelineExecution(input: requests.StartPipelineExecutionInput, by?: string): { readonly pipelineExecutionId: string } {
        const pipeline = this.registry.pipeline(input.name);
        const token = this.options.clientTokens === "ignored" ? undefined : input.clientRequestToken;
        const earlier = token === undefined ? undefined : pipeline.state.tokens[token];
        if (earlier !== undefined) {
            return { pipelineExecutionId: earlier };
        }
        const { id } = startForCaller(this.registry.world, pipeline, input, by);
        if (token !== undefined) {
            pipeline.state.tokens[token] = id;
        }
        return { pipelineExecutionId: id };
    }

    stopPipelineExecution(input: requests.StopPipelineExecutionInput): { readonly pipelineExecutionId: string } {
        const { pipelineName, pipelineExecutionId, abandon = false, reason } = input;
        const pipeline = this.registry.pipeline(pipelineName);
        const execution = pipeline.execution(pipelineExecutionId);
        if (execution === undefined) {
            // StopPipelineExecution has no PipelineExecutionNotFoundException in the API's model.
            throw new AwsError("PipelineExecutionNotStoppableException", `Pipeline '${pipelineName}' does not have an execution with ID '${pipelineExecutionId}'`);
        }
        stop(this.registry.world, pipeline, execution, abandon, reason);
        return { pipelineExecutionId };
    }

    getPipelineExecution(input: requests.ExecutionInput): { readonly pipelineExecution: results.ExecutionAnswer } {
        const pipeline = this.registry.pipeline(input.pipelineName);
        return { pipelineExecution: executionAnswer(pipeline, this.registry.execution(pipeline, input.pipelineExecutionId)) };
    }

    /** Newest first. */
    listPipelineExecutions(input: requests.ListPipelineExecutionsInput): {
        readonly pipelineExecutionSummaries: readonly results.ExecutionSummary[];
        readonly nextToken?: string;
    } {
        const pipeline = this.registry.pipeline(input.pipelineName);
        const stage = input.filter?.succeededInStage?.stageName;
        const { executions } = pipeline.state;
        const chosen = stage === undefined ? executions : executions.filter((execution) => execution.stages[stage]?.status === "Succeeded");
        const { items, ...rest } = page(chosen.toReversed(), input, 100);
        return { pipelineExecutionSummaries: items.map((execution) => executionSummary(pipeline, execution)), ...rest };
    }

    getPipelineState(input: { readonly name: string }): results.PipelineStateAnswer {
        return pipelineState(this.registry.pipeline(input.name));
    }

    /** Newest first. */
    listActionExecutions(input: requests.ListActionExecutionsInput): {
        readonly actionExecutionDetails: readonly results.ActionExecutionDetail[];
        readonly nextToken?: string;
    } {
        const pipeline = this.registry.pipeline(input.pipelineName);
        const latest = input.filter?.latestInPipelineExecution;
        const id = input.filter?.pipelineExecutionId ?? latest?.pipelineExecutionId;
        const executions = id === undefined ? pipeline.state.executions : [this.registry.execution(pipeline, id)];
        const { items, ...rest } = page(actionDetails(pipeline, executions, latest?.startTimeRange === "Latest"), input, 100);
        return { actionExecutionDetails: items, ...rest };
    }

    /** @param by ARN of the caller. */
    putApprovalResult(input: requests.PutApprovalResultInput, by?: string): { readonly approvedAt: number } {
        this.expire();
        answerApproval(this.registry, input, by);
        return { approvedAt: seconds(this.registry.world.now()) };
    }

    retryStageExecution(input: requests.RetryStageExecutionInput): { readonly pipelineExecutionId: string } {
        const { pipelineName, pipelineExecutionId, stageName, retryMode } = input;
        const pipeline = this.registry.pipeline(pipelineName);
        const stage = this.registry.stage(pipeline, stageName);
        const execution = pipeline.execution(pipelineExecutionId);
        if (execution === undefined) {
            throw new AwsError("StageNotRetryableException", `Pipeline '${pipelineName}' does not have an execution with ID '${pipelineExecutionId}'`);
        }
        retry(this.registry.world, pipeline, execution, stage, retryMode);
        return { pipelineExecutionId };
    }

    enableStageTransition(input: requests.StageTransitionInput, by?: string): void {
        this.setTransition(input, true, by);
    }

    disableStageTransition(input: requests.StageTransitionInput, by?: string): void {
        this.setTransition(input, false, by);
    }

    tagResource(input: requests.TagResourceInput): void {
        const { state } = this.registry.resource(input.resourceArn);
        state.tags = withTags(state.tags, input.tags);
    }

    untagResource(input: requests.UntagResourceInput): void {
        const { state } = this.registry.resource(input.resourceArn);
        state.tags = state.tags.filter((tag) => !input.tagKeys.includes(tag.key));
    }

    listTagsForResource(input: requests.ListTagsInput): { readonly tags: readonly Tag[]; readonly nextToken?: string } {
        const { items, ...rest } = page(this.registry.resource(input.resourceArn).state.tags, input, 100);
        return { tags: items, ...rest };
    }

    /** Tells every pipeline of a push; ids of the executions that triggers started. */
    push(event: PushEvent): readonly string[] {
        return this.registry.sorted().flatMap((pipeline) => startForPush(this.registry.world, pipeline, event)?.id ?? []);
    }

    /** Repositories that pipelines fetch from, sorted. */
    repositories(): readonly string[] {
        const names = this.registry.sorted().flatMap((pipeline) => repositoriesOf(pipeline.definition));
        return [...new Set(names)].toSorted();
    }

    /** Actions that became InProgress and were not handed out yet, oldest first. No approvals: putApprovalResult ends those. */
    takeJobs(): readonly results.ActionJob[] {
        this.expire();
        return this.registry.world.queue.splice(0).flatMap((id) => {
            const work = this.registry.work(id);
            if (work === undefined) {
                return [];
            }
            work.action.handedOut = true;
            return [job(work)];
        });
    }

    /** Actions that were handed out and are not completed: after a restart nobody does them any more. */
    openJobs(): readonly results.ActionJob[] {
        return [...this.registry.world.places.keys()].flatMap((id) => {
            const work = this.registry.work(id);
            return work?.action.handedOut === true && work.action.token === undefined ? [job(work)] : [];
        });
    }

    /** Says what came of a job. A late word about an abandoned one changes nothing. */
    completeJob(jobId: string, result: results.JobResult): void {
        const work = this.registry.work(jobId);
        if (work !== undefined && work.action.token === undefined) {
            complete(this.registry.world, work, result);
        }
    }

    /** Says where a job is being done. */
    noteExternal(jobId: string, external: { readonly externalExecutionId?: string; readonly externalExecutionUrl?: string }): void {
        const work = this.registry.work(jobId);
        if (work !== undefined) {
            note(work.action, external);
        }
    }

    /** Jobs abandoned since the last call, which need not be waited for. Their provider goes on with them, as on AWS. */
    stopRequests(): readonly string[] {
        return this.registry.world.abandoned.splice(0);
    }

    /** Approvals whose approver is to be told, each once. */
    takeNotices(): readonly results.ApprovalNotice[] {
        return takeNotices(this.registry);
    }

    failApproval(id: string, code: string, message: string): void {
        failApproval(this.registry, id, code, message);
    }

    /** Fails approvals whose time is over; `takeJobs` and `putApprovalResult` do it as well. */
    expire(): void {
        expireApprovals(this.registry);
    }

    /** When the next approval expires, in milliseconds since 1970. */
    nextDeadline(): number | undefined {
        return nextDeadline(this.registry);
    }

    /** A copy of the whole state, from which the constructor goes on. */
    toJSON(): SerializedState {
        return this.registry.snapshot();
    }

    private setTransition(input: requests.StageTransitionInput, enabled: boolean, by = ""): void {
        const pipeline = this.registry.pipeline(input.pipelineName);
        const place = pipeline.stage(this.registry.stage(pipeline, input.stageName).name);
        const reason = enabled || input.reason === undefined ? {} : { reason: input.reason };
        const transition: TransitionState = { enabled, at: this.registry.world.now(), by, ...reason };
        if (input.transitionType === "Inbound") {
            place.inbound = transition;
        } else {
            place.outbound = transition;
        }
        if (enabled) {
            reopen(this.registry.world, pipeline);
        }
    }
}
