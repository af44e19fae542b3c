import type { Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";

/** Reading the one pipeline: its definition, its runs, where they are. */
export function readPipeline({ names }: Scope): PolicyStatement[] {
    return [
        allow(
            "ReadPipeline",
            ["codepipeline:GetPipeline", "codepipeline:GetPipelineExecution", "codepipeline:GetPipelineState", "codepipeline:ListPipelineExecutions"],
            [names.pipelineArn],
        ),
    ];
}

/** Whether a build has ended that left a lock or an unfinished self-update; all that may leave one are named. */
export function buildsEnded({ names, seed, arn }: Scope): PolicyStatement[] {
    const projects = [names.projectArn("deploy"), names.projectArn("self-update"), arn("codebuild", `project/${seed.repair}`), arn("codebuild", `project/${seed.watchdog}`)];
    return [allow("BuildsEnded", ["codebuild:BatchGetBuilds"], projects)];
}

/** Starting the one pipeline at a revision, and stopping runs of it. */
export function steerPipeline({ names }: Scope): PolicyStatement[] {
    return [allow("SteerPipeline", ["codepipeline:StartPipelineExecution", "codepipeline:StopPipelineExecution"], [names.pipelineArn])];
}
