import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cleanText } from "../automation/text";
import { OUTPUT_DIRECTORY } from "./exports";
import type { TestResult } from "./testResults";

/** Where a project with a report group looks for results. */
const REPORTS = join(OUTPUT_DIRECTORY, "reports");

/** Writes results as a JUnit file; the name becomes the file's and the suites' start. */
export async function writeReport(root: string, name: string, results: readonly TestResult[]): Promise<void> {
    await mkdir(join(root, REPORTS), { recursive: true });
    await writeFile(join(root, REPORTS, `${name}.xml`), formatReport(name, results));
}

/** The form that CodeBuild reads as JUNITXML. */
export function formatReport(name: string, results: readonly TestResult[]): string {
    const failures = results.filter(({ failure }) => failure !== undefined).length;
    const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
    const cases = results.map(({ suite, name: test, seconds: time, failure }) => {
        const head = `    <testcase classname="${escaped(suite)}" name="${escaped(test)}" time="${time.toFixed(3)}"`;
        return failure === undefined ? `${head}/>` : `${head}>\n      <failure message="${escaped(firstLine(failure))}">${escaped(failure)}</failure>\n    </testcase>`;
    });
    return [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<testsuites>",
        `  <testsuite name="${escaped(name)}" tests="${results.length}" failures="${failures}" errors="0" skipped="0" time="${seconds.toFixed(3)}">`,
        ...cases,
        "  </testsuite>",
        "</testsuites>",
        "",
    ].join("\n");
}

function escaped(text: string): string {
    return cleanText(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function firstLine(text: string): string {
    return text.split("\n", 1)[0] ?? "";
}
