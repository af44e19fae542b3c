import type { ActionRun } from "./run";

/** Where a build writes its log. */
export interface LogPlace {
    readonly group: string;
    readonly stream: string;
}

/**
 * Where CodeBuild puts the log of a build when its project names no stream: group `/aws/codebuild/PROJECT`, stream the
 * build's own UUID. Undefined for actions that are no builds, and before the build has begun.
 */
export function logPlace({ provider, externalId }: Pick<ActionRun, "provider" | "externalId">): LogPlace | undefined {
    const [project, uuid] = externalId?.split(":") ?? [];
    return provider !== "CodeBuild" || project === undefined || uuid === undefined || uuid === "" ? undefined : { group: `/aws/codebuild/${project}`, stream: uuid };
}

/** The AWS CLI's command for a build's log. Its own default looks ten minutes back, which a long build exceeds. */
export function logCommand({ group, stream }: LogPlace, follow = false): string {
    return `aws logs tail ${group} --log-stream-names ${stream} --since 1d${follow ? " --follow" : ""}`;
}
