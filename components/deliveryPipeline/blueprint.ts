import type { Step } from "./names";

export type PipelineKind = "branch" | "tag";

/** Runs a step of `delivery/` in its CodeBuild project. */
export interface StepAction {
    readonly kind: "step";
    readonly name: string;
    readonly step: Step;
    /** Under which later actions find what the step exports, see `STEP_EXPORTS`. */
    readonly namespace?: string;
    /** Names of actions of the same stage. @default none: at once with the others */
    readonly after?: readonly string[];
    /** Environment variables beyond those that every step gets; values may hold `#{Namespace.VARIABLE}`. */
    readonly variables?: Readonly<Record<string, string>>;
    /** Pass PROJECT_HASH, the hash of its project's declaration: a change of the project is a change of the pipeline then. @default false */
    readonly passesProjectHash?: boolean;
}

/** Waits for a person. */
export interface ApprovalAction {
    readonly kind: "approval";
    readonly name: string;
    readonly after?: readonly string[];
    /** Shown to the person; may hold `#{Namespace.VARIABLE}`. */
    readonly summary: string;
    /** Address of a longer report. */
    readonly link?: string;
}

/** Fetches the commit; there is one, in the first stage. */
export interface SourceAction {
    readonly kind: "source";
    readonly name: string;
    readonly namespace: string;
    readonly after?: undefined;
}

export type Action = SourceAction | StepAction | ApprovalAction;

/** What must hold when a run comes to a stage. */
export interface Entry {
    /** `#{Namespace.VARIABLE}` of an earlier stage. */
    readonly variable: string;
    readonly equals: string;
    /** FAIL ends the run, SKIP goes on with the next stage. */
    readonly otherwise: "FAIL" | "SKIP";
}

export interface Stage {
    readonly name: string;
    readonly kinds: readonly PipelineKind[];
    /** Names of stages; those that a kind does not have are passed over. */
    readonly after?: readonly string[];
    readonly entry?: Entry;
    readonly actions: readonly Action[];
}

/** Variables that a step may export by writing them into `.delivery/exports.env`. */
export const STEP_EXPORTS: Readonly<Record<Step, readonly string[]>> = {
    "self-update": ["RESULT", "VERSION"],
    "pipeline-plan": ["CHANGED", "SUMMARY"],
    verify: [],
    build: [],
    test: [],
    resolve: [],
    plan: ["SUMMARY", "REPORT_URL", "NEEDS_APPROVAL", "STATE_VERSION"],
    deploy: [],
    release: [],
    record: [],
};

export const SOURCE_ACTION = "Source";
export const SOURCE_NAMESPACE = "SourceVariables";

const BOTH: readonly PipelineKind[] = ["branch", "tag"];

/** A run whose definition was replaced, or which is not the newest, must not go on; see docs/architecture.md. */
const UNCHANGED: Entry = { variable: "#{SelfUpdate.RESULT}", equals: "unchanged", otherwise: "FAIL" };

/**
 * Every stage of every pipeline. An action or stage is added here, in one line, and nowhere else; what it runs is a file
 * of `delivery/`. Nothing here knows a function, an image or a stack.
 */
export const STAGES: readonly Stage[] = [
    { name: "Source", kinds: BOTH, actions: [{ kind: "source", name: SOURCE_ACTION, namespace: SOURCE_NAMESPACE }] },
    {
        name: "PipelinePlan",
        kinds: ["tag"],
        after: ["Source"],
        actions: [{ kind: "step", name: "PipelinePlan", step: "pipeline-plan", namespace: "PipelinePlan" }],
    },
    {
        // Else a commit could remove the approval of its own deployment before anybody approved anything.
        name: "PipelineApprove",
        kinds: ["tag"],
        after: ["PipelinePlan"],
        entry: { variable: "#{PipelinePlan.CHANGED}", equals: "true", otherwise: "SKIP" },
        actions: [{ kind: "approval", name: "PipelineApprove", summary: "#{PipelinePlan.SUMMARY}" }],
    },
    {
        name: "SelfUpdate",
        kinds: BOTH,
        after: ["Source", "PipelineApprove"],
        actions: [{ kind: "step", name: "SelfUpdate", step: "self-update", namespace: "SelfUpdate", passesProjectHash: true }],
    },
    { name: "Verify", kinds: BOTH, after: ["SelfUpdate"], entry: UNCHANGED, actions: [{ kind: "step", name: "Verify", step: "verify" }] },
    { name: "Build", kinds: ["branch"], after: ["Verify"], actions: [{ kind: "step", name: "Build", step: "build" }] },
    { name: "Resolve", kinds: ["tag"], after: ["Verify"], actions: [{ kind: "step", name: "Resolve", step: "resolve" }] },
    { name: "Plan", kinds: ["tag"], after: ["Resolve"], actions: [{ kind: "step", name: "Plan", step: "plan", namespace: "Plan" }] },
    {
        name: "Approve",
        kinds: ["tag"],
        after: ["Plan"],
        actions: [{ kind: "approval", name: "Approve", summary: "#{Plan.SUMMARY}", link: "#{Plan.REPORT_URL}" }],
    },
    {
        name: "Deploy",
        kinds: ["branch"],
        after: ["Build"],
        actions: [
            { kind: "step", name: "Deploy", step: "deploy" },
            { kind: "step", name: "Test", step: "test", after: ["Deploy"] },
        ],
    },
    {
        name: "Deploy",
        kinds: ["tag"],
        after: ["Approve"],
        actions: [{ kind: "step", name: "Deploy", step: "deploy", variables: { STATE_VERSION: "#{Plan.STATE_VERSION}" } }],
    },
    { name: "Release", kinds: ["tag"], after: ["Deploy"], actions: [{ kind: "step", name: "Release", step: "release" }] },
    { name: "Record", kinds: BOTH, after: ["Deploy", "Release"], actions: [{ kind: "step", name: "Record", step: "record" }] },
];

/** The stages of one kind of pipeline, as declared. */
export function stagesOf(kind: PipelineKind, stages: readonly Stage[] = STAGES): readonly Stage[] {
    return stages.filter(({ kinds }) => kinds.includes(kind));
}
