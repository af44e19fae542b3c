import * as fs from "node:fs";
import * as path from "node:path";
import type { Rights } from "../own/rights";
import type { Buildspec } from "./buildspec";
import { matchingFiles } from "./globs";
import { parseJUnit, type ParsedCase } from "./junit";
import type { Store } from "./store";
import type { Build, Report, ReportGroup } from "./types";

/** Days until CodeBuild deletes a report. */
const KEPT_DAYS = 30;

/**
 * Makes the reports that a buildspec asks for, in the name of the build's role.
 *
 * @param say Told a line for each report.
 * @returns ARNs of the reports
 */
export async function publishReports(
    context: { readonly store: Store; readonly rights: Rights; readonly accessKeyId: string; readonly now: () => number },
    build: Build,
    buildspec: Buildspec,
    source: string,
    say: (line: string) => void,
): Promise<string[]> {
    const arns: string[] = [];
    for (const [name, wanted] of Object.entries(buildspec.reports).sort(([a], [b]) => (a < b ? -1 : 1))) {
        try {
            const group = await groupFor(context, build, name);
            for (const action of ["CreateReport", "BatchPutTestCases", "UpdateReport"]) {
                await context.rights.authorise(context.accessKeyId, `codebuild:${action}`, group.arn);
            }
            const folder = path.join(source, wanted.baseDirectory);
            const files = matchingFiles(folder, wanted.files);
            const { cases, problems } = readCases(folder, files);
            problems.forEach(say);
            const report = context.store.addReport(group, summary(group, build, files.length, cases, problems.length > 0, context.now()), (arn) =>
                cases.map(({ file, ...entry }) => ({ ...entry, reportArn: arn, testRawDataPath: file, prefix: "" })),
            );
            say(`Report ${report.arn}: ${cases.length} test cases in ${files.length} files of ${JSON.stringify(wanted.files)}, ${report.status}`);
            arns.push(report.arn);
        } catch (error) {
            say(`Report "${name}" was not made: ${(error as Error).message}`);
        }
    }
    return arns;
}

type CaseOfFile = ParsedCase & { readonly file: string };

function readCases(folder: string, files: readonly string[]): { readonly cases: readonly CaseOfFile[]; readonly problems: readonly string[] } {
    const cases: CaseOfFile[] = [];
    const problems: string[] = [];
    for (const file of files) {
        try {
            cases.push(...parseJUnit(fs.readFileSync(path.join(folder, file), "utf8")).map((entry) => ({ ...entry, file })));
        } catch (error) {
            problems.push(`"${file}" is left out of the report: ${(error as Error).message}. Write JUnit XML.`);
        }
    }
    return { cases, problems };
}

function summary(group: ReportGroup, build: Build, files: number, cases: readonly ParsedCase[], broken: boolean, now: number): Omit<Report, "arn"> {
    const count = (status: ParsedCase["status"]): number => cases.filter((entry) => entry.status === status).length;
    const statusCounts = { ERROR: count("ERROR"), FAILED: count("FAILED"), SKIPPED: count("SKIPPED"), SUCCEEDED: count("SUCCEEDED"), UNKNOWN: 0 };
    const failed = statusCounts.FAILED + statusCounts.ERROR > 0;
    return {
        type: "TEST",
        name: group.name,
        reportGroupArn: group.arn,
        executionId: build.arn,
        status: files === 0 || broken ? "INCOMPLETE" : failed ? "FAILED" : "SUCCEEDED",
        created: now,
        expired: now + KEPT_DAYS * 86_400,
        exportConfig: group.exportConfig,
        truncated: false,
        testSummary: { total: cases.length, statusCounts, durationInNanoSeconds: cases.reduce((sum, entry) => sum + entry.durationInNanoSeconds, 0) },
    };
}

/** The group that a buildspec names: by ARN one that exists; by name `PROJECT-NAME`, made if it is not there. */
async function groupFor(context: { readonly store: Store; readonly rights: Rights; readonly accessKeyId: string; readonly now: () => number }, build: Build, name: string): Promise<ReportGroup> {
    const { store } = context;
    const isArn = name.startsWith("arn:");
    const arn = isArn ? name : store.arn("report-group", `${build.projectName}-${name}`);
    const known = store.reportGroups[arn];
    if (known !== undefined) {
        return known;
    }
    if (isArn) {
        throw new Error(`the report group ${arn} does not exist; create it, or give a name instead of an ARN`);
    }
    await context.rights.authorise(context.accessKeyId, "codebuild:CreateReportGroup", arn);
    const now = context.now();
    const group: ReportGroup = { arn, name: `${build.projectName}-${name}`, type: "TEST", exportConfig: { exportConfigType: "NO_EXPORT" }, tags: [], created: now, lastModified: now, status: "ACTIVE" };
    store.reportGroups[arn] = group;
    return group;
}
