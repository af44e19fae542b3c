import type { Finding } from "./scan";

export interface Exception {
    readonly rule: string;
    /** Of `type name`. */
    readonly resource: RegExp;
    /** Why it may be so. */
    readonly reason: string;
}

/** What may break a rule; a test finds one that nothing needs any more. */
export const EXCEPTIONS: readonly Exception[] = [
    {
        rule: "queue-tls-only",
        resource: /^aws:sqs\/queue:Queue [a-z0-9-]+-dead-letters$/,
        reason: "dead letters of a function are written by Lambda itself, which uses TLS only, and no other role may send to them",
    },
];

/** Findings that no exception covers. */
export function uncovered(findings: readonly Finding[], exceptions: readonly Exception[] = EXCEPTIONS): Finding[] {
    return findings.filter((finding) => !exceptions.some((exception) => covers(exception, finding)));
}

/** Exceptions that cover none of the findings. */
export function unused(findings: readonly Finding[], exceptions: readonly Exception[] = EXCEPTIONS): Exception[] {
    return exceptions.filter((exception) => !findings.some((finding) => covers(exception, finding)));
}

function covers({ rule, resource }: Exception, finding: Finding): boolean {
    return rule === finding.rule && resource.test(finding.resource);
}
