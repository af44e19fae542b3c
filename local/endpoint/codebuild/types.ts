import type { EnvironmentVariable, ProjectFields, ReportGroupInput } from "./schema";

/** What the emulated CodeBuild keeps; names are those of its API, times are seconds since 1970, as they go over the wire. */

export interface Project extends Omit<ProjectFields, "badgeEnabled"> {
    readonly arn: string;
    readonly timeoutInMinutes: number;
    readonly queuedTimeoutInMinutes: number;
    readonly created: number;
    readonly lastModified: number;
}

export type Status = "SUCCEEDED" | "FAILED" | "FAULT" | "TIMED_OUT" | "IN_PROGRESS" | "STOPPED";

export type PhaseType =
    "SUBMITTED" | "QUEUED" | "PROVISIONING" | "DOWNLOAD_SOURCE" | "INSTALL" | "PRE_BUILD" | "BUILD" | "POST_BUILD" | "UPLOAD_ARTIFACTS" | "FINALIZING" | "COMPLETED";

export interface Phase {
    readonly phaseType: PhaseType;
    phaseStatus?: Status;
    readonly startTime: number;
    endTime?: number;
    durationInSeconds?: number;
    contexts?: { statusCode: string; message: string }[];
}

export interface Build {
    readonly id: string;
    readonly arn: string;
    readonly buildNumber: number;
    readonly startTime: number;
    endTime?: number;
    currentPhase: PhaseType;
    buildStatus: Status;
    readonly sourceVersion?: string;
    resolvedSourceVersion?: string;
    readonly projectName: string;
    readonly phases: Phase[];
    readonly source: ProjectFields["source"];
    readonly artifacts: { readonly location: string };
    readonly cache: NonNullable<ProjectFields["cache"]>;
    readonly environment: ProjectFields["environment"] & { readonly environmentVariables: readonly EnvironmentVariable[] };
    readonly serviceRole: string;
    logs: { groupName?: string; streamName?: string; deepLink: string; cloudWatchLogsArn?: string; cloudWatchLogs: NonNullable<NonNullable<ProjectFields["logsConfig"]>["cloudWatchLogs"]> };
    readonly timeoutInMinutes: number;
    readonly queuedTimeoutInMinutes: number;
    buildComplete: boolean;
    readonly initiator: string;
    exportedEnvironmentVariables: { readonly name: string; readonly value: string }[];
    reportArns: string[];
}

export interface ReportGroup extends ReportGroupInput {
    readonly arn: string;
    readonly created: number;
    readonly lastModified: number;
    readonly status: "ACTIVE";
}

export interface TestCase {
    readonly reportArn: string;
    readonly testRawDataPath: string;
    readonly prefix: string;
    readonly name: string;
    readonly status: "SUCCEEDED" | "FAILED" | "ERROR" | "SKIPPED";
    readonly durationInNanoSeconds: number;
    readonly message?: string;
    readonly testSuiteName: string;
}

export interface Report {
    readonly arn: string;
    readonly type: "TEST";
    readonly name: string;
    readonly reportGroupArn: string;
    readonly executionId: string;
    readonly status: "SUCCEEDED" | "FAILED" | "INCOMPLETE";
    readonly created: number;
    readonly expired: number;
    readonly exportConfig: ReportGroupInput["exportConfig"];
    readonly truncated: boolean;
    readonly testSummary: { readonly total: number; readonly statusCounts: Readonly<Record<string, number>>; readonly durationInNanoSeconds: number };
}

/** A process of a build, so that a later start of the endpoint can end what an earlier one left. */
export interface RunningShell {
    readonly pid: number;
    readonly startTime: string;
}
