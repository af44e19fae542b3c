import { SOURCE_ACTION } from "./blueprint";
import type { PipelineDefinition } from "./definition";
import type { DeliveryOptions } from "./options";

/** Changes that are not worth a run. At the top only: below `app/`, a text may be part of an image. */
const IGNORED_PATHS = ["*.md", "docs/**"];

/** Git refuses two dots in a name, so no branch is called so: what is released has a tag, also after a start by hand. */
export const NO_BRANCH = "releases..have.tags";

export function sourceProvider({ source }: DeliveryOptions): string {
    return source.kind === "connection" ? "CodeStarSourceConnection" : "CodeCommit";
}

/** A change starts the pipeline by what this stack declares, never by the service's own watching. */
export function sourceConfiguration({ kind, source, branch }: DeliveryOptions): Record<string, string> {
    const common = { BranchName: kind === "tag" ? NO_BRANCH : branch, OutputArtifactFormat: "CODEBUILD_CLONE_REF" };
    return source.kind === "connection"
        ? { ConnectionArn: source.connectionArn, FullRepositoryId: source.repository, ...common, DetectChanges: "false" }
        : { RepositoryName: source.repository, ...common, PollForSourceChanges: "false" };
}

/** With a filter, a run gets the exact commit that was pushed. CodeCommit has no such trigger, see `pushEventPattern`. */
export function triggersOf({ kind, source, branch, tagPattern }: DeliveryOptions): Pick<PipelineDefinition, "triggers"> {
    if (source.kind !== "connection") {
        return {};
    }
    const push = kind === "tag" ? { tags: { includes: [tagPattern] } } : { branches: { includes: [branch] }, filePaths: { excludes: IGNORED_PATHS } };
    return { triggers: [{ providerType: "CodeStarSourceConnection", gitConfiguration: { sourceActionName: SOURCE_ACTION, pushes: [push] } }] };
}

/** The events of CodeCommit that start the pipeline; undefined where a trigger does. */
export function pushEventPattern({ kind, source, branch, tagPattern, region, accountId }: DeliveryOptions): object | undefined {
    return source.kind !== "codecommit"
        ? undefined
        : {
              source: ["aws.codecommit"],
              "detail-type": ["CodeCommit Repository State Change"],
              resources: [`arn:aws:codecommit:${region}:${accountId}:${source.repository}`],
              detail: {
                  event: ["referenceCreated", "referenceUpdated"],
                  referenceType: [kind],
                  referenceName: [kind === "tag" ? { wildcard: tagPattern } : branch],
              },
          };
}

/** Starts a run at the very commit of the event; the two texts are EventBridge's, which puts values between quotes itself. */
export const PUSH_EVENT_INPUT = {
    inputPaths: { commit: "$.detail.commitId" },
    inputTemplate: `{"sourceRevisions":[{"actionName":"${SOURCE_ACTION}","revisionType":"COMMIT_ID","revisionValue":"<commit>"}]}`,
};
