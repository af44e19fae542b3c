import type { Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";

/** EventBridge starts the pipeline when CodeCommit tells of a push, and does nothing else. */
export function eventsStatements({ names }: Scope): PolicyStatement[] {
    return [allow("StartPipeline", ["codepipeline:StartPipelineExecution"], [names.pipelineArn])];
}
