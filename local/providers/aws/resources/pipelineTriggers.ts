/** Git triggers of a pipeline as CodePipeline and as the SDK write them. */
import type { GitPullRequestFilter, GitPushFilter, PipelineTriggerDeclaration } from "@aws-sdk/client-codepipeline";
import type { PipelineArgs, PipelineState } from "@pulumi/aws/codepipeline/pipeline";
import { some } from "./absent";
import type { Inputs, State } from "./types";

type Trigger = NonNullable<Inputs<PipelineArgs>["triggers"]>[number];
type Push = NonNullable<Trigger["gitConfiguration"]["pushes"]>[number];
type PullRequest = NonNullable<Trigger["gitConfiguration"]["pullRequests"]>[number];
type TriggerAll = NonNullable<State<PipelineState>["triggerAlls"]>[number];

interface Patterns {
    readonly includes?: string[];
    readonly excludes?: string[];
}

export function sentTriggers(triggers: readonly Trigger[]): PipelineTriggerDeclaration[] {
    return triggers.map(({ providerType, gitConfiguration: { sourceActionName, pushes, pullRequests } }) => ({
        providerType: providerType as PipelineTriggerDeclaration["providerType"],
        gitConfiguration: {
            sourceActionName,
            push: pushes?.map(({ branches, filePaths, tags }) => ({ branches, filePaths, tags })),
            pullRequest: pullRequests?.map(({ branches, events, filePaths }) => ({ branches, filePaths, events: events as GitPullRequestFilter["events"] })),
        },
    }));
}

export function shownTriggers(found: readonly PipelineTriggerDeclaration[]): Trigger[] {
    return found.map(({ providerType, gitConfiguration: git }) => ({
        providerType: providerType ?? "",
        gitConfiguration: {
            sourceActionName: git?.sourceActionName ?? "",
            pushes: some(git?.push)?.map(shownPush),
            pullRequests: some(git?.pullRequest)?.map(shownPullRequest),
        },
    }));
}

/** The same with every single object as a list of one: an output that the SDK generated like that. */
export function shownTriggerAlls(found: readonly PipelineTriggerDeclaration[]): TriggerAll[] {
    return shownTriggers(found).map(({ providerType, gitConfiguration: { sourceActionName, pushes, pullRequests } }) => ({
        providerType,
        gitConfigurations: [
            {
                sourceActionName,
                pushes: (pushes ?? []).map(({ branches, filePaths, tags }) => ({ branches: listed(branches), filePaths: listed(filePaths), tags: listed(tags) })),
                pullRequests: (pullRequests ?? []).map(({ branches, events, filePaths }) => ({
                    branches: listed(branches),
                    events: events ?? [],
                    filePaths: listed(filePaths),
                })),
            },
        ],
    }));
}

function shownPush({ branches, filePaths, tags }: GitPushFilter): Push {
    return { branches: shownPatterns(branches), filePaths: shownPatterns(filePaths), tags: shownPatterns(tags) };
}

function shownPullRequest({ branches, events, filePaths }: GitPullRequestFilter): PullRequest {
    return { branches: shownPatterns(branches), events: some(events), filePaths: shownPatterns(filePaths) };
}

function shownPatterns(patterns: Patterns | undefined): Patterns | undefined {
    return patterns === undefined ? undefined : { includes: some(patterns.includes), excludes: some(patterns.excludes) };
}

function listed(patterns: Patterns | undefined): { includes: string[]; excludes: string[] }[] {
    return patterns === undefined ? [] : [{ includes: patterns.includes ?? [], excludes: patterns.excludes ?? [] }];
}
