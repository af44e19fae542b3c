import { BatchGetBuildsCommand, CodeBuildClient } from "@aws-sdk/client-codebuild";

/** Whether a build is known to CodeBuild and not in progress any more. One that it does not know may belong to another account or be forgotten. */
export function buildFinished(region: string | undefined): (buildId: string) => Promise<boolean> {
    let client: CodeBuildClient | undefined;
    return async (buildId) => {
        client ??= new CodeBuildClient({ region });
        const { builds = [] } = await client.send(new BatchGetBuildsCommand({ ids: [buildId] }));
        return builds.some(({ id, buildStatus }) => id === buildId && buildStatus !== undefined && buildStatus !== "IN_PROGRESS");
    };
}
