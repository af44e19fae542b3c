import type { JsonObject } from "../call";
import type * as requests from "./model/requests";
import type { CodePipelineService } from "./model/service";
import type { OperationName } from "./model/shapes";

/** One operation: what the caller must be allowed to touch, and what is done. */
export interface Operation {
    resource(input: JsonObject, arn: (path: string) => string): string;
    /** @param by ARN of the caller */
    call(service: CodePipelineService, input: JsonObject, by: string): unknown;
    /** Whether anything may have changed. */
    readonly changes: boolean;
}

type Place = Operation["resource"];

/** @param call gets an input whose shape has been checked */
function operation<Input>(resource: Place, call: (service: CodePipelineService, input: Input, by: string) => unknown, changes = true): Operation {
    return { resource, changes, call: (service, input, by) => call(service, input as unknown as Input, by) };
}

function question<Input>(resource: Place, call: (service: CodePipelineService, input: Input) => unknown): Operation {
    return operation(resource, call, false);
}

const declared: Place = (input, arn) => arn(String((input.pipeline as JsonObject).name));
const named: Place = (input, arn) => arn(String(input.name));
const pipeline: Place = (input, arn) => arn(String(input.pipelineName));
const stage: Place = (input, arn) => arn(`${String(input.pipelineName)}/${String(input.stageName)}`);
const action: Place = (input, arn) => arn(`${String(input.pipelineName)}/${String(input.stageName)}/${String(input.actionName)}`);
const given: Place = (input) => String(input.resourceArn);

/** Every operation with the resource that AWS's service authorization reference names for it. */
export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
    CreatePipeline: operation<requests.CreatePipelineInput>(declared, (service, input) => service.createPipeline(input)),
    UpdatePipeline: operation<requests.CreatePipelineInput>(declared, (service, input) => service.updatePipeline(input)),
    GetPipeline: question<{ name: string; version?: number }>(named, (service, input) => service.getPipeline(input)),
    DeletePipeline: operation<{ name: string }>(named, (service, input) => service.deletePipeline(input)),
    ListPipelines: question<requests.Page>(() => "*", (service, input) => service.listPipelines(input)),
    StartPipelineExecution: operation<requests.StartPipelineExecutionInput>(named, (service, input, by) => service.startPipelineExecution(input, by)),
    StopPipelineExecution: operation<requests.StopPipelineExecutionInput>(pipeline, (service, input) => service.stopPipelineExecution(input)),
    GetPipelineExecution: question<requests.ExecutionInput>(pipeline, (service, input) => service.getPipelineExecution(input)),
    ListPipelineExecutions: question<requests.ListPipelineExecutionsInput>(pipeline, (service, input) => service.listPipelineExecutions(input)),
    GetPipelineState: question<{ name: string }>(named, (service, input) => service.getPipelineState(input)),
    ListActionExecutions: question<requests.ListActionExecutionsInput>(pipeline, (service, input) => service.listActionExecutions(input)),
    PutApprovalResult: operation<requests.PutApprovalResultInput>(action, (service, input, by) => service.putApprovalResult(input, by)),
    RetryStageExecution: operation<requests.RetryStageExecutionInput>(stage, (service, input) => service.retryStageExecution(input)),
    EnableStageTransition: operation<requests.StageTransitionInput>(stage, (service, input, by) => service.enableStageTransition(input, by)),
    DisableStageTransition: operation<requests.StageTransitionInput>(stage, (service, input, by) => service.disableStageTransition(input, by)),
    TagResource: operation<requests.TagResourceInput>(given, (service, input) => service.tagResource(input)),
    UntagResource: operation<requests.UntagResourceInput>(given, (service, input) => service.untagResource(input)),
    ListTagsForResource: question<requests.ListTagsInput>(given, (service, input) => service.listTagsForResource(input)),
};
