import type { JsonObject } from "../call";
import { AwsError } from "../own/error";
import type { Caller } from "../own/handler";
import { page, strings } from "../own/paging";
import { read, reportGroupInput, reportGroupUpdate } from "./schema";
import { newestFirst, type Store } from "./store";
import type { ReportGroup } from "./types";

export async function createReportGroup(store: Store, input: JsonObject, caller: Caller, now: number): Promise<unknown> {
    const fields = read(reportGroupInput, input);
    const arn = store.arn("report-group", fields.name);
    await caller.authorise("codebuild:CreateReportGroup", arn);
    if (store.reportGroups[arn] !== undefined) {
        throw new AwsError("ResourceAlreadyExistsException", `Report group already exists: ${arn}`);
    }
    const group: ReportGroup = { ...fields, tags: fields.tags ?? [], arn, created: now, lastModified: now, status: "ACTIVE" };
    store.reportGroups[arn] = group;
    store.save();
    return { reportGroup: group };
}

export async function updateReportGroup(store: Store, input: JsonObject, caller: Caller, now: number): Promise<unknown> {
    const { arn, ...fields } = read(reportGroupUpdate, input);
    await caller.authorise("codebuild:UpdateReportGroup", arn);
    const group = { ...existingGroup(store, arn), ...fields, lastModified: now };
    store.reportGroups[arn] = group;
    store.save();
    return { reportGroup: group };
}

export async function deleteReportGroup(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const arn = arnOf(input.arn);
    await caller.authorise("codebuild:DeleteReportGroup", arn);
    const reports = Object.values(store.reports).filter((report) => report.reportGroupArn === arn);
    if (reports.length > 0 && input.deleteReports !== true) {
        throw new AwsError("InvalidInputException", "Cannot delete report group with reports in it: delete them first, or pass deleteReports");
    }
    reports.forEach((report) => store.dropReport(report.arn));
    delete store.reportGroups[arn];
    store.save();
    return {};
}

export async function batchGetReportGroups(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const arns = strings(input.reportGroupArns, "reportGroupArns");
    for (const arn of arns) {
        await caller.authorise("codebuild:BatchGetReportGroups", arn);
    }
    return { reportGroups: arns.flatMap((arn) => store.reportGroups[arn] ?? []), reportGroupsNotFound: arns.filter((arn) => store.reportGroups[arn] === undefined) };
}

export async function listReportGroups(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    await caller.authorise("codebuild:ListReportGroups", "*");
    const arns = Object.keys(store.reportGroups).sort();
    const { items, nextToken } = page(input.sortOrder === "DESCENDING" ? arns.reverse() : arns, input.nextToken, sizeOf(input.maxResults));
    return { reportGroups: items, ...nextToken };
}

export async function listReportsForReportGroup(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const arn = arnOf(input.reportGroupArn);
    await caller.authorise("codebuild:ListReportsForReportGroup", arn);
    existingGroup(store, arn);
    const status = (input.filter as { readonly status?: string } | undefined)?.status;
    const reports = Object.values(store.reports).filter((report) => report.reportGroupArn === arn && (status === undefined || report.status === status));
    const newest = newestFirst(reports, (report) => report.created).map((report) => report.arn);
    const { items, nextToken } = page(input.sortOrder === "ASCENDING" ? newest.reverse() : newest, input.nextToken, sizeOf(input.maxResults));
    return { reports: items, ...nextToken };
}

export async function batchGetReports(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const arns = strings(input.reportArns, "reportArns");
    for (const arn of arns) {
        await caller.authorise("codebuild:BatchGetReports", groupOf(arn));
    }
    return { reports: arns.flatMap((arn) => store.reports[arn] ?? []), reportsNotFound: arns.filter((arn) => store.reports[arn] === undefined) };
}

export async function describeTestCases(store: Store, input: JsonObject, caller: Caller): Promise<unknown> {
    const arn = arnOf(input.reportArn);
    await caller.authorise("codebuild:DescribeTestCases", groupOf(arn));
    if (store.reports[arn] === undefined) {
        throw new AwsError("ResourceNotFoundException", `Report cannot be found: ${arn}`);
    }
    const { status, keyword } = (input.filter ?? {}) as { readonly status?: string; readonly keyword?: string };
    const cases = store.testCases(arn).filter((entry) => (status === undefined || entry.status === status) && (keyword === undefined || entry.name.includes(keyword)));
    const { items, nextToken } = page(cases, input.nextToken, sizeOf(input.maxResults));
    return { testCases: items, ...nextToken };
}

/** Rights on a report are rights on its group: `…:report/GROUP:ID` → `…:report-group/GROUP`. */
export function groupOf(reportArn: string): string {
    return reportArn.replace(":report/", ":report-group/").replace(/(:report-group\/[^:]+):.*$/, "$1");
}

function existingGroup(store: Store, arn: string): ReportGroup {
    const group = store.reportGroups[arn];
    if (group === undefined) {
        throw new AwsError("ResourceNotFoundException", `Report group cannot be found: ${arn}`);
    }
    return group;
}

function arnOf(value: unknown): string {
    if (typeof value !== "string" || !value.startsWith("arn:")) {
        throw new AwsError("InvalidInputException", `Invalid ARN: ${JSON.stringify(value)} was given`);
    }
    return value;
}

function sizeOf(value: unknown): number {
    return typeof value === "number" && value >= 1 && value <= 100 ? value : 100;
}
