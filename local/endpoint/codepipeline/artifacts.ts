import type { ObjectPlace, ObjectsOf, SessionObjects } from "../own/objects";
import type { Rights } from "../own/rights";
import { SERVICE } from "./api";
import type { ActionJob } from "./model/results";

/** Artifacts of pipelines as objects of their buckets, written and read in the name of the action's role. */
export interface Artifacts {
    store(job: ActionJob, artifact: string, body: Buffer): Promise<ObjectPlace>;
    /** @throws AwsError, or S3's error, where the role may not read it */
    open(job: ActionJob, object: ObjectPlace): Promise<void>;
}

export class StoredArtifacts implements Artifacts {
    constructor(private readonly options: { readonly account: string; readonly region: string; readonly rights: Pick<Rights, "assume">; readonly objects: ObjectsOf }) {}

    async store(job: ActionJob, artifact: string, body: Buffer): Promise<ObjectPlace> {
        const objects = await this.as(job);
        await objects.inspect(job.artifactBucket);
        return objects.write(job.artifactBucket, artifactKey(job, artifact), body, job.artifactKeyId);
    }

    async open(job: ActionJob, object: ObjectPlace): Promise<void> {
        await (await this.as(job)).read(object);
    }

    private async as({ roleArn, pipelineName }: ActionJob): Promise<SessionObjects> {
        const { account, region, rights, objects } = this.options;
        const sourceArn = `arn:aws:codepipeline:${region}:${account}:${pipelineName}`;
        return objects(await rights.assume({ roleArn, service: SERVICE, sourceArn, sessionName: "CodePipeline", seconds: 900 }));
    }
}

/** `PIPELINE/ARTIFACT/RANDOM`, cut as CodePipeline cuts it; the last part is the action execution's own. */
export function artifactKey({ pipelineName, jobId }: Pick<ActionJob, "pipelineName" | "jobId">, artifact: string): string {
    return `${pipelineName.slice(0, 20)}/${artifact.slice(0, 10)}/${jobId.replaceAll("-", "").slice(0, 7)}`;
}

/** What stands in a source artifact of format `CODEBUILD_CLONE_REF`: where the build clones from, and what. AWS does not document its form. */
export interface CloneReference {
    readonly provider: string;
    readonly repository: string;
    readonly commit: string;
    readonly branch: string;
    /** Of a connection's source only. */
    readonly connectionArn?: string;
}

/** @returns undefined for an artifact of another format, a zip */
export function readCloneReference(body: Buffer): CloneReference | undefined {
    return body.subarray(0, 1).toString("latin1") === "{" ? (JSON.parse(body.toString("utf8")) as CloneReference) : undefined;
}
