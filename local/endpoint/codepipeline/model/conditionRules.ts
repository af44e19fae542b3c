import { AwsError } from "../../own/error";
import { OPERATORS } from "./conditions";
import type { ConditionDeclaration } from "./declaration";
import { notEmulated } from "./refusals";

function invalid(message: string): never {
    throw new AwsError("InvalidStageDeclarationException", message);
}

/** Checks an entry condition: FAIL or SKIP, rules of the provider VariableCheck with all three of their settings. */
export function checkCondition(stage: string, condition: ConditionDeclaration): void {
    if (condition.result !== "FAIL" && condition.result !== "SKIP") {
        invalid(`The beforeEntry condition of stage '${stage}' has result '${condition.result ?? ""}'. Valid results are FAIL and SKIP`);
    }
    const rules = condition.rules ?? [];
    if (rules.length === 0) {
        invalid(`The beforeEntry condition of stage '${stage}' should have at least 1 rule`);
    }
    const names = new Set<string>();
    for (const rule of rules) {
        if (names.has(rule.name)) {
            invalid(`Rule name '${rule.name}' is used more than once in stage '${stage}'`);
        }
        names.add(rule.name);
        if (rule.ruleTypeId.provider !== "VariableCheck") {
            notEmulated(`a rule of the provider '${rule.ruleTypeId.provider}' in stage '${stage}'`, "Use VariableCheck, on a variable that an action before it exports.");
        }
        for (const key of ["Variable", "Operator", "Value"]) {
            if (rule.configuration?.[key] === undefined) {
                invalid(`Rule configuration for rule '${rule.name}' is missing required configuration '${key}'`);
            }
        }
        const operator = rule.configuration?.Operator ?? "";
        if (!OPERATORS.some((known) => known === operator)) {
            invalid(`Rule configuration for rule '${rule.name}' has Operator '${operator}'. Valid operators are ${OPERATORS.join(", ")}`);
        }
    }
}
