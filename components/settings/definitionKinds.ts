interface Described {
    /** Shown by `pulumi config` and in `Pulumi.yaml`. */
    readonly description: string;
}

export interface Choice extends Described {
    readonly kind: "choice";
    readonly values: readonly string[];
    readonly default: string;
}

export interface WholeNumber extends Described {
    readonly kind: "number";
    readonly minimum: number;
    readonly maximum: number;
    /** Only these, where a service takes no others. */
    readonly values?: readonly number[];
    readonly source: string;
    readonly default: number;
}

export interface Flag extends Described {
    readonly kind: "flag";
    readonly default: boolean;
}

/** A project-relative path; an empty one means that there is none, where that is the default. */
export interface WrittenPath extends Described {
    readonly kind: "path";
    readonly default: string;
}

/** A text of a form; an empty one means that there is none. */
export interface Text extends Described {
    readonly kind: "text";
    readonly pattern: RegExp;
    /** What it is, after "is no". */
    readonly what: string;
    /** Shown where it is missing or wrong. */
    readonly example: string;
    readonly default: string;
}

export type Definition = Choice | WholeNumber | Flag | WrittenPath | Text;
