import { buildBase } from "./buildBase";
import { changeDeliveryParts } from "./deliveryParts";
import { projectsOf } from "./projects";
import { buildsEnded, readPipeline, steerPipeline } from "./pipelineRuns";
import { repositories, type Scope } from "./scope";
import { lockNotes, openSecrets, records, writeState } from "./state";
import { allow, type PolicyStatement } from "./statement";
import { serviceOf } from "./trust";

/**
 * Brings the pipeline's definition up to date, and restarts it. No IAM writes: its roles are the seed's. It makes no
 * project and deletes nothing of the pipeline: who adds a step brings the stack up once by hand.
 */
export function selfUpdateStatements(scope: Scope): PolicyStatement[] {
    return [...buildBase("self-update", scope), ...updateRecords(scope), ...pipelineChanges(scope), ...partChanges(scope)];
}

/** What a self-update keeps: the state, and notes for whoever has to finish it. */
export function updateRecords(scope: Scope): PolicyStatement[] {
    return [...writeState(scope), ...openSecrets(scope), ...records(scope, ["intent.json", "last-known-good.json", "restarts/*"]), ...lockNotes(scope)];
}

/** The pipeline and its projects: what a self-update changes as a step of it, and the repair from outside. */
export function pipelineChanges(scope: Scope): PolicyStatement[] {
    const { names, environment } = scope;
    const projects = projectsOf(environment.delivery);
    return [
        ...readPipeline(scope),
        ...steerPipeline(scope),
        ...buildsEnded(scope),
        allow("ChangePipeline", ["codepipeline:ListTagsForResource", "codepipeline:TagResource", "codepipeline:UntagResource", "codepipeline:UpdatePipeline"], [names.pipelineArn]),
        allow("ChangeProjects", ["codebuild:BatchGetProjects", "codebuild:UpdateProject"], projects.map((name) => names.projectArn(name))),
        allow("PassPipelineRole", ["iam:PassRole"], [names.roleArn("pipeline")], passedTo(serviceOf("pipeline"))),
        allow("PassStepRoles", ["iam:PassRole"], projects.map((name) => names.roleArn(name)), passedTo(serviceOf("build"))),
        ...(environment.source === "codecommit"
            ? [allow("PassEventsRole", ["iam:PassRole"], [names.roleArn("events")], passedTo(serviceOf("events")))]
            : []),
    ];
}

/** What the pipeline works with, and repositories of the stack's images. */
export function partChanges(scope: Scope): PolicyStatement[] {
    return [...changeDeliveryParts(scope), ...(scope.environment.releasesFrom === undefined ? repositoryCreation(scope) : [])];
}

/** A repository for a function that is new. */
function repositoryCreation(scope: Scope): PolicyStatement[] {
    return [
        allow(
            "Repositories",
            [
                "ecr:CreateRepository",
                "ecr:DescribeRepositories",
                "ecr:GetLifecyclePolicy",
                "ecr:GetRepositoryPolicy",
                "ecr:ListTagsForResource",
                "ecr:PutLifecyclePolicy",
                "ecr:SetRepositoryPolicy",
                "ecr:TagResource",
            ],
            repositories(scope),
        ),
    ];
}

function passedTo(service: string): { readonly StringEquals: Record<string, string> } {
    return { StringEquals: { "iam:PassedToService": service } };
}
