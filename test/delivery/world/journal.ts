/** What must hold in every schedule. */
export const PROPERTIES = {
    ends: "it always ends",
    newest: "it ends on the newest revision and its definition",
    order: "it never deploys an older revision after a newer one",
    foreign: "it never deploys under a foreign definition",
    restarts: "a commit causes at most one restart of a revision, and none without need",
    lock: "it never breaks a live lock",
    kernel: "it never removes a part of the kernel",
    release: "it never cancels a release that is past SelfUpdate",
    ended: "a run that has ended changes nothing",
} as const;

export type Property = keyof typeof PROPERTIES;

export interface Violation {
    readonly property: Property;
    readonly message: string;
}

/** A restart, as the start of a run by a self-update or a watchdog. */
export interface Restart {
    /** The commit whose self-update caused it. */
    readonly cause: string;
    /** The commit that was started. */
    readonly target: string;
    /** Whether the run in whose place it was made had an older definition. */
    readonly needed: boolean;
}

/** What happened, as far as the properties ask for it. */
export class Journal {
    readonly violations: Violation[] = [];
    readonly deployments: number[] = [];
    readonly restarts: Restart[] = [];
    /** How often something was cut off while it worked for a commit. */
    readonly cutOff = new Map<string, number>();
    /** Runs whose self-update was killed while nothing was announced, or whose update failed before the definition moved: everybody sees it. */
    readonly plainlyFailed = new Set<string>();
    /** Runs that a person stopped. */
    readonly stopped = new Set<string>();
    /** Runs that were not in progress any more when their self-update began. */
    readonly endedBefore = new Set<string>();
    /** Whether a person has started an older revision, which overtakes what waits. */
    startedByPerson = false;
    readonly lines: string[] = [];

    violate(property: Property, message: string): void {
        this.violations.push({ property, message });
    }

    cut(commit: string): void {
        this.cutOff.set(commit, (this.cutOff.get(commit) ?? 0) + 1);
    }
}
