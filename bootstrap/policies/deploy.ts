import { buildBase } from "./buildBase";
import { functionRoleWrites, keepBoundaries } from "./functionRoleWrites";
import { buildsEnded } from "./pipelineRuns";
import { objects, type Scope } from "./scope";
import { lockNotes, openSecrets, readReleases, records, writeState } from "./state";
import { deny, type PolicyStatement } from "./statement";

/** Brings the application up to date. Builds no image, and changes nothing of the pipeline. What it may change is two policies of their own. */
export function deployStatements(scope: Scope): PolicyStatement[] {
    return [
        ...buildBase("deploy", scope),
        ...writeState(scope),
        ...openSecrets(scope),
        ...records(scope, ["deployed.json"]),
        ...lockNotes(scope),
        ...readReleases(scope),
        ...buildsEnded(scope),
    ];
}

/** What it may do with roles, and what it must never do: a policy of its own, so that no change of the other one loosens it. */
export function deployGuards(scope: Scope): PolicyStatement[] {
    return [...functionRoleWrites(scope), ...keepBoundaries(scope), ...keepPipelineBucket(scope), ...nothingPublic(scope)];
}

/** Its name begins like those of the application's buckets. */
export function keepPipelineBucket({ names }: Scope): PolicyStatement[] {
    return [
        deny(
            "KeepPipelineBucket",
            ["s3:CreateBucket", "s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutBucketNotification", "s3:PutBucketPolicy", "s3:PutBucketPublicAccessBlock", "s3:PutBucketVersioning", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration", "s3:PutObject"],
            [`arn:aws:s3:::${names.artifactBucket}`, ...objects(names.artifactBucket, "*")],
        ),
    ];
}

/** Opening a function to everybody is left to a person. */
function nothingPublic({ arn, prefix }: Scope): PolicyStatement[] {
    const functions = [arn("lambda", `function:${prefix}-*`)];
    return [
        deny("NoPublicCaller", ["lambda:AddPermission"], functions, { StringEquals: { "lambda:Principal": "*" } }),
        deny("NoPublicUrl", ["lambda:AddPermission", "lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"], functions, {
            StringEquals: { "lambda:FunctionUrlAuthType": "NONE" },
        }),
    ];
}
