/** A build project as CodeBuild and as the SDK write it: most members are called the same. */
import type {
    CreateProjectInput,
    LogsConfig,
    Project,
    ProjectArtifacts,
    ProjectCache,
    ProjectEnvironment,
    ProjectSource,
} from "@aws-sdk/client-codebuild";
import type { ProjectArgs, ProjectState } from "@pulumi/aws/codebuild/project";
import { emptyAsAbsent, some } from "./absent";
import type { Inputs, State } from "./types";

export type ProjectInputs = Inputs<ProjectArgs, "name">;

export function sentProject(inputs: ProjectInputs): CreateProjectInput {
    return {
        name: inputs.name,
        description: inputs.description,
        serviceRole: inputs.serviceRole,
        artifacts: inputs.artifacts as ProjectArtifacts,
        source: inputs.source as ProjectSource,
        sourceVersion: inputs.sourceVersion,
        environment: sentEnvironment(inputs.environment),
        cache: inputs.cache === undefined ? undefined : ({ ...inputs.cache, type: inputs.cache.type ?? "NO_CACHE" } as ProjectCache),
        logsConfig: inputs.logsConfig === undefined ? undefined : sentLogs(inputs.logsConfig),
        timeoutInMinutes: inputs.buildTimeout,
        queuedTimeoutInMinutes: inputs.queuedTimeout,
        concurrentBuildLimit: inputs.concurrentBuildLimit,
        autoRetryLimit: inputs.autoRetryLimit,
        badgeEnabled: inputs.badgeEnabled,
        encryptionKey: inputs.encryptionKey,
        vpcConfig: inputs.vpcConfig,
    };
}

export function shownProject(found: Project): State<ProjectState> {
    return {
        arn: found.arn,
        artifacts: found.artifacts === undefined ? undefined : { ...found.artifacts, type: found.artifacts.type ?? "" },
        autoRetryLimit: found.autoRetryLimit ?? 0,
        badgeEnabled: found.badge?.badgeEnabled ?? false,
        badgeUrl: found.badge?.badgeRequestUrl ?? "",
        buildTimeout: found.timeoutInMinutes,
        cache: found.cache === undefined ? undefined : { ...found.cache, location: emptyAsAbsent(found.cache.location), modes: some(found.cache.modes) },
        concurrentBuildLimit: found.concurrentBuildLimit,
        description: found.description ?? "",
        encryptionKey: found.encryptionKey,
        environment: found.environment === undefined ? undefined : shownEnvironment(found.environment),
        logsConfig: found.logsConfig === undefined ? undefined : shownLogs(found.logsConfig),
        name: found.name,
        projectVisibility: found.projectVisibility ?? "PRIVATE",
        publicProjectAlias: found.publicProjectAlias,
        queuedTimeout: found.queuedTimeoutInMinutes,
        serviceRole: found.serviceRole,
        source: found.source === undefined ? undefined : shownSource(found.source),
        sourceVersion: emptyAsAbsent(found.sourceVersion),
        vpcConfig:
            emptyAsAbsent(found.vpcConfig?.vpcId) === undefined
                ? undefined
                : { vpcId: found.vpcConfig?.vpcId ?? "", subnets: found.vpcConfig?.subnets ?? [], securityGroupIds: found.vpcConfig?.securityGroupIds ?? [] },
    };
}

function sentEnvironment(environment: ProjectInputs["environment"]): ProjectEnvironment {
    return {
        ...environment,
        environmentVariables: (environment.environmentVariables ?? []).map(({ name, value, type }) => ({ name, value, type: type ?? "PLAINTEXT" })),
        imagePullCredentialsType: environment.imagePullCredentialsType ?? "CODEBUILD",
        privilegedMode: environment.privilegedMode ?? false,
    } as ProjectEnvironment;
}

function shownEnvironment(found: ProjectEnvironment): State<ProjectState>["environment"] {
    const { dockerServer, fleet, registryCredential } = found;
    return {
        certificate: emptyAsAbsent(found.certificate),
        computeType: found.computeType ?? "",
        dockerServer: dockerServer === undefined ? undefined : { computeType: dockerServer.computeType ?? "", securityGroupIds: some(dockerServer.securityGroupIds) },
        environmentVariables: some(found.environmentVariables)?.map(({ name, value, type }) => ({ name: name ?? "", value: value ?? "", type: type ?? "PLAINTEXT" })),
        fleet: fleet === undefined ? undefined : { fleetArn: fleet.fleetArn },
        hostKernel: found.hostKernel,
        image: found.image ?? "",
        imagePullCredentialsType: found.imagePullCredentialsType,
        privilegedMode: found.privilegedMode,
        registryCredential:
            registryCredential === undefined
                ? undefined
                : { credential: registryCredential.credential ?? "", credentialProvider: registryCredential.credentialProvider ?? "" },
        type: found.type ?? "",
    };
}

function shownSource(found: ProjectSource): State<ProjectState>["source"] {
    const { auth, buildStatusConfig, gitSubmodulesConfig } = found;
    return {
        auth: auth === undefined ? undefined : { type: auth.type ?? "", resource: auth.resource ?? "" },
        buildspec: emptyAsAbsent(found.buildspec),
        buildStatusConfig: buildStatusConfig === undefined ? undefined : { context: buildStatusConfig.context, targetUrl: buildStatusConfig.targetUrl },
        gitCloneDepth: found.gitCloneDepth,
        gitSubmodulesConfig: gitSubmodulesConfig === undefined ? undefined : { fetchSubmodules: gitSubmodulesConfig.fetchSubmodules ?? false },
        insecureSsl: found.insecureSsl,
        location: emptyAsAbsent(found.location),
        reportBuildStatus: found.reportBuildStatus,
        type: found.type ?? "",
    };
}

/** Each kind of log has a status that it takes where the program gives none. */
function sentLogs({ cloudwatchLogs, s3Logs }: NonNullable<ProjectInputs["logsConfig"]>): LogsConfig {
    return {
        cloudWatchLogs: { ...cloudwatchLogs, status: (cloudwatchLogs?.status ?? "ENABLED") as "ENABLED" },
        s3Logs: { ...s3Logs, status: (s3Logs?.status ?? "DISABLED") as "DISABLED", bucketOwnerAccess: s3Logs?.bucketOwnerAccess as "NONE" | undefined },
    };
}

function shownLogs({ cloudWatchLogs, s3Logs }: LogsConfig): State<ProjectState>["logsConfig"] {
    return {
        cloudwatchLogs:
            cloudWatchLogs === undefined
                ? undefined
                : { status: cloudWatchLogs.status, groupName: emptyAsAbsent(cloudWatchLogs.groupName), streamName: emptyAsAbsent(cloudWatchLogs.streamName) },
        s3Logs:
            s3Logs === undefined
                ? undefined
                : {
                      status: s3Logs.status,
                      location: emptyAsAbsent(s3Logs.location),
                      encryptionDisabled: s3Logs.encryptionDisabled,
                      bucketOwnerAccess: s3Logs.bucketOwnerAccess,
                  },
    };
}
