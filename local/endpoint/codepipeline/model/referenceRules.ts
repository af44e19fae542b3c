import { AwsError } from "../../own/error";
import type { PipelineDeclaration, StageDeclaration } from "./declaration";
import { OWN_VARIABLES, parseTemplate, PIPELINE_VARIABLES, references } from "./references";
import { byRunOrder } from "./runOrder";

/** Checks that every variable that is used comes from a namespace that an earlier action fills, and that a namespace has one action. */
export function checkReferences(declaration: PipelineDeclaration): void {
    const known = new Set<string>([OWN_VARIABLES, PIPELINE_VARIABLES]);
    const variables = new Set((declaration.variables ?? []).map((variable) => variable.name));
    const check = (value: string, where: string): void => {
        for (const { namespace, name, text } of references(parseTemplate(value))) {
            if (!known.has(namespace)) {
                throw new AwsError(
                    "InvalidActionDeclarationException",
                    `${where} references the variable ${text}, but no action before it has the namespace '${namespace}'`,
                );
            }
            const missing = (namespace === PIPELINE_VARIABLES && !variables.has(name)) || (namespace === OWN_VARIABLES && name !== "PipelineExecutionId");
            if (missing) {
                throw new AwsError("InvalidActionDeclarationException", `${where} references the variable ${text}, which is not declared`);
            }
        }
    };
    for (const stage of declaration.stages) {
        checkRules(stage, check);
        for (const group of byRunOrder(stage.actions)) {
            for (const action of group) {
                for (const value of Object.values(action.configuration ?? {})) {
                    check(value, `Action '${action.name}' in stage '${stage.name}'`);
                }
            }
            for (const { name, namespace } of group) {
                if (namespace === undefined) {
                    continue;
                }
                if (known.has(namespace)) {
                    throw new AwsError("InvalidActionDeclarationException", `The namespace '${namespace}' of action '${name}' is reserved or used by another action`);
                }
                known.add(namespace);
            }
        }
    }
}

function checkRules(stage: StageDeclaration, check: (value: string, where: string) => void): void {
    for (const rule of stage.beforeEntry?.conditions.flatMap((condition) => condition.rules ?? []) ?? []) {
        for (const value of Object.values(rule.configuration ?? {})) {
            check(value, `Rule '${rule.name}' of stage '${stage.name}'`);
        }
    }
}
