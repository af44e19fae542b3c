import { compileCondition, type Condition } from "./conditions";
import type { ActionDeclaration, ExecutionMode, PipelineDeclaration, StageDeclaration } from "./declaration";
import { parseTemplate, type Template } from "./references";
import { byRunOrder } from "./runOrder";
import { compileTriggers, type PushTrigger } from "./triggers";

/** A declaration made ready to run: patterns, templates and groups are worked out once for all its executions. */
export interface Definition {
    readonly declaration: PipelineDeclaration;
    readonly version: number;
    readonly mode: ExecutionMode;
    readonly stages: readonly Stage[];
    readonly indexOf: ReadonlyMap<string, number>;
    readonly sources: ReadonlyMap<string, Action>;
    readonly triggers: readonly PushTrigger[];
}

export interface Stage {
    readonly name: string;
    readonly declaration: StageDeclaration;
    /** Actions of one run order start together; groups follow each other. */
    readonly groups: readonly (readonly Action[])[];
    readonly entry?: Condition;
}

export type ActionKind = "source" | "build" | "approval";

export interface Action {
    readonly declaration: ActionDeclaration;
    readonly kind: ActionKind;
    readonly configuration: readonly (readonly [string, Template])[];
}

/** Longest wait for an approval, in minutes, where none is declared. */
const SEVEN_DAYS = 7 * 24 * 60;

export function compile(declaration: PipelineDeclaration, version: number): Definition {
    const stages = declaration.stages.map(compileStage);
    const sources = (stages[0]?.groups ?? []).flat().filter((action) => action.kind === "source");
    return {
        declaration,
        version,
        mode: declaration.executionMode ?? "SUPERSEDED",
        stages,
        indexOf: new Map(stages.map((stage, index) => [stage.name, index])),
        sources: new Map(sources.map((action) => [action.declaration.name, action])),
        triggers: compileTriggers(declaration),
    };
}

function compileStage(declaration: StageDeclaration): Stage {
    const [condition] = declaration.beforeEntry?.conditions ?? [];
    return {
        name: declaration.name,
        declaration,
        groups: byRunOrder(declaration.actions).map((group) => group.map(compileAction)),
        ...(condition === undefined ? {} : { entry: compileCondition(condition) }),
    };
}

function compileAction(declaration: ActionDeclaration): Action {
    const { category } = declaration.actionTypeId;
    return {
        declaration,
        kind: category === "Source" ? "source" : category === "Approval" ? "approval" : "build",
        configuration: Object.entries(declaration.configuration ?? {}).map(([key, value]) => [key, parseTemplate(value)] as const),
    };
}

/** How long an approval waits, in milliseconds. */
export function approvalTime(declaration: ActionDeclaration): number {
    return (declaration.timeoutInMinutes ?? SEVEN_DAYS) * 60_000;
}
