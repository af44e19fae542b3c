import { RevisionError, type Intent, type KnownGood, type PendingOperation, type RestartRecord, type Stored } from "../../../delivery/ports";
import type { CommitSpec } from "./schedule";

/** Commit number 3 in a linear history. */
export function commitId(index: number): string {
    return `c${index}`;
}

export function indexOf(commit: string): number {
    return Number(commit.slice(1));
}

/** What a commit declares, worked out from the history before it. */
export interface CommitFacts extends CommitSpec {
    readonly definition: string;
    readonly settings: string;
}

/** What makes a definition that no commit before has had. */
const CHANGING: ReadonlySet<string> = new Set(["definition", "unstable", "rejected", "partial"]);

/** The first commit is the one that the pipeline was made from. */
export function historyOf(commits: readonly CommitSpec[]): CommitFacts[] {
    const history: CommitFacts[] = [{ change: "none", fault: "none", definition: "0", settings: "0" }];
    for (const [index, spec] of commits.entries()) {
        const { definition, settings } = history[index] as CommitFacts;
        const mark = String(index + 1);
        history.push({
            ...spec,
            definition: CHANGING.has(spec.change) || CHANGING.has(spec.fault) ? mark : spec.change === "revert" ? "0" : definition,
            settings: spec.change === "settings" || spec.fault === "partial" ? mark : settings,
        });
    }
    return history;
}

export interface HeldLock {
    readonly lock: string;
    /** Undefined for a person. */
    readonly buildId: string | undefined;
}

/** The stack's state and the engine's lock of it. */
export class Stack {
    applied: string | undefined;
    definition = "0";
    settings = "0";
    lock: HeldLock | undefined;
    pending: readonly PendingOperation[] = [];
    #locks = 0;

    take(buildId: string | undefined): HeldLock {
        this.lock = { lock: `lock-${++this.#locks}`, buildId };
        return this.lock;
    }

    /** Gives back a lock that may have been broken meanwhile. */
    release(held: HeldLock): void {
        if (this.lock?.lock === held.lock) {
            this.lock = undefined;
        }
    }
}

/** The records bucket. */
export class Records {
    intent: Stored<Intent> | undefined;
    readonly restarts = new Map<string, RestartRecord>();
    knownGood: KnownGood | undefined;
    #revisions = 0;

    putIntent(value: Intent, revision: string | undefined): string {
        if (this.intent?.revision !== revision) {
            throw new RevisionError("The intent was replaced.");
        }
        this.intent = { value, revision: String(++this.#revisions) };
        return this.intent.revision;
    }
}
