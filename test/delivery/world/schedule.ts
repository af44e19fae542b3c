import fc from "fast-check";

/** What one commit does to the pipeline. */
export interface CommitSpec {
    /** Against the commit before it. `settings`: projects or rules, which do not move the version; `revert`: the first definition. */
    readonly change: "none" | "definition" | "settings" | "revert";
    /**
     * `unstable`: wants another definition each time; `program`: does not compile; `rejected`: AWS refuses the definition;
     * `partial`: its first update fails after the definition has moved; `verify`: its tests fail; `kernel`: drops the
     * artifact bucket.
     */
    readonly fault: "none" | "unstable" | "program" | "rejected" | "partial" | "verify" | "kernel";
}

/** Everything that chance decides. */
export interface Schedule {
    /** Of the order of events. */
    readonly seed: number;
    readonly commits: readonly CommitSpec[];
    /** The calls of self-updates and watchdogs, counted from the start, instead of which the build is killed. */
    readonly kills: readonly number[];
}

/** The open questions of the pipeline's surroundings: eight combinations. */
export interface Setting {
    readonly mode: "SUPERSEDED" | "QUEUED";
    readonly cancelled: "older-runs" | "none";
    readonly kind: "branch" | "tag";
}

export const SETTINGS: readonly Setting[] = (["SUPERSEDED", "QUEUED"] as const).flatMap((mode) =>
    (["older-runs", "none"] as const).flatMap((cancelled) => (["branch", "tag"] as const).map((kind) => ({ mode, cancelled, kind }))),
);

const commit: fc.Arbitrary<CommitSpec> = fc.record({
    change: fc.oneof(
        { weight: 55, arbitrary: fc.constant("none" as const) },
        { weight: 27, arbitrary: fc.constant("definition" as const) },
        { weight: 8, arbitrary: fc.constant("revert" as const) },
        { weight: 10, arbitrary: fc.constant("settings" as const) },
    ),
    fault: fc.oneof(
        { weight: 70, arbitrary: fc.constant("none" as const) },
        { weight: 10, arbitrary: fc.constant("unstable" as const) },
        { weight: 20, arbitrary: fc.constantFrom("program" as const, "rejected" as const, "partial" as const, "verify" as const, "kernel" as const) },
    ),
});

export const schedules: fc.Arbitrary<Schedule> = fc.record({
    seed: fc.nat(0x7fff_ffff),
    commits: fc.array(commit, { minLength: 2, maxLength: 6, size: "max" }),
    kills: fc.oneof(
        { weight: 4, arbitrary: fc.constant<number[]>([]) },
        { weight: 5, arbitrary: fc.tuple(fc.nat(120)) },
        { weight: 1, arbitrary: fc.tuple(fc.nat(120), fc.nat(120)) },
    ),
});

/** A small generator of numbers (mulberry32): the same order of events for the same seed. */
export class Chance {
    #state: number;

    constructor(seed: number) {
        this.#state = seed;
    }

    /** 0 to `bound` − 1. */
    below(bound: number): number {
        this.#state = (this.#state + 0x6d2b79f5) | 0;
        let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
    }

    /** True once in `times`. */
    once(times: number): boolean {
        return this.below(times) === 0;
    }
}
