import type { Artifacts, CloneReference } from "./artifacts";
import type { Commit, Repository } from "./git";
import type { ActionJob, JobResult } from "./model/results";
import type { ArtifactObject } from "./model/state";

/** What the role of a pipeline is asked, in a service's words, with the condition keys of the call. @throws AwsError when it may not */
export type RoleCheck = (roleArn: string, action: string, resource: string, context?: Readonly<Record<string, string>>) => Promise<void>;

export interface SourceContext {
    readonly repository: Repository;
    readonly artifacts: Artifacts;
    readonly allowed: RoleCheck;
    readonly account: string;
    readonly region: string;
}

/** Fetches: finds the commit, asks the rights that AWS asks, stores the artifact, and describes the commit by output variables. */
export async function runSource(job: ActionJob, context: SourceContext): Promise<JobResult> {
    const { repository, allowed } = context;
    const commitCommit = job.actionTypeId.provider === "CodeCommit";
    const { BranchName = "", FullRepositoryId = "", RepositoryName = "", ConnectionArn = "" } = job.configuration;
    if (commitCommit) {
        const arn = `arn:aws:codecommit:${context.region}:${context.account}:${RepositoryName}`;
        const fetching = isReference(job) ? ["GetRepository"] : ["UploadArchive", "GetUploadArchiveStatus"];
        for (const action of ["GetBranch", "GetCommit", ...fetching]) {
            await allowed(job.roleArn, `codecommit:${action}`, arn);
        }
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
    const branch = wanted?.branch ?? BranchName;
    const objects: Record<string, ArtifactObject> = {};
    for (const artifact of job.outputArtifacts) {
        objects[artifact] = await context.artifacts.store(job, artifact, isReference(job) ? reference(job, name, commit.id, branch) : await repository.archive(commit.id));
    }
    const summary = commit.message.split("\n")[0]?.slice(0, 2048) ?? "";
    return {
        ok: true,
        externalExecutionId: commit.id,
        ...(summary === "" ? {} : { summary }),
        objects,
        revision: { revisionId: commit.id, ...(summary === "" ? {} : { revisionSummary: summary }) },
        outputVariables: commitCommit ? codeCommitVariables(commit, name, branch) : { ...connectionVariables(commit, name, branch, ConnectionArn), ...tagVariable(wanted?.tag) },
    };
}

/** Whether a build clones by itself, instead of getting the files. */
function isReference({ configuration }: ActionJob): boolean {
    return configuration.OutputArtifactFormat === "CODEBUILD_CLONE_REF";
}

function reference({ actionTypeId: { provider }, configuration: { ConnectionArn: connectionArn } }: ActionJob, repository: string, commit: string, branch: string): Buffer {
    const content: CloneReference = { provider, repository, commit, branch, ...(connectionArn === undefined ? {} : { connectionArn }) };
    return Buffer.from(JSON.stringify(content));
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
