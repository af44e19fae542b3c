import type { Ports } from "../ports";
import { IntentRecord } from "./intent";

/** What a pipeline follows: the head of a branch, or tags, of which each is a release of its own. */
export type Follows = { readonly kind: "branch"; readonly branch: string } | { readonly kind: "tag"; readonly pattern: string };

/** Milliseconds that a self-update may wait; together well below the time-out of its build. */
export interface Budgets {
    /** For the stack's lock, and for another self-update to end. */
    readonly lock: number;
    /** For older releases that are past SelfUpdate (pipelines that follow tags). */
    readonly hold: number;
    /** For a restart that AWS refuses at first. */
    readonly start: number;
}

export const BUDGETS: Budgets = { lock: 20 * 60_000, hold: 20 * 60_000, start: 5 * 60_000 };

export interface SelfUpdateInput {
    readonly executionId: string;
    readonly commit: string;
    /** The pipeline variable GENERATION of this run. */
    readonly generation: number;
    /** Identifier of the build that runs this. */
    readonly buildId: string;
    readonly follows: Follows;
    /** Fingerprint of the kernel change that this release may make; see `kernel.ts`. @default none */
    readonly permission?: string;
    /** @default BUDGETS */
    readonly budgets?: Budgets;
}

/**
 * Value of the variable RESULT. Only `unchanged` lets the run go on: `restarted` and `superseded` leave the work to
 * another run, `stale` is older than what was applied, `ended` was stopped before it began.
 */
export type SelfUpdateResult = "unchanged" | "restarted" | "superseded" | "stale" | "ended";

export interface Outcome {
    readonly result: SelfUpdateResult;
    /** Version of the definition at the end. */
    readonly version: number;
}

/** One self-update under way. */
export interface Run {
    readonly input: SelfUpdateInput;
    readonly ports: Ports;
    readonly budgets: Budgets;
    readonly intent: IntentRecord;
}

export function newRun(input: SelfUpdateInput, ports: Ports): Run {
    return { input, ports, budgets: input.budgets ?? BUDGETS, intent: new IntentRecord(ports.records, ports.clock) };
}
