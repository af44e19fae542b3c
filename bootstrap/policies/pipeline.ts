import { useConnection } from "./buildBase";
import { objects, type Scope } from "./scope";
import { allow, type PolicyStatement } from "./statement";
import type { ProjectName } from "../../components/deliveryPipeline/names";

/** What CodePipeline itself does: fetch the source, start the steps' builds, tell who approves. No role is passed: CodeBuild actions need none. */
export function pipelineStatements(projects: readonly ProjectName[], scope: Scope): PolicyStatement[] {
    const { names, seed, place, environment } = scope;
    const bucket = `arn:aws:s3:::${names.artifactBucket}`;
    return [
        ...(environment.source === "connection" ? useConnection(seed.connectionArn, environment.repository) : codeCommit(scope)),
        allow("Artifacts", ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"], objects(names.artifactBucket, "*")),
        allow("ArtifactBucket", ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"], [bucket]),
        allow("ArtifactKey", ["kms:Decrypt", "kms:GenerateDataKey"], [seed.artifactsKeyArn], {
            // The topic is encrypted with the same key.
            StringEquals: { "kms:ViaService": [`s3.${place.region}.amazonaws.com`, `sns.${place.region}.amazonaws.com`] },
        }),
        allow("Builds", ["codebuild:BatchGetBuilds", "codebuild:StartBuild"], projects.map((name) => names.projectArn(name))),
        allow("Tell", ["sns:Publish"], [names.topicArn]),
    ];
}

function codeCommit({ environment, arn }: Scope): PolicyStatement[] {
    return [
        allow(
            "ReadRepository",
            ["codecommit:CancelUploadArchive", "codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository", "codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive"],
            [arn("codecommit", environment.repository)],
        ),
    ];
}
