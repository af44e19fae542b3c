import { parseTemplate, resolve, type Template } from "./references";
import type { ConditionDeclaration } from "./declaration";
import type { ConditionState, ExecutionState } from "./state";

export const OPERATORS = ["CONTAINS", "EQ", "MATCHES", "NE"] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Condition {
    readonly result: "FAIL" | "SKIP";
    readonly rules: readonly Rule[];
}

interface Rule {
    readonly name: string;
    readonly variable: Template;
    readonly operator: Operator;
    readonly value: Template;
}

/** The entry condition of a stage, of a declaration that was found valid. */
export function compileCondition(condition: ConditionDeclaration): Condition {
    return {
        result: condition.result === "SKIP" ? "SKIP" : "FAIL",
        rules: (condition.rules ?? []).map((rule) => ({
            name: rule.name,
            variable: parseTemplate(rule.configuration?.Variable ?? ""),
            operator: rule.configuration?.Operator as Operator,
            value: parseTemplate(rule.configuration?.Value ?? ""),
        })),
    };
}

/** All rules are asked, so that the state shows each; one that fails fails the condition. */
export function evaluate(condition: Condition, execution: ExecutionState, now: number, newId: () => string): ConditionState {
    const rules = condition.rules.map((rule) => {
        const [status, summary] = check(rule, execution);
        return { id: newId(), name: rule.name, status, summary };
    });
    return { status: rules.every((rule) => rule.status === "Succeeded") ? "Succeeded" : "Failed", result: condition.result, at: now, rules };
}

function check(rule: Rule, execution: ExecutionState): readonly ["Succeeded" | "Failed", string] {
    const variable = resolve(rule.variable, execution);
    const value = resolve(rule.value, execution);
    for (const side of [variable, value]) {
        if (typeof side !== "string") {
            return ["Failed", `The variable ${side.text} has no value in this execution`];
        }
    }
    const holds = compare(String(variable), rule.operator, String(value));
    const summary = `'${String(variable)}' ${rule.operator} '${String(value)}' is ${holds ? "true" : "false"}`;
    return [holds ? "Succeeded" : "Failed", summary.slice(0, 2048)];
}

function compare(variable: string, operator: Operator, value: string): boolean {
    switch (operator) {
        case "EQ":
            return variable === value;
        case "NE":
            return variable !== value;
        case "CONTAINS":
            return variable.includes(value);
        case "MATCHES":
            return matches(variable, value);
    }
}

/** The whole value must match, as `java.util.regex.Pattern.matches` does. A pattern that is none matches nothing. */
function matches(variable: string, pattern: string): boolean {
    try {
        return new RegExp(`^(?:${pattern})$`, "su").test(variable);
    } catch {
        return false;
    }
}
