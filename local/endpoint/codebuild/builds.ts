import { randomUUID } from "node:crypto";
import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { Caller } from "../own/handler";
import { page, strings } from "../own/paging";
import { overridden } from "./environment";
import { existing, nameOf } from "./projects";
import type { StartBuildInput } from "./schema";
import { newestFirst, type Store } from "./store";
import type { Build } from "./types";

/**
 * A build of a project, not yet running.
 *
 * @param logFile Where its local log will be.
 * @throws AwsError
 */
export function newBuild(store: Store, input: StartBuildInput, initiator: string, now: number, logFile: (uuid: string) => string): Build {
    const project = existing(store, nameOf(input.projectName));
    const running = Object.values(store.builds).filter((build) => build.projectName === project.name && !build.buildComplete);
    if (project.concurrentBuildLimit !== undefined && running.length >= project.concurrentBuildLimit) {
        throw new AwsError("AccountLimitExceededException", `Cannot have more than ${project.concurrentBuildLimit} active builds for the project`);
    }
    const uuid = randomUUID();
    const id = `${project.name}:${uuid}`;
    const wanted = project.logsConfig?.cloudWatchLogs ?? { status: "ENABLED" as const };
    const group = wanted.groupName ?? `/aws/codebuild/${project.name}`;
    const stream = wanted.streamName === undefined ? uuid : `${wanted.streamName}/${uuid}`;
    const sourceVersion = input.sourceVersion ?? project.sourceVersion;
    return {
        id,
        arn: store.arn("build", id),
        buildNumber: store.nextBuildNumber(project.name),
        startTime: now,
        currentPhase: "SUBMITTED",
        buildStatus: "IN_PROGRESS",
        ...(sourceVersion === undefined || sourceVersion === "" ? {} : { sourceVersion }),
        projectName: project.name,
        phases: [],
        source: {
            ...project.source,
            ...(input.sourceTypeOverride === undefined ? {} : { type: input.sourceTypeOverride }),
            ...(input.buildspecOverride === undefined ? {} : { buildspec: input.buildspecOverride }),
        },
        artifacts: { location: "" },
        cache: project.cache ?? { type: "NO_CACHE" },
        environment: {
            ...project.environment,
            ...(input.privilegedModeOverride === undefined ? {} : { privilegedMode: input.privilegedModeOverride }),
            environmentVariables: overridden(project.environment.environmentVariables ?? [], input.environmentVariablesOverride ?? []),
        },
        serviceRole: project.serviceRole,
        logs: {
            ...(wanted.status === "DISABLED" ? {} : { groupName: group, streamName: stream, cloudWatchLogsArn: `arn:aws:logs:${store.region}:${store.account}:log-group:${group}:log-stream:${stream}` }),
            deepLink: `file://${logFile(uuid)}`,
            cloudWatchLogs: wanted,
        },
        timeoutInMinutes: input.timeoutInMinutesOverride ?? project.timeoutInMinutes,
        queuedTimeoutInMinutes: project.queuedTimeoutInMinutes,
        buildComplete: false,
        initiator,
        exportedEnvironmentVariables: [],
        reportArns: [],
    };
}

export async function batchGetBuilds(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const ids = strings(input.ids, "ids").map(idOf);
    for (const id of ids) {
        await caller.authorise("codebuild:BatchGetBuilds", store.arn("project", projectOf(id)));
    }
    return { builds: ids.flatMap((id) => store.builds[id] ?? []), buildsNotFound: ids.filter((id) => store.builds[id] === undefined) };
}

export async function listBuilds(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    await caller.authorise("codebuild:ListBuilds", "*");
    return listing(Object.values(store.builds), input);
}

export async function listBuildsForProject(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const name = nameOf(input.projectName);
    await caller.authorise("codebuild:ListBuildsForProject", store.arn("project", name));
    existing(store, name);
    return listing(Object.values(store.builds).filter((build) => build.projectName === name), input);
}

function listing(builds: readonly Build[], input: JsonObject): unknown {
    const ids = newestFirst(builds, (build) => build.startTime).map((build) => build.id);
    const { items, nextToken } = page(input.sortOrder === "ASCENDING" ? ids.reverse() : ids, input.nextToken, 100);
    return { ids: items, ...nextToken };
}

/** An id, also where the whole ARN was given. */
export function idOf(value: unknown): string {
    if (typeof value !== "string" || value === "") {
        throw new AwsError("InvalidInputException", `Invalid build ID: ${JSON.stringify(value)} was given, PROJECT:UUID is needed`);
    }
    return value.startsWith("arn:") ? value.slice(value.indexOf(":build/") + ":build/".length) : value;
}

export function projectOf(buildId: string): string {
    return buildId.split(":")[0] ?? "";
}
