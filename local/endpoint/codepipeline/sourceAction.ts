import type { ActionJob, JobResult } from "./model/results";
import type { Commit, Repository } from "./git";

/** What the role of a pipeline is asked, in a service's words, with the condition keys of the call. @throws AwsError when it may not */
export type RoleCheck = (roleArn: string, action: string, resource: string, context?: Readonly<Record<string, string>>) => Promise<void>;

/** Fetches: finds the commit, asks the rights that AWS asks, and describes the commit by output variables. */
export async function runSource(job: ActionJob, repository: Repository, allowed: RoleCheck, place: { readonly account: string; readonly region: string }): Promise<JobResult> {
    const commitCommit = job.actionTypeId.provider === "CodeCommit";
    const { BranchName = "", FullRepositoryId = "", RepositoryName = "", ConnectionArn = "" } = job.configuration;
    if (commitCommit) {
        const arn = `arn:aws:codecommit:${place.region}:${place.account}:${RepositoryName}`;
        await allowed(job.roleArn, "codecommit:GetBranch", arn);
        await allowed(job.roleArn, "codecommit:GetCommit", arn);
    } else {
        // A connection's ARN begins with the name of the service when it was made: codestar-connections before 2024.
        const service = ConnectionArn.split(":")[2] ?? "";
        await allowed(job.roleArn, `${service}:UseConnection`, ConnectionArn, { [`${service}:FullRepositoryId`]: FullRepositoryId });
    }
    const wanted = job.sourceRevision;
    const commit = wanted === undefined ? await repository.head(BranchName) : await repository.commit(wanted.revisionValue);
    const name = commitCommit ? RepositoryName : FullRepositoryId;
    if (commit === undefined) {
        const missing = wanted === undefined ? `No Branch [${BranchName}] found for` : `No Commit [${wanted.revisionValue}] found for`;
        return { ok: false, code: "ConfigurationError", message: `${missing} FullRepositoryName [${name}]` };
    }
    for (const artifact of job.outputArtifacts) {
        await allowed(job.roleArn, "s3:PutObject", `arn:aws:s3:::${job.artifactBucket}/${job.pipelineName.slice(0, 20)}/${artifact.slice(0, 10)}/${commit.id.slice(0, 7)}`);
    }
    const branch = wanted?.branch ?? BranchName;
    const summary = commit.message.split("\n")[0]?.slice(0, 2048) ?? "";
    return {
        ok: true,
        externalExecutionId: commit.id,
        ...(summary === "" ? {} : { summary }),
        revision: { revisionId: commit.id, ...(summary === "" ? {} : { revisionSummary: summary }) },
        outputVariables: commitCommit ? codeCommitVariables(commit, name, branch) : { ...connectionVariables(commit, name, branch, ConnectionArn), ...tagVariable(wanted?.tag) },
    };
}

function connectionVariables(commit: Commit, name: string, branch: string, connection: string): Record<string, string> {
    return {
        AuthorDate: commit.authorDate,
        AuthorDisplayName: commit.authorName,
        AuthorEmail: commit.authorEmail,
        BranchName: branch,
        CommitId: commit.id,
        CommitMessage: commit.message,
        ConnectionArn: connection,
        FullRepositoryName: name,
    };
}

function codeCommitVariables(commit: Commit, name: string, branch: string): Record<string, string> {
    return {
        AuthorDate: commit.authorDate,
        BranchName: branch,
        CommitId: commit.id,
        CommitMessage: commit.message,
        CommitterDate: commit.committerDate,
        RepositoryName: name,
    };
}

function tagVariable(tag: string | undefined): Record<string, string> {
    return tag === undefined ? {} : { TagName: tag };
}
