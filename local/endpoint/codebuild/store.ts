import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { readIfPresent, writeAtomically } from "../../toolchain/files";
import type { Build, Project, Report, ReportGroup, RunningShell, TestCase } from "./types";

interface Content {
    projects: Record<string, Project>;
    reportGroups: Record<string, ReportGroup>;
    builds: Record<string, Build>;
    reports: Record<string, Report>;
    /** By project name: the number of its last build. */
    buildNumbers: Record<string, number>;
    /** By build id, while it runs. */
    shells: Record<string, RunningShell>;
}

const KEPT_BUILDS = 200;
const KEPT_REPORTS = 100;

/** Projects, builds, report groups and reports, in `.local/endpoint/codebuild.json`; test cases in a file for each report. */
export class Store {
    private readonly content: Content;

    constructor(
        private readonly folder: string,
        readonly account: string,
        readonly region: string,
    ) {
        const text = readIfPresent(this.file);
        const empty: Content = { projects: {}, reportGroups: {}, builds: {}, reports: {}, buildNumbers: {}, shells: {} };
        this.content = { ...empty, ...(text === undefined ? {} : (JSON.parse(text) as Partial<Content>)) };
    }

    get projects(): Record<string, Project> {
        return this.content.projects;
    }

    get reportGroups(): Record<string, ReportGroup> {
        return this.content.reportGroups;
    }

    get builds(): Record<string, Build> {
        return this.content.builds;
    }

    get reports(): Record<string, Report> {
        return this.content.reports;
    }

    get shells(): Record<string, RunningShell> {
        return this.content.shells;
    }

    arn(kind: "project" | "build" | "report-group" | "report", name: string): string {
        return `arn:aws:codebuild:${this.region}:${this.account}:${kind}/${name}`;
    }

    nextBuildNumber(project: string): number {
        return (this.content.buildNumbers[project] = (this.content.buildNumbers[project] ?? 0) + 1);
    }

    /** Writes everything, without the oldest builds and reports. */
    save(): void {
        const finished = Object.values(this.builds).filter((build) => build.buildComplete);
        for (const build of newestFirst(finished, (entry) => entry.startTime).slice(KEPT_BUILDS)) {
            delete this.content.builds[build.id];
        }
        for (const report of newestFirst(Object.values(this.reports), (entry) => entry.created).slice(KEPT_REPORTS)) {
            this.dropReport(report.arn);
        }
        writeAtomically(this.file, `${JSON.stringify(this.content, undefined, 1)}\n`, 0o600);
    }

    addReport(group: ReportGroup, report: Omit<Report, "arn">, cases: (arn: string) => readonly TestCase[]): Report {
        const arn = this.arn("report", `${group.name}:${randomUUID()}`);
        const whole = { arn, ...report };
        writeAtomically(this.casesFile(arn), JSON.stringify(cases(arn)), 0o600);
        this.content.reports[arn] = whole;
        return whole;
    }

    testCases(reportArn: string): readonly TestCase[] {
        return JSON.parse(readIfPresent(this.casesFile(reportArn)) ?? "[]") as TestCase[];
    }

    dropReport(arn: string): void {
        delete this.content.reports[arn];
        fs.rmSync(this.casesFile(arn), { force: true });
    }

    private get file(): string {
        return path.join(this.folder, "codebuild.json");
    }

    private casesFile(reportArn: string): string {
        return path.join(this.folder, "codebuild-reports", `${reportArn.split(":").at(-1) ?? ""}.json`);
    }
}

/** Sorted by a time, newest first; equal times by where they stand, later ones first. */
export function newestFirst<T>(entries: readonly T[], time: (entry: T) => number): T[] {
    return entries
        .map((entry, index) => ({ entry, index }))
        .sort((a, b) => time(b.entry) - time(a.entry) || b.index - a.index)
        .map(({ entry }) => entry);
}
